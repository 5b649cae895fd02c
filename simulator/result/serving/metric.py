"""The metrics of serving, by path."""

from collections.abc import Callable, Iterable
from typing import Any

from simulator.result.metric import Metric, declare

METRICS: dict[str, Metric] = {}
"""Every metric of serving by its path; `simulator.result.serving.declared` fills it."""


def metric(
    path: str, unit: str, formula: str, upstream: tuple[str, ...] = (), /, **reads: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a metric of serving, as `simulator.result.metric.declare` does."""
    return declare(METRICS, path, unit, formula, upstream, **reads)


def entries(path: str, unit: str, names: Iterable[str]) -> None:
    """Declare the numbers of a metric that is a block of them as metrics of their own."""
    for name in names:
        metric(f"{path}.{name}", unit, f"{name} of {path}", block=path)(_entry(name))


def _entry(name: str) -> Callable[[dict[str, Any]], Any]:
    def entry(block: dict[str, Any]) -> Any:
        return block.get(name)

    return entry
