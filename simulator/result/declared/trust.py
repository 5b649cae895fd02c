"""How far headline results can be trusted: relative spreads, and the intervals made of them."""

from collections.abc import Callable

from simulator.record.row import Row
from simulator.result import intervals
from simulator.result.metric import METRICS, metric

Times = dict[str, float]


@metric(
    "spread.shares",
    "share",
    "device time of the step by the cost model it comes from",
    rows="record.step",
)
def shares(rows: tuple[Row, ...]) -> dict[str, float]:
    """Sensitivity of the step time to each cost model, to first order [1]."""
    return intervals.device_time_by_cost(rows)


@metric(
    "spread.step.time",
    "share",
    "√ of the sum of squares: share of each cost model × its spread, and what the software leaves open; the "
    "last alone on accelerators on which it was measured",
    shares="spread.shares",
    gemm="±accelerator.kernels.gemm.{format}.efficiency",
    attention="±accelerator.kernels.attention.{attention}.forward_efficiency",
    sustained="±accelerator.kernels.sustained",
    memory="±accelerator.kernels.memory_efficiency",
    scale_up="±collectives.scale_up.{link}.efficiency",
    scale_out="±network.efficiency",
    host="±software.host.launch",
    stack="software.spread",
    family="accelerator.family",
    measured="software.measured_on",
)
def step_time(
    shares: dict[str, float],
    gemm: float,
    attention: float,
    sustained: float,
    memory: float,
    scale_up: float,
    scale_out: float,
    host: float,
    stack: float,
    family: str,
    measured: tuple[str, ...],
) -> float:
    """Spread of the step time [1]."""
    if family in measured:
        # Residuals of whole steps hold what kernels, links and host contribute.
        return stack
    return intervals.combine(
        [
            (shares.get("gemm", 0.0), gemm),
            (shares.get("attention", 0.0), attention),
            (shares.get("gemm", 0.0) + shares.get("attention", 0.0), sustained),
            (shares.get("memory", 0.0), memory),
            (shares.get("scale_up", 0.0), scale_up),
            (shares.get("scale_out", 0.0), scale_out),
            (shares.get("host", 0.0), host),
            (1.0, stack),
        ]
    )


@metric(
    "spread.run.wall_clock",
    "share",
    "√ of the sum of squares: working share × spread of the step, chance, downtime × spread of MTBF",
    step="spread.step.time",
    rows="record.run",
    times="run.time",
    wall="run.wall_clock",
    mtbf="±system.reliability.mtbf",
)
def wall_clock(step: float, rows: tuple[Row, ...], times: Times, wall: float, mtbf: float) -> float:
    """Spread of the duration of the run [1]."""
    working = (times.get("train", 0.0) + times.get("lost", 0.0)) / wall
    down = 1.0 - times.get("train", 0.0) / wall
    return intervals.combine([(working, step), (1.0, intervals.downtime_spread(rows, wall)), (down, mtbf)])


@metric(
    "spread.run.energy",
    "share",
    "√ of the sum of squares: wall clock, 0.7 × accelerators, 0.3 × hosts",
    wall="spread.run.wall_clock",
    accelerator="±accelerator.power.activity.compute",
    host="±system.host.active_power",
)
def energy(wall: float, accelerator: float, host: float) -> float:
    """Spread of the energy [1]."""
    return intervals.combine([(1.0, wall), (0.7, accelerator), (0.3, host)])


@metric(
    "spread.run.cost",
    "share",
    "√ of the sum of squares: wall clock, and the price of the accelerator",
    wall="spread.run.wall_clock",
    hourly="±price.hourly.{accelerator}",
    purchase="±price.purchase.{accelerator}",
)
def cost(wall: float, hourly: float, purchase: float) -> float:
    """Spread of the cost [1]; a price list states rent or purchase."""
    return intervals.combine([(1.0, wall), (1.0, hourly), (1.0, purchase)])


INTERVALS = {
    "step.time": "spread.step.time",
    "step.tokens_per_second": "spread.step.time",
    "step.mfu": "spread.step.time",
    "run.wall_clock": "spread.run.wall_clock",
    "run.energy": "spread.run.energy",
    "run.cost": "spread.run.cost",
}
"""Spread of each headline result."""


def _declare(path: str, spread: str) -> Callable[..., list[float]]:
    @metric(
        f"intervals.{path}",
        METRICS[path].unit,
        "p10, p50 and p90 of a log-normal with this value and relative spread",
        value=path,
        spread=spread,
    )
    def interval(value: float, spread: float) -> list[float]:
        """Interval in which eight of ten lie."""
        return intervals.interval(value, spread)

    return interval


for _path, _spread in INTERVALS.items():
    _declare(_path, _spread)
