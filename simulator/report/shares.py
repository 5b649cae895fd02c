"""Shares of a whole as they are printed: rounded so that they still add up."""

from collections.abc import Mapping
from math import floor

_BLOCKS = " ▏▎▍▌▋▊▉█"


def rounded_shares(parts: Mapping[str, float], decimals: int = 1) -> dict[str, float]:
    """Round parts to percentages that add up to exactly 100.

    Each is rounded down, and what is missing goes to those that lost most (largest remainder method).
    Parts that are nothing, or too small to be printed, are left out.

    Parameters
    ----------
    parts : mapping of str to float
        Amounts in any one unit, not negative and not all zero.
    decimals : int
        Digits after the point [1].

    Returns
    -------
    dict of str to float
        Percentages [%], largest first.

    Examples
    --------
    >>> rounded_shares({"a": 1.0, "b": 1.0, "c": 1.0, "d": 0.0})
    {'a': 33.4, 'b': 33.3, 'c': 33.3}
    """
    whole, units = sum(parts.values()), 100 * 10**decimals
    exact = {name: part / whole * units for name, part in parts.items()}
    counts = {name: floor(share) for name, share in exact.items()}
    by_remainder = sorted(exact, key=lambda name: counts[name] - exact[name])
    for name in by_remainder[: units - sum(counts.values())]:
        counts[name] += 1
    largest_first = sorted(counts, key=lambda name: -counts[name])
    return {name: counts[name] / 10**decimals for name in largest_first if counts[name]}


def bar(share: float, width: int) -> str:
    """Draw a share as a bar of blocks, eighths of a character being the smallest step.

    Parameters
    ----------
    share : float
        Percentage [%].
    width : int
        Length of a bar of 100 % [characters].

    Examples
    --------
    >>> bar(100.0, 4), bar(40.0, 4), bar(0.1, 4)
    ('████', '█▋', '▏')
    """
    eighths = max(1, round(share / 100 * width * 8))
    return "█" * (eighths // 8) + _BLOCKS[eighths % 8].strip()
