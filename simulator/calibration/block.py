"""The YAML of a calibration: a block to paste into an entry, or an entry of its own."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from simulator.calibration.outcome import Calibration, Fitted

SOURCE = "calibration"
"""Key of `sources` under which fitted values are credited."""


def block(found: Calibration) -> str:
    """Give sources, origins and parameters, to be merged into the entry by hand."""
    return "\n".join(_lines(found, entry=False)) + "\n"


def new_entry(found: Calibration, extends: str, command: str) -> str:
    """Give a whole entry that takes everything else from the one it extends.

    Parameters
    ----------
    found : Calibration
        What was fitted.
    extends : str
        Name under which the new entry finds the old one.
    command : str
        What to type to get the same file again.
    """
    head = [
        f"# Written by `{command}`; what is not stated here is that of the entry it extends.",
        "format: 1",
        f"kind: {found.kind}",
        f"extends: {_text(extends)}",
        f"name: {_text(f'{found.name}, calibrated')}",
    ]
    return "\n".join([*head, *_lines(found, entry=True)]) + "\n"


def _lines(found: Calibration, entry: bool) -> Iterator[str]:
    yield "sources:"
    yield f"  {SOURCE}: {_text(found.source)}"
    if entry:
        yield "status: fitted"
    yield "origins:"
    for fitted in found.fitted:
        yield from _origins(fitted)
    tree: dict[str, Any] = {}
    for fitted in found.fitted:
        inner = tree
        for key in fitted.path:
            inner = inner.setdefault(key, {})
        inner.update(fitted.written)
    yield from _tree(tree, "")


def _origins(fitted: Fitted) -> Iterator[str]:
    path, after = ".".join(fitted.path), fitted.after
    note = f"{fitted.rows} rows, median error {_percent(after.median)}"
    note += f" (90th percentile {_percent(after.p90)})"
    if after.large is not None:
        note += f", {_percent(after.large)} above 2e10 FLOP"
    if fitted.remark:
        note += f"; {fitted.remark}"
    # Parameters that stand in `kernels` itself are listed one by one: the block holds others too.
    for name in [f"{path}.{field}" for field in fitted.written] if fitted.path == ("kernels",) else [path]:
        yield f"  {name}: {_origin('fitted', fitted.spread, note)}"
    for field, why in (fitted.assumed or {}).items():
        yield f"  {path}.{field}: {_origin('estimated', 2 * fitted.spread, why)}"


def _origin(status: str, spread: float, note: str) -> str:
    return f"{{source: {SOURCE}, status: {status}, spread: {spread:.3g}, note: {_text(note)}}}"


def _tree(tree: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield f"{indent}{key}:"
            yield from _tree(value, indent + "  ")
        else:
            yield f"{indent}{key}: {json.dumps(value) if isinstance(value, list) else value}"


def _text(text: str) -> str:
    # JSON is YAML; names and paths may hold anything.
    return json.dumps(text, ensure_ascii=False)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
