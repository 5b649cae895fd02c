"""What a run of weeks needs besides a step."""

from collections.abc import Iterator

from simulator.catalogue.problems import Problem
from simulator.catalogue.resolved import Resolved


def run_problems(resolved: Resolved) -> Iterator[Problem]:
    """Stores, reliability and prices that are missing."""
    run = resolved.scenario.run
    if run is None:
        return
    if resolved.storage is None:
        yield resolved.problem(
            "run", "a run writes checkpoints: name a store in cluster.storage, or leave out `run`"
        )
    if run.failures and resolved.system is None:
        yield resolved.problem(
            "run.failures",
            "a node written out here has no failure rate: set failures: false, or name a `system`",
        )
    if resolved.site is not None and resolved.system is None:
        yield resolved.problem(
            "site",
            "a node written out here has no host power, so no energy: name a `system`, or leave out `site`",
        )
    price = resolved.price
    known = {} if price is None else price.hourly if price.basis == "rented" else price.purchase
    if price is not None and resolved.ids["accelerator"] not in known:
        listed = ", ".join(sorted(known))
        yield resolved.problem(
            "price", f"{price.name} has no price of {resolved.ids['accelerator']}; it has {listed}"
        )
    if price is not None and price.basis == "owned" and resolved.site is None:
        yield resolved.problem("site", "owned hardware pays for its electricity: name a `site`")
