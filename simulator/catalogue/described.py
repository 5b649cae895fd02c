"""A part value by value: what is stated, where, by whom, and how sure it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.catalogue.catalogue import Catalogue
from simulator.catalogue.lookup import find_part, hidden
from simulator.catalogue.numbers import number_at
from simulator.catalogue.origins import ABOUT_THE_FILE, Provenance, provenance
from simulator.catalogue.parts import KINDS
from simulator.catalogue.place import Document, Keys, dotted, printed


@dataclass(frozen=True)
class Value:
    """One value of a part."""

    path: str
    """Dotted path."""
    text: str
    """The value as written, with its unit."""
    number: float | None
    """The value in the base unit of its dimension; none if it is no number."""
    origin: Provenance
    """Where it comes from."""


@dataclass(frozen=True)
class Described:
    """A part with all its values."""

    kind: str
    id: str
    name: str
    status: str
    file: str
    """File that wins."""
    inherits: tuple[str, ...]
    """Files from which unstated values are taken, the nearest first."""
    hides: tuple[str, ...]
    """Files of the same id in other catalogues, which lose."""
    note: str
    """What to know about the entry, empty if nothing."""
    sources: Mapping[str, str]
    """References by their keys."""
    values: tuple[Value, ...]


def describe(name: str, kind: str | None = None, catalogue: Catalogue | None = None) -> Described:
    """Describe a part.

    Parameters
    ----------
    name, kind
        As for `find_part`.
    catalogue
        Where to look; all catalogues in use if left out.

    Returns
    -------
    Described
        The part, checked.

    Raises
    ------
    SpecError
        If there is no such part, or its file has mistakes.

    Examples
    --------
    >>> [v.text for v in describe("nvidia-a100-sxm-40gb").values if v.path == "memory.bandwidth"]
    ['1.555 TB/s']
    """
    catalogue = catalogue or Catalogue()
    kind, path = find_part(catalogue, name, kind)
    entry = catalogue.entry(kind, path.stem, catalogue.document(kind, path))
    data = entry.document.data
    return Described(
        kind=kind,
        id=path.stem,
        name=str(data["name"]),
        status=str(data["status"]),
        file=printed(path),
        inherits=tuple(_parents(catalogue, kind, path)),
        hides=tuple(hidden(catalogue, kind, path)),
        note=str(data.get("note") or ""),
        sources=data["sources"],
        values=tuple(_values(kind, entry.document)),
    )


def _parents(catalogue: Catalogue, kind: str, path: Path) -> Iterator[str]:
    while isinstance(parent := catalogue.read(path).data.get("extends"), str):
        path = catalogue.find(kind, parent, catalogue.read(path).values[("extends",)])
        yield printed(path)


def _values(kind: str, document: Document) -> Iterator[Value]:
    for key, value in document.data.items():
        if key not in ABOUT_THE_FILE:
            for path in _items(value, (key,)):
                number = number_at(KINDS[kind].type, path, document.data)
                yield Value(dotted(path), _text(document.get(path)), number, provenance(document, path))


def _items(value: Any, path: Keys) -> Iterator[Keys]:
    """Give the paths of values, a list of plain values counting as one."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _items(inner, (*path, key))
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for index, inner in enumerate(value):
            yield from _items(inner, (*path, index))
    else:
        yield path


def _text(value: Any) -> str:
    """Write a value as a file has it.

    >>> _text([[256, 128], None]), _text(True), _text("80 GiB")
    ('[[256, 128], null]', 'true', '80 GiB')
    """
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, dict):
        return "{}"
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)
