"""Columns of text that line up within the width of a page."""

from collections.abc import Sequence

PAGE = 100
"""Width of what is printed [characters]."""


def clipped(text: str, width: int) -> str:
    """Shorten a text that is too long; `…` stands for what is left out.

    >>> clipped("nvidia-h100-sxm-80gb", 10), clipped("short", 10)
    ('nvidia-h1…', 'short')
    """
    return text if len(text) <= width else f"{text[: max(0, width - 1)]}…"


def columns(
    rows: Sequence[Sequence[str]], widths: Sequence[int] = (), right: Sequence[int] = ()
) -> list[str]:
    """Lay rows out in columns, two spaces apart.

    Parameters
    ----------
    rows
        Texts, as many in each row.
    widths
        Largest width of each column, unlimited where left out or 0 [characters].
    right
        Columns that are aligned on the right, counted from 0.

    Returns
    -------
    list of str
        One line a row, without spaces at its end.

    Examples
    --------
    >>> columns([("a", "1"), ("bb", "10")], right=(1,))
    ['a    1', 'bb  10']
    """
    count = len(rows[0]) if rows else 0
    limits = [widths[i] if i < len(widths) and widths[i] else PAGE * 10 for i in range(count)]
    cells = [[clipped(text, limit) for text, limit in zip(row, limits, strict=True)] for row in rows]
    wide = [max(len(row[i]) for row in cells) for i in range(count)]
    return [
        "  ".join(
            text.rjust(width) if i in right else text.ljust(width)
            for i, (text, width) in enumerate(zip(row, wide, strict=True))
        ).rstrip()
        for row in cells
    ]
