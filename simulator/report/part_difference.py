"""The screen and the JSON of `hardware diff`: two parts side by side."""

import json
from dataclasses import asdict

from simulator.catalogue.described import Described
from simulator.catalogue.difference import Difference, Row
from simulator.report.columns import PAGE, clipped, columns
from simulator.report.terminal import Terminal

_PATH, _RATIO = 44, 8
_DEEP = 3  # Below three keys lie fitted parameters, which say little by themselves.


def difference_screen(found: Difference, terminal: Terminal, all: bool = False) -> str:
    """Print two parts in two columns with the ratio of the second to the first.

    Parameters
    ----------
    found
        The two parts.
    terminal
        Where it is printed.
    all
        Whether values more than three keys deep are printed too: the fitted parameters of kernels.

    Returns
    -------
    str
        At most 100 columns wide, with a line break at its end.
    """
    a, b = found.a, found.b
    title = clipped(f"{a.name} → {b.name}", PAGE)
    rows = [row for row in found.rows if all or row.path.count(".") < _DEEP]
    path = min(_PATH, max((len(row.path) for row in rows), default=0))
    value = (PAGE - path - _RATIO - 6) // 2
    table = [("", a.id, b.id, "ratio"), *(_cells(row) for row in rows)]
    head, *lines = columns(table, (path, value, value, _RATIO), right=(1, 2, 3))
    shown = [
        line if row.ratio is None or row.ratio == 1 else terminal.paint(line, "strong")
        for row, line in zip(rows, lines, strict=True)
    ]
    left_out = len(found.rows) - len(rows)
    more = [terminal.paint(f"and {left_out} values deeper down: --all", "dim")] if left_out else []
    text = "\n".join([terminal.paint(title, "strong"), terminal.paint(head, "dim"), *shown, *more])
    return terminal.printable(f"{text}\n")


def difference_json(found: Difference) -> str:
    """Give the comparison as one JSON document; `ratio` is second over first in SI units."""
    document = {
        "format": 1,
        "kind": "difference",
        "a": _about(found.a),
        "b": _about(found.b),
        "rows": [asdict(row) for row in found.rows],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _cells(row: Row) -> tuple[str, str, str, str]:
    ratio = "" if row.ratio is None else "=" if row.ratio == 1 else f"{row.ratio:.3g}×"
    return row.path, row.a or "–", row.b or "–", ratio


def _about(part: Described) -> dict[str, str]:
    return {"kind": part.kind, "id": part.id, "name": part.name, "status": part.status, "file": part.file}
