"""Where each value of a part or scenario comes from: file, line, source and status."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.catalogue.nearest import suggestion
from simulator.catalogue.place import Document, Keys, Place, dotted
from simulator.catalogue.problems import Problem

ABOUT_THE_FILE = frozenset(
    {
        "format",
        "kind",
        "name",
        "aliases",
        "sources",
        "status",
        "origins",
        "note",
        "extends",
        "matches",
        "calibration",
    }
)
"""Keys of a part that describe the entry; the others are its values."""


@dataclass(frozen=True)
class Provenance:
    """Origin of one value.

    Parameters
    ----------
    file, line
        Where it is stated; no line for an option of the command.
    source
        Full reference of the publication or measurement, none for what a user chose.
    status
        How the number became known (`Status`), none for what a user chose.
    spread
        Relative standard deviation, none if unknown [1].
    note
        What to know before trusting the number.
    """

    file: str
    line: int | None = None
    source: str | None = None
    status: str | None = None
    spread: float | None = None
    note: str | None = None


def leaves(data: Any, path: Keys = ()) -> Iterator[Keys]:
    """Give the path of every scalar, empty list and empty block in a tree.

    Examples
    --------
    >>> list(leaves({"a": {"b": 1}, "c": [2]}))
    [('a', 'b'), ('c', 0)]
    """
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    empty = True
    for key, value in items:
        empty = False
        yield from leaves(value, (*path, key))
    if empty and path:
        yield path


def values(data: Mapping[str, Any]) -> Iterator[Keys]:
    """Give the path of every value of a part, without what describes the entry."""
    for key, value in data.items():
        if key not in ABOUT_THE_FILE:
            yield from leaves(value, (key,))


def stated_origin(data: Mapping[str, Any], path: Keys) -> Mapping[str, Any] | None:
    """Give the entry of `origins` for a value: its own, or that of the closest block around it."""
    origins = data.get("origins")
    if not isinstance(origins, dict):
        return None
    for length in range(len(path), 0, -1):
        origin = origins.get(dotted(path[:length]))
        if isinstance(origin, dict):
            return origin
    return None


def default_origin(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give the origin of values that `origins` does not list: first source, status of the entry."""
    sources = data.get("sources")
    first = next(iter(sources), None) if isinstance(sources, dict) else None
    return {"source": first, "status": data.get("status")}


def provenance(document: Document, path: Keys) -> Provenance:
    """Give the origin of one value of a part."""
    origin = stated_origin(document.data, path) or default_origin(document.data)
    place = document.place(path)
    sources = document.data.get("sources")
    key = origin.get("source")
    return Provenance(
        file=place.source.label,
        line=place.line,
        source=sources.get(key, key) if isinstance(sources, dict) else key,
        status=origin.get("status"),
        spread=origin.get("spread"),
        note=origin.get("note"),
    )


def place_of(place: Place) -> Provenance:
    """Give the origin of a value that a user chose: only its place."""
    return Provenance(place.source.label, place.line)


def check_origins(document: Document) -> list[Problem]:
    """Find entries of `origins` that name no value of the part, or no source of it."""
    origins, sources = document.data.get("origins"), document.data.get("sources")
    if not isinstance(origins, dict):
        return []
    known = {dotted(path[:n]) for path in values(document.data) for n in range(1, len(path) + 1)}
    problems = []
    for name, origin in origins.items():
        if name not in known:
            place = document.block(("origins", name))
            hint = suggestion(name, known, listed="values")
            problems.append(
                place.problem(f"`origins` lists `{name}`, which the entry does not state", hint, True)
            )
        key = origin.get("source") if isinstance(origin, dict) else None
        if isinstance(key, str) and isinstance(sources, dict) and key not in sources:
            place = document.place(("origins", name, "source"))
            problems.append(
                place.problem(f"`source: {key}` is not a key of `sources`", suggestion(key, sources), True)
            )
    return problems
