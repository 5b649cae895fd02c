"""Relative spread of an input, from what the catalogue states about it."""

from simulator.catalogue.resolved import Resolved

UNKNOWN = 0.1
"""Relative spread of an input whose entry states none but calls it fitted or estimated [1]."""


def spread_of(resolved: Resolved, path: str) -> float:
    """Relative spread of one input [1]; none for datasheet values and choices of the user.

    >>> from simulator import load_scenario
    >>> spread_of(load_scenario("quickstart"), "scenario.training.tokens")
    0.0
    """
    found = resolved.provenance.get(path)
    if found is None:
        return 0.0
    if found.spread is not None:
        return found.spread
    return UNKNOWN if found.status in ("fitted", "estimated", "announced") else 0.0
