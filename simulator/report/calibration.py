"""The screen and the JSON of `calibrate`: residuals, then the YAML to paste."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from math import isnan
from pathlib import Path
from textwrap import wrap

from simulator.calibration.block import block
from simulator.calibration.outcome import Calibration, Fitted, Residuals
from simulator.report.columns import PAGE, columns
from simulator.report.terminal import Terminal


def calibration_screen(found: Calibration, out: Path | None, terminal: Terminal) -> str:
    """Print one line for each set of parameters, and the block of the entry.

    Parameters
    ----------
    found : Calibration
        What was fitted.
    out : Path or None
        Entry that was written, none if none was.
    terminal : Terminal
        Where it is printed.

    Returns
    -------
    str
        With a line break at its end.
    """
    return terminal.printable("\n".join(_lines(found, out, terminal)) + "\n")


def calibration_json(found: Calibration, out: Path | None) -> str:
    """Give the fits as one JSON document, in SI units."""
    document = {
        "format": 1,
        "kind": "calibration",
        "entry": {"kind": found.kind, "id": found.id},
        "source": found.source,
        "fitted": [
            {
                "path": ".".join(fitted.path),
                "rows": fitted.rows,
                "parameters": dict(fitted.parameters),
                "spread": fitted.spread,
                "error": asdict(fitted.after),
                "error_before": asdict(fitted.before) if fitted.before else None,
                "assumed": dict(fitted.assumed or {}),
            }
            for fitted in found.fitted
        ],
        "skipped": [{"path": ".".join(s.path), "rows": s.rows, "reason": s.reason} for s in found.skipped],
        "yaml": block(found),
        "file": None if out is None else str(out),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _lines(found: Calibration, out: Path | None, terminal: Terminal) -> Iterator[str]:
    large = any(fitted.after.large is not None for fitted in found.fitted)
    yield terminal.paint(found.name, "strong")
    yield from wrap(found.source, PAGE)
    head = ["fitted", "rows", "median", "p90", *(["> 2e10 FLOP"] if large else []), "median before"]
    rows = [head + (["> 2e10 before"] if large else []), *(_row(fitted, large) for fitted in found.fitted)]
    first, *rest = columns(rows, right=range(1, len(rows[0])))
    yield terminal.paint(first, "dim")
    yield from rest
    for skipped in found.skipped:
        yield f"not fitted: {'.'.join(skipped.path)}, {skipped.rows:,} rows: {skipped.reason}"
    for fitted in found.fitted:
        if fitted.remark:
            yield f"{'.'.join(fitted.path)}: {fitted.remark}"
        for field, why in (fitted.assumed or {}).items():
            yield f"{'.'.join(fitted.path)}.{field}: {why}"
    yield ""
    if out is not None:
        yield f"written: {out}, which extends {found.id}"
        return
    yield terminal.paint(f"# for the entry {found.id}; --out FILE writes one that extends it", "dim")
    yield block(found).rstrip("\n")


def _row(fitted: Fitted, large: bool) -> list[str]:
    before = fitted.before or Residuals(float("nan"), float("nan"))
    figures = [fitted.after.median, fitted.after.p90, *([fitted.after.large] if large else []), before.median]
    figures += [before.large] if large else []
    return [".".join(fitted.path), f"{fitted.rows:,}", *map(_percent, figures)]


def _percent(share: float | None) -> str:
    """A share in per cent.

    >>> _percent(0.034), _percent(None), _percent(float("nan"))
    ('3.4 %', '–', '–')
    """
    return "–" if share is None or isnan(share) else f"{100 * share:.1f} %"
