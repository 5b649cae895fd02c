"""The screen and the JSON of `hardware list`."""

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from simulator.catalogue.listing import Listed
from simulator.report.columns import columns
from simulator.report.terminal import Terminal

_PLAIN = ("id", "status", "name")
_ACCELERATOR = ("id", "memory", "bandwidth", "dense bf16", "power", "status", "name")


def list_screen(parts: Sequence[Listed], terminal: Terminal) -> str:
    """Print one block of lines for each kind of part.

    Parameters
    ----------
    parts
        In the order of their kinds.
    terminal
        Where it is printed.

    Returns
    -------
    str
        With a line break at its end.
    """
    blocks = []
    for kind, group in groupby(parts, lambda part: part.kind):
        of_kind = list(group)
        accelerators = kind == "accelerator"
        head = _ACCELERATOR if accelerators else _PLAIN
        rows = [head, *(_figures(p) if accelerators else (p.id, p.status, p.name) for p in of_kind)]
        first, *rest = columns(rows, right=(1, 2, 3, 4) if accelerators else ())
        title = terminal.paint(f"{kind} ({len(of_kind)})", "strong")
        blocks.append(
            "\n".join([title, terminal.paint(f"  {first}", "dim"), *(f"  {line}" for line in rest)])
        )
    text = "\n\n".join(blocks) if blocks else "no part passes all of these filters"
    return terminal.printable(f"{text}\n")


def list_json(parts: Sequence[Listed]) -> str:
    """Give the list as one JSON document."""
    listed = [{"kind": p.kind, "id": p.id, "name": p.name, "status": p.status, "file": p.file} for p in parts]
    return json.dumps({"format": 1, "kind": "hardware", "parts": listed}, indent=2, ensure_ascii=False) + "\n"


def _figures(part: Listed) -> tuple[str, ...]:
    peak = _at(part.data, "compute", "peak")
    sixteen = next((_at(peak, p) for p in ("bf16", "fp16") if _at(peak, p)), "")
    return (
        part.id,
        str(_at(part.data, "memory", "capacity") or ""),
        str(_at(part.data, "memory", "bandwidth") or ""),
        str(sixteen),
        str(_at(part.data, "power", "limit") or ""),
        part.status,
        part.name,
    )


def _at(data: Any, *path: str) -> Any:
    """Give what is stated at a path, none if nothing is: a list shows files with mistakes too."""
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data
