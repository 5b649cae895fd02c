"""Finds names of other parts in a part, and says which of them lead nowhere."""

from collections.abc import Iterator

from simulator.catalogue.catalogue import Catalogue
from simulator.catalogue.findings import Findings
from simulator.catalogue.parts import KINDS
from simulator.catalogue.place import Keys
from simulator.catalogue.problems import SpecError

_TABLES = ("hourly", "purchase")
"""Blocks of a price list whose keys are ids of accelerators."""


def judge_references(found: Findings, catalogue: Catalogue) -> None:
    """Look up each part that this one names.

    Parameters
    ----------
    found
        The part; takes an error for each name that leads nowhere.
    catalogue
        Where to look.
    """
    for kind, name, path in _names(found):
        try:
            catalogue.find(kind, name, found.document.place(path))
        except SpecError as error:
            found.problems.extend(error.problems)


def _names(found: Findings) -> Iterator[tuple[str, str, Keys]]:
    for key, value in found.document.data.items():
        # The family of an accelerator need not be described.
        if key in KINDS and key != "family" and isinstance(value, str):
            yield key, value, (key,)
        if found.kind == "price" and key in _TABLES and isinstance(value, dict):
            yield from (("accelerator", id, (key, id)) for id in value)
