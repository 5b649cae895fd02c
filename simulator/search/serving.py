"""The cheapest deployment that keeps what users are promised under the load of a scenario."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from simulator.catalogue.catalogue import Catalogue
from simulator.catalogue.problems import SpecError
from simulator.catalogue.resolved import ServingResolved
from simulator.catalogue.scenario import load_scenario
from simulator.ensemble.many import Many
from simulator.search.candidates import Candidate, candidates
from simulator.serving.fit import DoesNotFitError
from simulator.simulate import simulate
from simulator.spec.engine import Weights

Objective = Literal["cost", "energy", "ttft", "tpot"]
"""What the best deployment has least of; none but those that keep the promise are ranked."""

MOST = 64
"""Replicas that are tried at most [1]."""

SHARE = 0.95
"""Share of the requests that have to be served as promised, unless the caller says otherwise [1]."""


@dataclass(frozen=True)
class Option:
    """A deployment that was simulated.

    Attributes
    ----------
    candidate : Candidate
        Its system, degree and formats.
    replicas : int
        Fewest replicas that keep the promise [1].
    summary : dict
        What the simulation says.
    """

    candidate: Candidate
    replicas: int
    summary: dict[str, Any]

    @property
    def accelerators(self) -> int:
        """Accelerators of the fleet [1]."""
        return self.candidate.tensor * self.replicas

    def value(self, objective: Objective) -> float:
        """What it is ranked by; per million output tokens for cost and energy [USD, J, s]."""
        if objective == "cost":
            return float(self.summary["cost_per_million_output_tokens"])
        if objective == "energy":
            return float(self.summary["energy"]) / float(self.summary["output_tokens"]) * 1e6
        return float(self.summary[objective]["p99"])


@dataclass(frozen=True)
class Rejected:
    """A deployment that does not serve, and why."""

    candidate: Candidate
    reason: str


@dataclass(frozen=True)
class Found:
    """Outcome of a search.

    Attributes
    ----------
    options : tuple of Option
        What keeps the promise, best first.
    rejected : tuple of Rejected
        What does not.
    """

    options: tuple[Option, ...]
    rejected: tuple[Rejected, ...]

    @property
    def considered(self) -> int:
        """Deployments that were looked at [1]."""
        return len(self.options) + len(self.rejected)

    def reasons(self) -> dict[str, int]:
        """Why deployments were rejected, and how many of them, most frequent first."""
        counted: dict[str, int] = {}
        for one in self.rejected:
            counted[one.reason] = counted.get(one.reason, 0) + 1
        return dict(sorted(counted.items(), key=lambda item: -item[1]))

    def front(self) -> tuple[Option, ...]:
        """Options that no other beats in cost and in the time of a further token."""
        kept = []
        for one in self.options:
            beaten = any(
                other.value("cost") <= one.value("cost") and other.value("tpot") < one.value("tpot")
                for other in self.options
                if other is not one
            )
            if not beaten:
                kept.append(one)
        return tuple(kept)


def search_serving(
    scenario: str,
    changes: Sequence[str],
    resolved: ServingResolved,
    systems: tuple[str, ...],
    weights: tuple[Weights, ...],
    objective: Objective = "cost",
    share: float = SHARE,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Found:
    """Try every deployment with the fewest replicas that keep the promise.

    Parameters
    ----------
    scenario : str
        Path or name of the scenario.
    changes : sequence of str
        Values that win over the file, as `path=value`.
    resolved : ServingResolved
        The same, loaded.
    systems, weights : tuple of str
        Systems and formats of weights to try.
    objective : str
        What the best has least of.
    share : float
        Share of the requests that have to be served as promised [1].
    jobs : int, optional
        Most processes at a time.
    progress : callable, optional
        Told how far it is.

    Raises
    ------
    SpecError
        If the scenario promises nothing, or has no price where cost is the objective.
    """
    if resolved.scenario.slo is None:
        raise SpecError(
            resolved.problem("slo", "a search needs a promise to keep: add `slo` with `ttft` and `tpot`")
        )
    if objective == "cost" and resolved.price is None:
        raise SpecError(resolved.problem("price", "the cheapest deployment needs a price list: add `price`"))
    catalogue = Catalogue()
    domains = {name: int(catalogue.load("system", name).spec.scale_up) for name in systems}
    tried = list(candidates(resolved, domains, weights))
    with Many(jobs) as many:
        outcomes = many.map(partial(_try, scenario, tuple(changes), share), tried, 4, progress)
    options = [one for one in outcomes if isinstance(one, Option)]
    rejected = [one for one in outcomes if isinstance(one, Rejected)]
    options.sort(key=lambda option: (option.value(objective), option.accelerators, option.candidate))
    return Found(tuple(options), tuple(rejected))


def _try(scenario: str, changes: tuple[str, ...], share: float, candidate: Candidate) -> Option | Rejected:
    """The fewest replicas of a candidate that keep the promise, found by doubling and halving."""

    def served(replicas: int) -> dict[str, Any]:
        """What the simulation of so many replicas says."""
        made = [f"{path}={value}" for path, value in candidate.changes(replicas).items()]
        resolved = load_scenario(scenario, [*changes, *made])
        return dict(simulate(resolved).summary)

    try:
        low, high, best = 0, 1, served(1)
        while best["slo"]["attained"] < share and high < MOST:
            low, high = high, 2 * high
            best = served(high)
        if best["slo"]["attained"] < share:
            return Rejected(candidate, _missed(best))
        while high - low > 1:
            middle = (low + high) // 2
            found = served(middle)
            if found["slo"]["attained"] < share:
                low = middle
            else:
                high, best = middle, found
    except SpecError as error:
        return Rejected(candidate, _short(error))
    except DoesNotFitError:
        return Rejected(candidate, "does not fit in memory")
    return Option(candidate, high, best)


def _missed(summary: dict[str, Any]) -> str:
    """Which promise is broken however many replicas there are."""
    slo = summary["slo"]
    worse = "ttft" if slo["ttft_attained"] <= slo["tpot_attained"] else "tpot"
    return f"{worse.upper()} is too long with {MOST} replicas"


def _short(error: SpecError) -> str:
    """The first problem, without the numbers of this candidate."""
    return error.problems[0].message.split(";")[0]
