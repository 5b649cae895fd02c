"""How far headline results can be trusted: relative spreads, and the intervals made of them."""

from collections.abc import Callable

from simulator.result import intervals
from simulator.result.serving.metric import METRICS, metric


@metric(
    "spread.latency",
    "share",
    "what the description of the engine leaves open",
    engine="engine.spread",
)
def latency(engine: float) -> float:
    """Spread of every latency [1]."""
    return engine


@metric(
    "spread.throughput",
    "share",
    "that of latencies; none where requests come by themselves and the fleet holds them",
    latency="spread.latency",
    closed="load.closed",
    stable="load.stable",
)
def throughput(latency: float, closed: bool, stable: bool) -> float:
    """Spread of rates, and of the time in which all is served [1]."""
    return latency if closed or not stable else 0.0


@metric(
    "spread.energy",
    "share",
    "√ of the sum of squares: throughput, and of accelerators and hosts their share of the power × spread",
    throughput="spread.throughput",
    power="power.accelerator",
    host="power.host",
    activity="±accelerator.power.activity.optimizer",
    active="±system.host.active_power",
)
def energy(throughput: float, power: float, host: float, activity: float, active: float) -> float:
    """Spread of the energy [1]."""
    whole = power + host
    return intervals.combine([(1.0, throughput), (power / whole, activity), (host / whole, active)])


@metric(
    "spread.cost",
    "share",
    "√ of the sum of squares: throughput, and the price of the accelerator",
    throughput="spread.throughput",
    hourly="±price.hourly.{accelerator}",
    purchase="±price.purchase.{accelerator}",
)
def cost(throughput: float, hourly: float, purchase: float) -> float:
    """Spread of the cost [1]; a price list states rent or purchase."""
    return intervals.combine([(1.0, throughput), (1.0, hourly), (1.0, purchase)])


INTERVALS = {
    **{f"{name}.{part}": "latency" for name in ("ttft", "tpot", "e2e") for part in ("mean", "p50", "p99")},
    "output_tokens_per_second": "throughput",
    "total_tokens_per_second": "throughput",
    "energy": "energy",
    "cost": "cost",
    "cost_per_million_output_tokens": "cost",
}
"""Spread of each headline result."""


def _declare(path: str, spread: str) -> Callable[..., list[float]]:
    @metric(
        f"intervals.{path}",
        METRICS[path].unit,
        "p10, p50 and p90 of a log-normal with this value and relative spread",
        value=path,
        spread=f"spread.{spread}",
    )
    def interval(value: float, spread: float) -> list[float]:
        """Interval in which eight of ten lie."""
        return intervals.interval(value, spread)

    return interval


for _path, _spread in INTERVALS.items():
    _declare(_path, _spread)
