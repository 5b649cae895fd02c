"""Judges the numbers of a part by the catalogue's own tables of what is possible and what is usual."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from simulator.catalogue.catalogue import Catalogue
from simulator.catalogue.findings import Findings
from simulator.catalogue.numbers import dimension_at, number_at, read_number
from simulator.catalogue.origins import values
from simulator.catalogue.parts import KINDS
from simulator.catalogue.place import Keys, dotted
from simulator.catalogue.problems import SpecError
from simulator.spec.ranges import Bounds, Range, Ranges, Ratio
from simulator.units import show

_SLIPS = (1e-3, 1e3, 1 / 8, 8.0, 1e-6, 1e6)
"""A prefix too large or small, bits for bytes, bytes for bits."""


def judge(found: Findings, ranges: Ranges, catalogue: Catalogue) -> None:
    """Compare each value of a part with its range, and the ratios between values with theirs.

    Parameters
    ----------
    found
        The part; takes what is found: E01 impossible, W01 unusual, W02 doubtful source, and the codes of
        the ratios.
    ranges
        What is possible and usual for parts of this kind.
    catalogue
        Has the parts that this one names.
    """
    for path in values(found.document.data):
        for pattern, each in ranges.values.items():
            if fnmatchcase(dotted(path), pattern) and dotted(path).count(".") == pattern.count("."):
                _value(found, path, each)
    for ratio in ranges.ratios:
        _ratio(found, ratio, catalogue)
    for name in ranges.distrusted:
        for key, text in _sources(found.document.data):
            if name in text:
                message = f"`{name}` is known for wrong numbers"
                found.implausible(("sources", key), "W02", message, "read the maker's own publication")


def _value(found: Findings, path: Keys, each: Range) -> None:
    spec, data = KINDS[found.kind].type, found.document.data
    dimension, value = dimension_at(spec, path, data), number_at(spec, path, data)
    if value is None:
        return
    usual, possible = _bounds(each.usual, dimension), _bounds(each.possible, dimension)
    hint = "; ".join(words for words in (_meant(value, usual, dimension), each.hint) if words)
    stated = f"`{dotted(path)}: {found.document.get(path)}`"
    if not possible[0] <= value <= possible[1]:
        found.wrong(path, "E01", f"{stated} is outside of what is possible, {_span(each.possible)}", hint)
    elif not usual[0] <= value <= usual[1]:
        found.implausible(path, "W01", f"{stated} is unusual; such values lie at {_span(each.usual)}", hint)


def _meant(value: float, usual: tuple[float, float], dimension: str) -> str:
    """Say which value was probably meant, if a common slip explains the one that is stated.

    >>> _meant(80e12, (1e9, 500e9), "bytes"), _meant(3.0, (1.0, 1.8), "")
    ('`80 GB` was probably meant', '')
    """
    for factor in _SLIPS if dimension else ():
        if usual[0] <= value * factor <= usual[1]:
            number, _, unit = show(value * factor, dimension, 6).replace(",", "").partition(" ")
            plain = number.rstrip("0").rstrip(".") if "." in number else number
            return f"`{f'{plain} {unit}'.strip()}` was probably meant"
    return ""


def _ratio(found: Findings, ratio: Ratio, catalogue: Catalogue) -> None:
    over = _product(found, ratio.over, catalogue)
    of = _product(found, ratio.of, catalogue)
    if not of or not over or ratio.usual[0] <= of / over <= ratio.usual[1]:
        return
    low, high = ratio.usual
    usual = f"{(low + high) / 2:.3g}" if high <= low * 1.05 else f"{low:g} to {high:g}"
    message = f"`{ratio.of}` over `{ratio.over}` is {of / over:.3g}, usually {usual}"
    # An inherited value is doubted where the file states what no longer fits to it.
    names = [name for text in (ratio.of, ratio.over) for name in text.split(" * ")]
    paths = [tuple(name.split(".")) for name in names if name.split(".")[0] not in KINDS]
    path = next((p for p in paths if found.stated_here(p)), paths[0])
    answered = found.noted(paths[0], of_file=path != paths[0])
    if paths[0] not in found.settled and not answered:
        found.implausible(path, ratio.code, message, ratio.hint)


def _product(found: Findings, text: str, catalogue: Catalogue) -> float | None:
    """Multiply the values at several paths; none if one of them is not stated."""
    product = 1.0
    for name in text.split(" * "):
        value = _look(found, name, catalogue)
        if value is None:
            return None
        product *= value
    return product


def _look(found: Findings, name: str, catalogue: Catalogue) -> float | None:
    """Give the number at a path that may begin with the kind of a part that this part names."""
    first, *rest = name.split(".")
    named = found.document.data.get(first)
    if rest and first in KINDS and isinstance(named, str):
        try:
            path = catalogue.find(first, named)
            data = catalogue.document(first, path).data
        except SpecError:
            return None  # the check of references reports it
        return number_at(KINDS[first].type, tuple(rest), data)
    return number_at(KINDS[found.kind].type, (first, *rest), found.document.data)


def _bounds(bounds: Bounds, dimension: str) -> tuple[float, float]:
    low, high = (read_number(bound, dimension) for bound in bounds)
    if low is None or high is None:
        raise ValueError(f"bounds {_span(bounds)} are not written as the value is")
    return low, high


def _span(bounds: Bounds) -> str:
    return " to ".join(bound if isinstance(bound, str) else f"{bound:g}" for bound in bounds)


def _sources(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    sources = data.get("sources")
    if isinstance(sources, dict):
        yield from ((key, text) for key, text in sources.items() if isinstance(text, str))
