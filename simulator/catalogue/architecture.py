"""Judges an accelerator by its family: units × operations × clock = peak, links × rate = bandwidth."""

from collections.abc import Iterator
from statistics import median
from typing import Any

from simulator.catalogue.aliases import glance
from simulator.catalogue.catalogue import Catalogue
from simulator.catalogue.findings import Findings
from simulator.catalogue.numbers import number_at
from simulator.catalogue.parts import KINDS
from simulator.catalogue.place import dotted
from simulator.catalogue.problems import SpecError
from simulator.spec.family import Family, Member
from simulator.units import show

_CLOSE = 0.02
"""How far a peak, or a bandwidth, may be from what it is made of: datasheets round [1]."""


def judge_architecture(found: Findings, family: Family | None, catalogue: Catalogue) -> None:
    """Compare the peaks and the links of an accelerator with what its family can do.

    Parameters
    ----------
    found
        The accelerator; takes what is found: E02 peaks, E03 links, W03 peaks that differ from those of
        siblings by the factor of sparsity.
    family
        What is known of the family, none if nothing is.
    catalogue
        Has the siblings.
    """
    peaks = (found.document.get(("compute", "peak")) or {}) if _is_block(found, "compute") else {}
    listed = _listed(found, family, catalogue) if family else None
    for precision in peaks if isinstance(peaks, dict) else ():
        rate = _per_clock(found.document.data, precision)
        if rate is None:
            continue
        known = _operations(family, listed, precision) if family else []
        if known:
            _peak(found, precision, rate, known)
        elif family is None:
            _siblings(found, precision, rate, catalogue)
    if family and _is_block(found, "scale_up"):
        _links(found, family, listed)


def _listed(found: Findings, family: Family, catalogue: Catalogue) -> Member | None:
    """Give what the family says of a part by itself, or of the nearest one that it extends."""
    id, path = found.id, found.document.source.path
    while id not in family.parts and path is not None:
        parent = catalogue.read(path).data.get("extends")
        path = catalogue.find(found.kind, parent) if isinstance(parent, str) else None
        id = path.stem if path else ""
    return family.parts.get(id)


def _operations(family: Family, listed: Member | None, precision: Any) -> list[float]:
    """Give the operations that are known for a part; a part not listed may be like any of the family."""
    if listed and precision in listed.operations:
        return [listed.operations[precision]]
    others = [] if listed else [part.operations.get(precision) for part in family.parts.values()]
    return [known for known in (family.operations.get(precision), *others) if known]


def _peak(found: Findings, precision: Any, rate: float, known: list[float]) -> None:
    """A peak is units × operations per clock × clock."""
    path = ("compute", "peak", precision)
    nearest = min(known, key=lambda operations: abs(rate / operations - 1))
    if abs(rate / nearest - 1) <= _CLOSE:
        found.settled.add(path)
        return
    stated = _number(found.document.data, *path) or 0.0
    expected = show(stated * nearest / rate, "flop_rate")
    message = f"`{dotted(path)}` is {found.document.get(path)}, units × {nearest:g} × clock is {expected}"
    clock = (_number(found.document.data, "compute", "clock") or 0.0) * rate / nearest
    fits = f"a clock of {show(clock, 'frequency', 4)} would fit"
    hint = f"{fits}, peaks hold at a stated clock; a new architecture needs a `family` of its own"
    for operations in known:
        if abs(rate / operations / 2 - 1) <= _CLOSE:
            hint = f"twice as much: was 2:4 sparsity, or a sum in fewer bits, taken? dense is {expected}"
    found.wrong(path, "E02", message, hint)


def _siblings(found: Findings, precision: Any, rate: float, catalogue: Catalogue) -> None:
    """Where the family is not described, a factor of two against its other parts still shows."""
    others = [other for data in _family(found, catalogue) if (other := _per_clock(data, precision))]
    if not others:
        return
    ratio = rate / median(others)
    if abs(ratio - 2) <= 2 * _CLOSE or abs(ratio - 0.5) <= _CLOSE / 2:
        message = f"a unit does {ratio:.3g} times the work of its siblings in a clock"
        hint = "one of them may count 2:4 sparsity, or sums in fp16"
        found.implausible(("compute", "peak", precision), "W03", message, hint)


def _links(found: Findings, family: Family, listed: Member | None) -> None:
    """The bandwidth of an accelerator is that of a whole number of links, one way."""
    link = found.document.get(("scale_up", "link"))
    bandwidth = _number(found.document.data, "scale_up", "bandwidth")
    known = {**family.links, **(listed.links if listed else {})}.get(link) if isinstance(link, str) else None
    if known is None or bandwidth is None:
        return
    count, path = bandwidth / known.rate, ("scale_up", "bandwidth")
    each = f"a {link} link carries {show(known.rate, 'bandwidth')} each way"
    if count > known.most * (1 + _CLOSE):
        hint = f"at most {known.most} links, {show(known.most * known.rate, 'bandwidth')}"
        if abs(count / known.most - 2) <= _CLOSE:
            hint += "; twice as much is the sum of both directions"
        found.wrong(path, "E03", f"`scale_up.bandwidth` is that of {count:.3g} links: {each}", hint)
    elif abs(count - round(count)) > _CLOSE * count:
        message = f"`scale_up.bandwidth` is that of {count:.3g} links: {each}"
        found.wrong(path, "E03", message, "state links × rate, one way")


def _per_clock(data: dict[str, Any], precision: str) -> float | None:
    """Give the operations of one unit in a clock that a peak implies [FLOP]."""
    peak = _number(data, "compute", "peak", precision)
    units, clock = _number(data, "compute", "units"), _number(data, "compute", "clock")
    return peak / (units * clock) if peak and units and clock else None


def _family(found: Findings, catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    """Give the other parts of the same family."""
    name = found.document.data.get("family")
    for id, path in catalogue.ids(found.kind).items():
        if id == found.id or not isinstance(name, str) or name not in glance(path):
            continue
        try:
            data = catalogue.document(found.kind, path).data
        except SpecError:
            continue  # its own check says what is wrong with it
        if data.get("family") == name:
            yield data


def _number(data: dict[str, Any], *path: str) -> float | None:
    return number_at(KINDS["accelerator"].type, path, data)


def _is_block(found: Findings, key: str) -> bool:
    return isinstance(found.document.data.get(key), dict)
