"""The screen of `scalewall validate`: rows worst first, figures by axis, floors, what is missing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from simulator.report.terminal import Terminal
from simulator.units import show
from simulator.validation.compare import Comparison
from simulator.validation.validate import Validation

_DIMENSIONS = {
    "step_time": "duration",
    "seconds": "duration",
    "tokens_per_second": "tokens",
    "peak_memory": "bytes",
}
_MOST = 60  # Kernel tables have thousands of rows; the worst say enough, and `--json` has all.
_WIDTH = 100


def accuracy_screen(validation: Validation, terminal: Terminal | None = None) -> str:
    """Write the comparison of published and simulated runs.

    Parameters
    ----------
    validation : Validation
        What was compared.
    terminal : Terminal, optional
        What is written to; plain UTF-8 text if left out.

    Returns
    -------
    str
        One line a row, worst first, then figures and floors.
    """
    terminal = terminal or Terminal()
    simulated = [row for row in validation.rows if row.predicted is not None]
    missed = [row for row in validation.rows if row.predicted is None]
    blocks = [
        list(_rows(simulated, terminal)),
        list(_reasons(missed)),
        list(_axes(validation.axes(), terminal)),
        list(_floors(validation.floors, terminal)),
    ]
    return terminal.printable("\n\n".join("\n".join(block) for block in blocks if block) + "\n")


def _rows(rows: Sequence[Comparison], terminal: Terminal) -> Iterator[str]:
    if not rows:
        return
    head = f"{'row':<38} {'grade':<5} {'measured':>11} {'simulated':>11} {'error':>8}   80 % interval"
    yield terminal.paint(head, "dim")
    for row in rows[:_MOST]:
        dimension = _DIMENSIONS[row.metric]
        measured, simulated, low, high = (
            show(value, dimension)
            for value in (row.measured, row.predicted, row.low, row.high)
            if value is not None
        )
        grade = f"{row.grade}{' cal' if row.calibration else ''}"
        outside = (
            "" if row.low is None or row.high is None or row.low <= row.measured <= row.high else "  outside"
        )
        yield (
            f"{row.id[:38]:<38} {grade:<5} {measured:>11} {simulated:>11} "
            f"{100 * (row.error or 0.0):>+6.1f} %   {low}–{high}{outside}"
        )
    if len(rows) > _MOST:
        yield f"… and {len(rows) - _MOST:,} rows that are nearer; --json prints all"
    yield "grade C and calibration rows (cal) are shown and enter no figure below"


def _reasons(rows: Sequence[Comparison]) -> Iterator[str]:
    """Why rows were not simulated, most frequent first."""
    if not rows:
        return
    yield f"not simulated: {len(rows)}"
    for reason, count in Counter(row.why_not or "" for row in rows).most_common():
        text = f"  {count:>4}  {reason}"
        yield text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _axes(axes: dict[str, dict[str, Any]], terminal: Terminal) -> Iterator[str]:
    """Figures of the step times by what the rows exercise, worst first."""
    columns = "".join(f"{name:>9}" for name in ("simulated", "median", "p90", "bias", "in 80 %"))
    yield terminal.paint(f"{'axis, times':<37} {'rows':>6} {columns}", "dim")
    for axis, found in axes.items():
        figures = [_percent(found[key]) for key in ("median_error", "p90_error")]
        bias, inside = _percent(found["bias"], signed=True), _percent(found["coverage80"])
        yield (
            f"{axis:<37} {found['count']:>6,} {found['simulated']:>9,}"
            f"{figures[0]:>9}{figures[1]:>9}{bias:>9}{inside:>9}"
        )


def _floors(floors: Sequence[dict[str, Any]], terminal: Terminal) -> Iterator[str]:
    for floor in floors:
        state = "reached" if floor["reached"] else terminal.paint("MISSED", "loss")
        words = {"mean_error": "mean", "median_error": "median", "p90_error": "p90"}
        parts = [
            f"{words[key]} {_percent(floor[key])} (at most {_percent(bound)})"
            for key, bound in floor["bounds"].items()
        ]
        yield f"floor {state}: {floor['name']}, {floor['count']:,} rows: {', '.join(parts)}"


def _percent(value: float | None, signed: bool = False) -> str:
    """A share in per cent.

    >>> _percent(0.0379), _percent(-0.0379, signed=True), _percent(None)
    ('3.8 %', '-3.8 %', '–')
    """
    return "–" if value is None else f"{100 * value:{'+' if signed else ''}.1f} %"
