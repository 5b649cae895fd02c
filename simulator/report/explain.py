"""Writes where a number comes from: formula, values and origins, indented by what reads what."""

from collections.abc import Iterator
from textwrap import wrap

from simulator.report.quantity import quantity
from simulator.report.terminal import Terminal
from simulator.result.node import Node
from simulator.units import show

WIDTH = 110
"""Columns after which a formula goes on a line of its own [characters]."""

_COLUMN = 66  # Where the origins stand, if the line leaves room.
_BYTES = ("size",)


def explain_screen(node: Node, terminal: Terminal | None = None) -> str:
    """Write an explanation.

    Parameters
    ----------
    node : Node
        The metric.
    terminal : Terminal, optional
        What is written to; plain UTF-8 text if left out.

    Returns
    -------
    str
        A line a number, two columns deeper than what reads it: formula, or status, spread, file and source.
        The sources follow at the end.
    """
    terminal = terminal or Terminal()
    sources: dict[str, int] = {}
    lines = list(_lines(node, 0, sources, terminal))
    if sources:
        lines.append("")
        lines += [f"[{number}] {text}" for text, number in sources.items()]
    return terminal.printable("\n".join(lines) + "\n")


def _lines(node: Node, level: int, sources: dict[str, int], terminal: Terminal) -> Iterator[str]:
    indent = "  " * level
    if node.kind in ("value", "spread"):
        head = f"{indent}{node.path}  {node.text or quantity(node.value, node.unit)}"
        origin = _origin(node, sources)
        yield f"{head:<{_COLUMN}}  {terminal.paint(origin, 'dim')}" if origin else head
        return
    if node.kind == "model":
        yield f"{indent}{node.path}: {node.formula}"
    elif node.kind == "part":
        yield f"{indent}{_part(node)}{_ending(node)}"
    else:
        head = f"{indent}{terminal.paint(node.path, 'strong')}  {quantity(node.value, node.unit)}"
        plain = f"{indent}{node.path}  {quantity(node.value, node.unit)}"
        formula = f" = {node.formula}{_ending(node)}"
        if len(plain) + len(formula) <= WIDTH:
            yield head + formula
        else:
            yield head
            room = max(40, WIDTH - len(indent) - 6)
            for number, line in enumerate(wrap(f"{node.formula}{_ending(node)}", room)):
                yield f"{indent}    {'  ' if number else '= '}{line}"
    for child in node.children:
        # An operator names its cost model; the parameters stand below the first that uses it.
        if not (child.kind == "model" and (child.above or child.cut)):
            yield from _lines(child, level + 1, sources, terminal)


def _ending(node: Node) -> str:
    if node.above and node.kind == "metric":
        return "  (above)"
    return "  …" if node.cut else ""


def _part(node: Node) -> str:
    """Name, block, time, share, time of one, sizes and cost model of a part of the step."""
    details = node.details
    name = f"{node.path}, {details['block']}" if details["block"] else node.path
    time = f"{quantity(node.value, 'duration')}, {quantity(details['share'], 'share')} of the step"
    sizes = ", ".join(_size(key, value) for key, value in details["sizes"].items() if value not in (1, 1.0))
    model = f"; {details['model']}: {sizes}" if details["model"] else ""
    return f"{name}  {time}; each {quantity(details['once'], 'duration')}{model}"


def _size(name: str, value: object) -> str:
    """One size of an operator.

    >>> _size("m", 8192.0), _size("size", 2.5e8), _size("operation", "all_gather")
    ('m 8192', 'size 250 MB', 'all_gather')
    """
    if isinstance(value, str):
        return value
    number = value if isinstance(value, int | float) else 0.0
    return f"{name} {show(number, 'bytes') if name in _BYTES else f'{number:.10g}'}"


def _origin(node: Node, sources: dict[str, int]) -> str:
    """Status, spread, file with line, and the number of the source."""
    origin = node.origin
    if origin is None:
        return ""
    words = [origin.status] if origin.status else []
    if origin.spread is not None:
        words.append(f"± {quantity(origin.spread, 'share')}")
    words.append(f"{origin.file}:{origin.line}" if origin.line else origin.file)
    if origin.source:
        words.append(f"[{sources.setdefault(origin.source, len(sources) + 1)}]")
    return "  ".join(words)
