"""Metrics of the run of weeks: its length, and what of it is useful."""

from simulator.record.row import Row
from simulator.result import metrics
from simulator.result.metric import metric

Times = dict[str, float]
"""Time by kind of row [s]."""

WORKING = ("train", "lost")
"""Kinds of row in which the job computes; in the others it waits."""


@metric("run.time", "duration", "rows of the run added up by their kind", rows="record.run")
def by_kind(rows: tuple[Row, ...]) -> Times:
    """Time of the run by what it went to [s]."""
    return metrics.time_by_kind(rows)


@metric(
    "run.wall_clock",
    "duration",
    "sum over training, checkpoints and everything failures cost",
    times="run.time",
)
def wall_clock(times: Times) -> float:
    """Duration of the run [s]."""
    return metrics.wall_clock(times)


@metric("run.goodput", "share", "training that was kept ÷ wall clock", times="run.time")
def goodput(times: Times) -> float:
    """Useful share of the run [1]."""
    return metrics.goodput(times)


@metric("run.tokens", "tokens", "what the scenario asks for", tokens="scenario.training.tokens")
def tokens(tokens: float) -> float:
    """Tokens of the run [tokens]."""
    return tokens


@metric("run.interruptions", "count", "failures in the record", rows="record.run")
def interruptions(rows: tuple[Row, ...]) -> int:
    """Times the run was stopped by a failure [1]."""
    return metrics.interruptions(rows)


@metric("run.busy", "duration", "training, and training that was lost", times="run.time")
def busy(times: Times) -> float:
    """Time in which the job computes [s]."""
    return sum(seconds for kind, seconds in times.items() if kind in WORKING)


@metric(
    "run.idle",
    "duration",
    "wall clock − time in which the job computes",
    wall="run.wall_clock",
    busy="run.busy",
)
def idle(wall: float, busy: float) -> float:
    """Time in which the job waits [s]."""
    return wall - busy


@metric(
    "run.per_node",
    "count",
    "of the system, or as the scenario writes the node out",
    system="system.per_node",
    inline="scenario.cluster.per_node",
)
def per_node(system: int | None = None, inline: int | None = None) -> int:
    """Accelerators of a node [1]."""
    return system or inline or 1


@metric(
    "run.accelerators",
    "count",
    "accelerators that train + spare nodes × accelerators of a node",
    count="scenario.cluster.count",
    spares="scenario.run.spare_nodes",
    per_node="run.per_node",
)
def accelerators(count: int, spares: int, per_node: int) -> int:
    """Accelerators that are paid for [1]."""
    return count + spares * per_node
