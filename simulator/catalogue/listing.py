"""Lists the parts of the catalogue, filtered by what they say of themselves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.catalogue.catalogue import Catalogue
from simulator.catalogue.nearest import suggestion
from simulator.catalogue.parts import KINDS, SCENARIOS
from simulator.catalogue.place import printed
from simulator.catalogue.problems import Problem, SpecError

HARDWARE = tuple(kind for kind, each in KINDS.items() if each.folder.startswith("hardware/"))
"""Kinds of part that lie in `hardware/`."""

PARTS = tuple(kind for kind in KINDS if kind not in SCENARIOS)
"""All kinds of part."""


@dataclass(frozen=True)
class Listed:
    """A part as a list shows it."""

    kind: str
    """Kind of the part."""
    id: str
    """Name of its file."""
    name: str
    """Name shown to people."""
    status: str
    """Status of the entry."""
    file: str
    """File that wins, as printed."""
    data: Mapping[str, Any] = field(repr=False)
    """What the file states, with what it inherits."""


def listing(
    filters: Mapping[str, str | None], catalogue: Catalogue | None = None
) -> tuple[list[Listed], list[Problem]]:
    """List the parts that pass all filters.

    Parameters
    ----------
    filters
        What is wanted, by key of the file (`kind`, `vendor`, `family`, `status`); none = any. A kind outside
        of `hardware/` (`model`, `software`, `collectives`) is listed when it is asked for.
    catalogue
        Where to look; all catalogues in use if left out.

    Returns
    -------
    tuple
        The parts by kind and id, and the problems of files that cannot be read.

    Raises
    ------
    SpecError
        If no part has the value of a filter; says which values there are.

    Examples
    --------
    >>> parts, problems = listing({"kind": "accelerator", "family": "volta", "vendor": "nvidia"})
    >>> "nvidia-v100-sxm-32gb" in [part.id for part in parts]
    True
    """
    catalogue = catalogue or Catalogue()
    wanted = {key: value for key, value in filters.items() if value is not None}
    kinds: Sequence[str] = HARDWARE
    if (kind := wanted.get("kind")) is not None:
        _known("kind", kind, PARTS)
        kinds = [kind]
    problems: list[Problem] = []
    found = list(_all(kinds, catalogue, problems))
    for key, value in wanted.items():
        if key != "kind":
            _known(key, value, {str(part.data[key]) for part in found if key in part.data})
    passed = [part for part in found if all(_same(part.data.get(k), v) for k, v in wanted.items())]
    return passed, problems


def _all(kinds: Sequence[str], catalogue: Catalogue, problems: list[Problem]) -> Iterator[Listed]:
    for kind in kinds:
        for id, path in catalogue.ids(kind).items():
            try:
                data = catalogue.document(kind, path).data
            except SpecError as error:
                problems.extend(error.problems)
                continue
            name, status = str(data.get("name", id)), str(data.get("status", ""))
            yield Listed(kind, id, name, status, printed(path), data)


def _known(key: str, value: str, values: Sequence[str] | set[str]) -> None:
    if not any(_same(each, value) for each in values):
        hint = suggestion(value, values, listed="known") or "no part that is listed has one"
        raise SpecError(Problem(f"--{key} {value[:60]}", f"unknown {key}", hint=hint))


def _same(stated: object, wanted: str) -> bool:
    return isinstance(stated, str) and stated.lower() == wanted.lower()
