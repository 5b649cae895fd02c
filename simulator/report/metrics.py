"""The list of metrics that can be explained, with their values."""

from collections.abc import Mapping
from typing import Any

from simulator.report.quantity import quantity
from simulator.report.terminal import Terminal
from simulator.result.metric import Metric

_WIDTH = 100


def metrics_screen(
    metrics: Mapping[str, Metric], values: Mapping[str, Any], terminal: Terminal | None = None
) -> str:
    """Write a line for every metric that has one value: path, value, formula.

    Parameters
    ----------
    metrics : mapping of str to Metric
        Metrics by path.
    values : mapping of str to object
        Their values, in base units.
    terminal : Terminal, optional
        What is written to; plain UTF-8 text if left out.
    """
    terminal = terminal or Terminal()
    shown = {path: one for path, one in metrics.items() if not isinstance(values[path], Mapping)}
    width = max(map(len, shown))
    lines = []
    for path, metric in sorted(shown.items()):
        line = f"{path:<{width}}  {quantity(values[path], metric.unit):>15}  {metric.formula}"
        lines.append(line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…")
    lines += ["", "explain one: scalewall explain SCENARIO METRIC; a value of a file may be named, too"]
    return terminal.printable("\n".join(lines) + "\n")
