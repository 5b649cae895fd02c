"""How far a result can be trusted: first-order propagation of the spreads of its inputs."""

from collections.abc import Iterable, Sequence
from math import sqrt
from statistics import NormalDist

from simulator.record.row import Row
from simulator.result.breakdown import Blocks, by_stage

DOWNTIME = ("lost", "wait", "restart", "load")
"""Kinds of row that an interruption costs."""

TENTH = NormalDist().inv_cdf(0.9)
"""Standard deviations between the median and the 90th percentile of a normal distribution [1]."""


def combine(parts: Iterable[tuple[float, float]]) -> float:
    """Relative spread of a result from (sensitivity, relative spread) of independent inputs [1].

    >>> round(combine([(0.8, 0.05), (0.2, 0.1)]), 4)
    0.0447
    """
    return sqrt(sum((sensitivity * spread) ** 2 for sensitivity, spread in parts))


def interval(value: float, spread: float) -> list[float]:
    """p10, p50 and p90 of a positive quantity with a relative spread, log-normal so that it stays positive.

    >>> [round(x, 2) for x in interval(100.0, 0.1)]
    [88.5, 100.0, 112.99]
    """
    stretch = float((1.0 + spread) ** TENTH)
    return [value / stretch, value, value * stretch]


def device_time_by_cost(rows: Sequence[Row]) -> dict[str, float]:
    """Share of the step's device time that each cost model accounts for [1].

    By first order these are the sensitivities of the step time to the rates of the models: waiting
    stretches with what is waited for.
    """
    blocks = Blocks(rows)
    sums: dict[str, dict[str, float]] = {}

    def inside(name: str) -> dict[str, float]:
        if name not in sums:
            found: dict[str, float] = {}
            for row in blocks.parts(name):
                parts = inside(row.name) if row.kind == "task" else {_cost_of(row): row.duration}
                for cost, seconds in parts.items():
                    found[cost] = found.get(cost, 0.0) + row.repeat * seconds
            sums[name] = found
        return sums[name]

    # Rows that are alike are added up before they are taken apart.
    alike: dict[tuple[str, str], list[float]] = {}
    examples: dict[tuple[str, str], Row] = {}
    for stage in by_stage(rows).values():
        for row in stage:
            if row.stream == "compute":
                key = (row.kind, row.name)
                if key not in alike:
                    alike[key], examples[key] = [], row
                alike[key].append(row.represents * row.duration)
    total: dict[str, float] = {}
    for key, row in examples.items():
        parts = inside(row.name) if row.kind == "task" else {_cost_of(row): row.duration}
        whole = sum(parts.values())
        for cost, seconds in parts.items():
            total[cost] = total.get(cost, 0.0) + sum(alike[key]) * (seconds / whole if whole else 0.0)
    whole = sum(total.values())
    return {cost: seconds / whole for cost, seconds in total.items()}


def _cost_of(row: Row) -> str:
    """Which cost model a row's time comes from."""
    if row.kind == "exposed_tensor":
        return "scale_up"
    if row.kind in ("exposed_context", "exposed_expert", "exposed_pipeline", "exposed_data"):
        return "scale_out"
    if row.kind == "host":
        return "host"
    if row.flops:
        return "attention" if row.name == "attention" else "gemm"
    return "memory"


def downtime_spread(rows: Iterable[Row], wall_clock: float) -> float:
    """Relative spread of the wall clock that chance alone gives, each interruption being independent [1].

    The number of interruptions is Poisson, so the variance of their total is the sum of their squares.
    """
    losses: list[float] = []
    before = ""
    for row in rows:
        # What was lost precedes the failure; without a loss the failure is the beginning.
        if row.kind == "lost" or (row.kind == "failure" and before != "lost"):
            losses.append(0.0)
        if row.kind in DOWNTIME:
            losses[-1] += row.duration * row.repeat
        before = row.kind
    return sqrt(sum(loss**2 for loss in losses)) / wall_clock
