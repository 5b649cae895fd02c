"""A metric: its formula in words, what it reads, and the function that computes it from just that."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

FACTS = "facts"
"""Path under which a metric reads the simulation itself (`Facts`)."""
SPREAD = "±"
"""In front of a path: not the value, but its relative spread [1]."""


@dataclass(frozen=True)
class Metric:
    """A number of the summary, or a term of one.

    The function knows nothing but its arguments, and these are what the metric reads; so what is declared is
    what is computed.

    Attributes
    ----------
    path : str
        Where it stands in the summary (`run.cost`), or would stand.
    unit : str
        Dimension of `simulator.units`, `share`, `count`, `1`, or a unit as printed; of each of its values.
    formula : str
        How it is computed, in words.
    reads : mapping of str to str
        Path of each argument: a metric, a value of the scenario or of a part (`{precision}` and the like
        stand for what the scenario chose), `facts`, or `±` and a path for the spread of a value.
    upstream : tuple of str
        Values that entered the simulation before the record, and so are not read here.
    function : callable
        Computes the value. An argument that is none makes it none, unless the argument has a default.
    """

    path: str
    unit: str
    formula: str
    reads: Mapping[str, str]
    upstream: tuple[str, ...]
    function: Callable[..., Any]

    @cached_property
    def optional(self) -> frozenset[str]:
        """Arguments that may be none."""
        parameters = inspect.signature(self.function).parameters.values()
        return frozenset(p.name for p in parameters if p.default is not p.empty)

    def value(self, arguments: Mapping[str, Any]) -> Any:
        """Compute it; none if something it needs is none."""
        if any(value is None and name not in self.optional for name, value in arguments.items()):
            return None
        return self.function(**arguments)


METRICS: dict[str, Metric] = {}
"""Every metric of training by its path; `simulator.result.declared` fills it."""


def declare(
    metrics: dict[str, Metric], path: str, unit: str, formula: str, upstream: tuple[str, ...], /, **reads: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare the metric that the decorated function computes.

    Parameters
    ----------
    metrics
        Those of one kind of scenario, to which it is added.
    path, unit, formula, upstream
        As in `Metric`.
    **reads
        Path of each argument of the function.

    Raises
    ------
    ValueError
        If the path is taken, or arguments and reads differ.
    """

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        arguments = set(inspect.signature(function).parameters)
        if path in metrics or arguments != set(reads):
            raise ValueError(f"metric {path}: declared twice, or {arguments} is not what it reads")
        metrics[path] = Metric(path, unit, formula, reads, upstream, function)
        return function

    return add


def metric(
    path: str, unit: str, formula: str, upstream: tuple[str, ...] = (), /, **reads: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a metric of training, as `declare` does."""
    return declare(METRICS, path, unit, formula, upstream, **reads)
