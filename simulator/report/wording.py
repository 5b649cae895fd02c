"""Numbers as people read them on the screen, each with its unit."""

from collections.abc import Sequence
from itertools import groupby

from simulator.units import show


def percent(share: float) -> str:
    """Write a share with three significant digits.

    >>> percent(0.48285), percent(0.9991), percent(0.00042)
    ('48.3 %', '99.9 %', '0.0420 %')
    """
    return f"{100 * share:#.3g}".removesuffix(".") + " %"


def span(low: str, high: str) -> str:
    """Write a range, its unit once if both ends have the same.

    >>> span("57.9 days", "75.2 days"), span("$34.2 M", "$52.7 M"), span("95.1 min", "2.22 h")
    ('57.9–75.2 days', '$34.2–52.7 M', '95.1 min–2.22 h')
    """
    first, _, unit = low.partition(" ")
    second, _, other = high.partition(" ")
    if unit != other:
        return f"{low}–{high}"
    return f"{first}–{second.removeprefix('$')} {unit}".strip()


def quantity_span(interval: Sequence[float], dimension: str) -> str:
    """Write the ends of a p10, p50, p90 interval.

    >>> quantity_span([4.9e3, 5.6e3, 6.4e3], "duration")
    '81.7–107 min'
    """
    return span(show(interval[0], dimension), show(interval[-1], dimension))


def layers_by_stage(layers: Sequence[int]) -> str:
    """Say which stages hold how many layers; empty if all hold the same.

    >>> layers_by_stage([7, 8, 8, 8, 7]), layers_by_stage([8, 8])
    ('7 on stage 0, 8 on stages 1–3, 7 on stage 4', '')
    """
    by_count = groupby(range(len(layers)), lambda stage: layers[stage])
    runs = [(count, list(stages)) for count, stages in by_count]
    if len(runs) < 2:
        return ""
    words = [
        f"{count} on stage{'' if len(stages) == 1 else 's'} {stages[0]}"
        + (f"–{stages[-1]}" if len(stages) > 1 else "")
        for count, stages in runs
    ]
    return ", ".join(words)


def wrapped(parts: Sequence[str], separator: str, width: int) -> list[str]:
    """Fill lines with parts, a line never being longer than `width` unless one part is [characters].

    >>> wrapped(["a 1 GB", "b 2 GB", "c 3 GB"], " · ", 16)
    ['a 1 GB · b 2 GB', 'c 3 GB']
    """
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]}{separator}{part}" if lines else ""
        if lines and len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines
