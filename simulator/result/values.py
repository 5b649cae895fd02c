"""Values by path: metrics, each computed once, and values of the scenario and its parts."""

from collections.abc import Mapping
from typing import Any

from simulator.cost.formats import FORMATS
from simulator.result.declared import METRICS
from simulator.result.facts import Facts
from simulator.result.metric import FACTS, SPREAD
from simulator.result.spread import spread_of
from simulator.spec.precision import base_precision


class Values:
    """Answers what stands at a path.

    Parameters
    ----------
    facts : Facts
        The simulation that is asked.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._known: dict[str, Any] = {FACTS: facts}

    def of(self, path: str) -> Any:
        """Value of a metric, of a part or of the scenario, in base units; none if there is none.

        Parameters
        ----------
        path : str
            `run.cost`, `accelerator.memory.bandwidth`, `scenario.training.tokens`, `±site.pue`, `facts`.
        """
        if path not in self._known:
            self._known[path] = self._find(path)
        return self._known[path]

    def _find(self, path: str) -> Any:
        if path in METRICS:
            return METRICS[path].value(self.arguments(path))
        filled = self.filled(path)
        if filled.startswith(SPREAD):
            return spread_of(self._facts.resolved, filled.removeprefix(SPREAD))
        return stated(self._facts.resolved, filled)

    def arguments(self, path: str) -> dict[str, Any]:
        """What a metric reads, by argument of its function."""
        return {name: self.of(read) for name, read in METRICS[path].reads.items()}

    def filled(self, path: str) -> str:
        """A path with what the scenario chose in the place of `{precision}` and the like."""
        if "{" not in path:
            return path
        resolved = self._facts.resolved
        precision, software = resolved.scenario.training.precision, resolved.software
        return path.format(
            precision=base_precision(precision),
            format=software.recipes[precision].gemm if precision in software.recipes else precision,
            peak=FORMATS[precision].peak,
            attention=resolved.software.attention,
            link=resolved.accelerator.scale_up.link,
            accelerator=resolved.ids["accelerator"],
        )


def stated(resolved: Any, path: str) -> Any:
    """Value at a path of the scenario or a part [base unit]; none if there is none.

    >>> from simulator import load_scenario
    >>> stated(load_scenario("quickstart"), "scenario.training.sequence_length")
    2048
    """
    found = resolved
    for word in path.split("."):
        if isinstance(found, Mapping):
            found = found.get(word)
        elif isinstance(found, list | tuple):
            found = found[int(word)] if word.isdigit() and int(word) < len(found) else None
        else:
            found = getattr(found, word, None)
    return found
