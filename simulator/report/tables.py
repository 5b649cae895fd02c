"""CSV tables of a result; the unit stands in brackets behind each column's name."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from simulator.record.row import BUCKETS
from simulator.result.breakdown import Blocks, by_stage, stage_breakdown
from simulator.result.metrics import time_by_kind
from simulator.result.result import Result

Cells = Sequence[object]


def tables(result: Result) -> dict[str, str]:
    """Give the tables of a result.

    Parameters
    ----------
    result : Result
        The result.

    Returns
    -------
    dict of str to str
        Content by file name; `run.csv` only where a run was simulated.

    Examples
    --------
    >>> from simulator import run
    >>> print(tables(run("quickstart"))["breakdown.csv"].splitlines()[0])
    bucket,time [s],share of step [1]
    """
    found = {
        "breakdown.csv": _text(_breakdown(result)),
        "memory.csv": _text(_memory(result)),
        "stages.csv": _text(_stages(result)),
    }
    if result.summary["run"] is not None:
        found["run.csv"] = _text(_run(result))
    return found


def _breakdown(result: Result) -> Iterator[Cells]:
    step = result.summary["step"]
    yield "bucket", "time [s]", "share of step [1]"
    for bucket, seconds in step["breakdown"].items():
        yield bucket, seconds, seconds / step["time"]


def _memory(result: Result) -> Iterator[Cells]:
    """The fullest stage."""
    capacity = result.resolved.accelerator.memory.capacity
    yield "kind", "memory [B]", "share of capacity [1]"
    for kind, size in result.summary["step"]["memory"].items():
        yield kind, size, size / capacity


def _stages(result: Result) -> Iterator[Cells]:
    """What one rank of each stage does during the step."""
    step_time = result.summary["step"]["time"]
    yield "stage", "layers [1]", "ranks [1]", *(f"{bucket} [s]" for bucket in BUCKETS)
    blocks = Blocks(result.record.rows)
    for stage, rows in by_stage(result.record.rows).items():
        seconds = stage_breakdown(rows, blocks, step_time)
        layers = result.plan.stage_layers(stage)
        yield stage, layers, rows[0].represents, *(seconds[bucket] for bucket in BUCKETS)


def _run(result: Result) -> Iterator[Cells]:
    wall = result.summary["run"]["wall_clock"]
    yield "kind", "time [s]", "share of wall clock [1]"
    for kind, seconds in time_by_kind(result.record.where(stream="job")).items():
        yield kind, seconds, seconds / wall


def _text(rows: Iterable[Cells]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
