"""A number of the summary as people read it, whatever its unit."""

from collections.abc import Mapping
from typing import Any

from simulator.report.wording import percent
from simulator.units import DIMENSIONS, show


def quantity(value: Any, unit: str) -> str:
    """Write a value, or several of them.

    Parameters
    ----------
    value : object
        Number in base units, p10, p50 and p90 of one, or numbers by name; none where nothing is known.
    unit : str
        Dimension of `simulator.units`, `share`, `count`, `1`, `rows` or `tokens/s`.

    Examples
    --------
    >>> quantity(0.4128, "share"), quantity(5.6, "duration"), quantity(2048, "count")
    ('41.3 %', '5.60 s', '2,048')
    >>> quantity({"train": 60.0, "load": 2.0}, "duration"), quantity(None, "money")
    ('train 60.0 s, load 2.00 s', 'none')
    """
    if value is None:
        return "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {quantity(inner, unit)}" for name, inner in value.items() if inner)
    if isinstance(value, list):
        return f"{quantity(value[0], unit)} to {quantity(value[-1], unit)}"
    if unit in DIMENSIONS:
        return show(value, unit)
    if unit == "tokens/s":
        return f"{show(value, 'tokens')}/s"
    if unit == "share":
        return percent(value) if value else "0 %"
    return f"{value:,}{' rows' if unit == 'rows' else ''}" if isinstance(value, int) else f"{value:.4g}"


def base_unit(unit: str) -> str:
    """Symbol of the unit in which a value is stored.

    >>> base_unit("duration"), base_unit("money"), base_unit("share"), base_unit("tokens/s")
    ('s', 'USD', '1', 'tokens/s')
    """
    if unit in DIMENSIONS:
        return next(symbol for symbol, factor in DIMENSIONS[unit].items() if factor == 1)
    return "1" if unit in ("share", "count", "rows") else unit
