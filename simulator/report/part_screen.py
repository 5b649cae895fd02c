"""The screen and the JSON of `hardware show`."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import PurePath
from textwrap import wrap

from simulator.catalogue.described import Described, Value
from simulator.report.columns import PAGE, columns
from simulator.report.terminal import Terminal
from simulator.report.wording import percent

_WIDTHS = (44, 26)


def part_screen(part: Described, terminal: Terminal) -> str:
    """Print a part value by value, its sources numbered below.

    Parameters
    ----------
    part
        The part.
    terminal
        Where it is printed.

    Returns
    -------
    str
        With a line break at its end.
    """
    lines = [terminal.paint(part.name, "strong") + f" · {part.kind} `{part.id}` · {part.status}"]
    lines += [f"  file       {part.file}"]
    lines += [f"  inherits   {file}" for file in part.inherits]
    lines += [f"  hides      {file}" for file in part.hides]
    lines += [f"  {line}" for line in wrap(part.note, PAGE - 2)]
    numbers = {text: f"[{n}]" for n, text in enumerate(dict.fromkeys(part.sources.values()), start=1)}
    table = columns([_row(value, part, numbers) for value in part.values], _WIDTHS)
    lines.append("")
    said = ""
    for value, line in zip(part.values, table, strict=True):
        lines.append(line)
        # A note on a block holds for all of it, and is said once.
        note = value.origin.note or ""
        lines += [terminal.paint(f"    {words}", "dim") for words in wrap(note, PAGE - 4) if note != said]
        said = note
    lines.append("")
    for text, number in numbers.items():
        lines += wrap(text, PAGE, initial_indent=f"{number} ", subsequent_indent="    ")
    return terminal.printable("\n".join(lines) + "\n")


def part_json(part: Described) -> str:
    """Give a part as one JSON document; `number` is in SI units, `value` as written."""
    values = [{"path": v.path, "value": v.text, "number": v.number, **asdict(v.origin)} for v in part.values]
    about = {"kind": part.kind, "id": part.id, "name": part.name, "status": part.status, "file": part.file}
    document = {
        "format": 1,
        "kind": "part",
        "part": about,
        "inherits": part.inherits,
        "hides": part.hides,
        "note": part.note or None,
        "values": values,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _row(value: Value, part: Described, numbers: Mapping[str, str]) -> tuple[str, ...]:
    origin = value.origin
    spread = f" ±{percent(origin.spread)}" if origin.spread else ""
    # A line of the part's own file goes without the file's name.
    file = "" if origin.file == part.file else PurePath(origin.file).stem
    place = f"{file}:{origin.line}" if origin.line is not None else origin.file
    return value.path, value.text, f"{origin.status}{spread}", numbers.get(origin.source or "", ""), place
