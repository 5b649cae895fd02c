"""Quantities with a unit: `"3.35 TB/s"` ⇄ `3.35e12`, the only place that knows a prefix.

The vocabulary is closed: what is not in `DIMENSIONS` is refused with a suggestion. Inside the
simulator every quantity is a float in the base unit of its dimension: s, B, B/s, FLOP, FLOP/s, W, J,
USD, tokens, Hz, kg, and kg/J, USD/J, USD/s. `GB` is 10^9 bytes, `GiB` 2^30; `Gb` is 10^9 bits; a year
is 365 days, so that it has 8760 hours.
"""

import math
import re
from collections.abc import Mapping
from decimal import Context, Decimal
from difflib import get_close_matches
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType


class UnitError(ValueError):
    """A text that is not a quantity of the dimension due.

    Parameters
    ----------
    message
        What is wrong, in words, suggestion included.
    suggestion
        The unit or quantity that was probably meant, empty if there is none.
    """

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.suggestion = suggestion


_HOUR = Fraction(3600)
_KWH = 1000 * _HOUR
_SI = {"": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "Z": 21, "Y": 24}


def _scaled(unit: str, prefixes: str, factor: Fraction = Fraction(1)) -> dict[str, Fraction]:
    """Give `unit` with each SI prefix; `-` stands for none."""
    return {p.strip("-") + unit: factor * 10 ** _SI[p.strip("-")] for p in prefixes}


def _binary(unit: str) -> dict[str, Fraction]:
    return {f"{p}i{unit}": Fraction(1 << 10 * n) for n, p in enumerate("KMGT", start=1)}


# Order matters: where two units show a value equally well, the first is taken.
DIMENSIONS: Mapping[str, Mapping[str, Fraction]] = MappingProxyType(
    {
        "bytes": _scaled("B", "-kMGTP") | _binary("B"),
        "bandwidth": _scaled("B/s", "-kMGTP") | _binary("B/s") | _scaled("b/s", "-kMGTP", Fraction(1, 8)),
        "flop": _scaled("FLOP", "-MGTPEZY"),
        "flop_rate": _scaled("FLOP/s", "-MGTPEZ"),
        "duration": {
            "s": Fraction(1),
            "ns": Fraction(1, 10**9),
            "us": Fraction(1, 10**6),
            "ms": Fraction(1, 1000),
            "min": Fraction(60),
            "h": _HOUR,
            "days": 24 * _HOUR,
            "day": 24 * _HOUR,
            "years": 8760 * _HOUR,
            "year": 8760 * _HOUR,
        },
        "power": _scaled("W", "-kMG"),
        "energy": _scaled("J", "-kMGT") | _scaled("Wh", "-kMGT", _HOUR),
        "money": _scaled("USD", "-")
        | {f"{p} USD": Fraction(10**n) for p, n in (("k", 3), ("M", 6), ("B", 9))},
        "tokens": _scaled("tokens", "-")
        | {f"{p} tokens": Fraction(10**n) for p, n in (("k", 3), ("M", 6), ("B", 9), ("T", 12))},
        "frequency": _scaled("Hz", "-kMG"),
        "carbon": {
            f"{unit}{suffix}": Fraction(factor)
            for suffix in ("", " CO2e")
            for unit, factor in (("kg", 1), ("g", Fraction(1, 1000)), ("t", 1000))
        },
        "carbon_intensity": {
            "g/kWh": Fraction(1, 1000) / _KWH,
            "kg/kWh": 1 / _KWH,
            "kg/MWh": 1 / (1000 * _KWH),
        },
        "energy_price": {"USD/kWh": 1 / _KWH, "USD/MWh": 1 / (1000 * _KWH)},
        "hourly_price": {"USD/h": 1 / _HOUR},
    }
)
"""Units of each dimension, with their factors to the base unit."""

EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "bytes": "80 GiB",
        "bandwidth": "3.35 TB/s",
        "flop": "3.8e25 FLOP",
        "flop_rate": "989 TFLOP/s",
        "duration": "2 us",
        "power": "700 W",
        "energy": "27 GWh",
        "money": "1.5 M USD",
        "tokens": "15.6 T tokens",
        "frequency": "1.83 GHz",
        "carbon": "11 t CO2e",
        "carbon_intensity": "380 g/kWh",
        "energy_price": "0.07 USD/kWh",
        "hourly_price": "2.50 USD/h",
    }
)
"""One way to write a quantity of each dimension."""

_NOUNS = {
    "bytes": "a size",
    "bandwidth": "a bandwidth",
    "flop": "an amount of work",
    "flop_rate": "a rate of work",
    "duration": "a duration",
    "power": "a power",
    "energy": "an energy",
    "money": "an amount of money",
    "tokens": "a number of tokens",
    "frequency": "a frequency",
    "carbon": "a mass of carbon dioxide",
    "carbon_intensity": "a carbon intensity",
    "energy_price": "a price of energy",
    "hourly_price": "a price by the hour",
}

# What people write out of habit, and what the vocabulary calls it.
_HABITS = {
    "µs": "us",
    "μs": "us",
    "usec": "us",
    "msec": "ms",
    "sec": "s",
    "secs": "s",
    "second": "s",
    "seconds": "s",
    "mins": "min",
    "minute": "min",
    "minutes": "min",
    "hr": "h",
    "hrs": "h",
    "hour": "h",
    "hours": "h",
    "d": "days",
    "y": "years",
    "yr": "years",
    "watts": "W",
    "bytes": "B",
    "$": "USD",
    "dollars": "USD",
    "$/h": "USD/h",
    "$/kWh": "USD/kWh",
    "FLOPS": "FLOP/s",
    "token": "tokens",
    "tok": "tokens",
}

_LONGEST = 64  # A quantity is short; a longer text is a mistake, and costly to turn into a fraction.
_QUANTITY = re.compile(
    r"(?P<sign>[+-]?)(?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?(?:[eE][+-]?\d{1,3})?|\.\d+(?:[eE][+-]?\d{1,3})?)"
    r"\s*(?P<unit>\D.*)?",
    re.ASCII,
)


def parse(text: str, dimension: str) -> float:
    """Read a quantity.

    Parameters
    ----------
    text
        Number and unit, such as `"400 Gb/s"`; commas may group thousands.
    dimension
        Key of `DIMENSIONS`.

    Returns
    -------
    float
        Value, correctly rounded [base unit of the dimension].

    Raises
    ------
    UnitError
        If the text is no quantity of this dimension.

    Examples
    --------
    >>> parse("400 Gb/s", "bandwidth")
    50000000000.0
    >>> parse("3.35 TBs", "bandwidth")
    Traceback (most recent call last):
    simulator.units.UnitError: unknown unit `TBs`, did you mean `TB/s`?
    """
    units = DIMENSIONS[dimension]
    stripped = text.strip()
    match = _QUANTITY.fullmatch(stripped) if len(stripped) <= _LONGEST else None
    if match is None:
        shown = stripped if len(stripped) <= _LONGEST else stripped[:_LONGEST] + "…"
        raise _due(f"`{shown}` is not {_NOUNS[dimension]}", dimension)
    number = match["number"].replace(",", "")
    unit = " ".join((match["unit"] or "").split())
    if not unit:
        example = EXAMPLES[dimension]
        message = f"a bare number where {_NOUNS[dimension]} is due; add the unit, for example `{example}`"
        raise UnitError(message, example)
    if unit not in units:
        raise _unknown(unit, dimension)
    if match["sign"] == "-" and float(number):
        raise UnitError(f"`{stripped}` is negative, {_NOUNS[dimension]} is not")
    try:
        return float(Fraction(number) * units[unit])
    except OverflowError:
        raise UnitError(f"`{stripped}` is too large for a number") from None


def _due(problem: str, dimension: str) -> UnitError:
    example = EXAMPLES[dimension]
    return UnitError(f"{problem}; write a number and a unit, for example `{example}`", example)


def _unknown(unit: str, dimension: str) -> UnitError:
    """Say what a unit that does not belong to the dimension is, or was probably meant to be."""
    for other, units in DIMENSIONS.items():
        if unit in units:
            example = EXAMPLES[dimension]
            return UnitError(
                f"`{unit}` is {_NOUNS[other]}, {_NOUNS[dimension]} is due, for example `{example}`", example
            )
    meant = _meant(unit, dimension)
    if meant:
        return UnitError(f"unknown unit `{unit}`, did you mean `{meant}`?", meant)
    known = ", ".join(DIMENSIONS[dimension])
    return UnitError(f"unknown unit `{unit}`, {_NOUNS[dimension]} is given in {known}")


def _squash(unit: str) -> str:
    """Leave only what tells units apart when slashes and spaces are forgotten or `ps` is written."""
    bare = re.sub(r"[\s/_.*-]|per", "", unit)
    return re.sub(r"(?<=[bB])ps$", "s", bare)


def _meant(unit: str, dimension: str) -> str:
    units = list(DIMENSIONS[dimension])
    if _HABITS.get(unit) in units:
        return _HABITS[unit]
    squashed = _squash(unit)
    # The right case first: `Gbps` is `Gb/s`, not `GB/s`.
    for candidate in units:
        if _squash(candidate) == squashed:
            return candidate
    for candidate in units:
        if _squash(candidate).lower() == squashed.lower():
            return candidate
    return next(iter(get_close_matches(unit, units, n=1, cutoff=0.6)), "")


def exact(value: float, dimension: str) -> str:
    """Write a quantity so that `parse` gives back exactly the same float.

    Parameters
    ----------
    value
        Finite and not negative [base unit of the dimension].
    dimension
        Key of `DIMENSIONS`.

    Returns
    -------
    str
        As few digits as can be, with the unit that suits the size.

    Examples
    --------
    >>> exact(3.35e12, "bandwidth")
    '3.35 TB/s'
    >>> exact(80 * 2**30, "bytes")
    '80 GiB'
    """
    if not math.isfinite(value) or value < 0:
        raise UnitError(f"{value} is not {_NOUNS[dimension]}")
    units = DIMENSIONS[dimension]
    if value == 0:
        return f"0 {next(iter(units))}"
    fraction = Fraction(value)
    # Units that `show` would pick read best, with a number from 1 to 1000 before them; counts of tokens
    # (4096) are known by their digits.
    order = sorted(
        units,
        key=lambda u: (
            u not in _SHOWN[dimension],
            not 1 <= fraction / units[u] < (10**5 if u == "tokens" else 1000),
        ),
    )
    readable = [u for u in order if Fraction(1, 100) <= fraction / units[u] < 10**6]
    # 17 digits pin a float down in its own unit; 20 leave room for the rounding of the factor.
    for digits in range(1, 21):
        tried = readable if digits <= 8 else order[:1]
        texts = (f"{_decimal(fraction / units[unit], digits)} {unit}" for unit in tried)
        if best := next((text for text in texts if _reads_as(text, dimension, value)), ""):
            return best
    raise AssertionError(f"no exact text for {value!r}")  # pragma: no cover


def _reads_as(text: str, dimension: str, value: float) -> bool:
    try:
        return parse(text, dimension) == value
    except UnitError:  # rounded up beyond the largest float
        return False


def _decimal(value: Fraction, digits: int) -> str:
    """Write a fraction with so many significant digits, trailing zeros left out."""
    context = Context(prec=digits)
    rounded = context.divide(Decimal(value.numerator), Decimal(value.denominator)).normalize(context)
    return f"{rounded:f}" if -5 <= rounded.adjusted() <= 8 else f"{rounded:e}"


# Units that `show` picks from, smallest first.
_SHOWN = {
    "bytes": ("B", "kB", "MB", "GB", "TB", "PB"),
    "bandwidth": ("B/s", "kB/s", "MB/s", "GB/s", "TB/s", "PB/s"),
    "flop": ("FLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP", "EFLOP", "ZFLOP", "YFLOP"),
    "flop_rate": ("FLOP/s", "MFLOP/s", "GFLOP/s", "TFLOP/s", "PFLOP/s", "EFLOP/s", "ZFLOP/s"),
    "duration": ("ns", "us", "ms", "s", "min", "h", "days"),
    "power": ("W", "kW", "MW", "GW"),
    "energy": ("J", "kJ", "kWh", "MWh", "GWh", "TWh"),
    "money": ("USD", "k USD", "M USD", "B USD"),
    "tokens": ("tokens", "k tokens", "M tokens", "B tokens", "T tokens"),
    "frequency": ("Hz", "kHz", "MHz", "GHz"),
    "carbon": ("g CO2e", "kg CO2e", "t CO2e"),
    "carbon_intensity": ("g/kWh",),
    "energy_price": ("USD/kWh",),
    "hourly_price": ("USD/h",),
}
# Durations move up late (90 s, 100 min, 40 h): people compare run times in the smaller unit.
_MOVES_UP_AT = {"min": 120.0, "h": 120.0, "days": 48.0}


def show(value: float, dimension: str, digits: int = 3) -> str:
    """Write a quantity for people, with the unit that suits its size.

    Parameters
    ----------
    value
        Any float; differences may be negative [base unit of the dimension].
    dimension
        Key of `DIMENSIONS`.
    digits
        Significant digits [1].

    Returns
    -------
    str
        Rounded; not meant to be read back.

    Examples
    --------
    >>> show(54.0 * 86400, "duration"), show(1.234e6, "money"), show(8.59e10, "bytes")
    ('54.0 days', '$1.23 M', '85.9 GB')
    """
    sign = "-" if value < 0 else ""
    size = abs(value)
    units = DIMENSIONS[dimension]
    candidates = _SHOWN[dimension]
    unit = candidates[0]
    if not math.isfinite(size):
        number = str(size)
    else:
        for smaller, larger in pairwise(candidates):
            step = _MOVES_UP_AT.get(larger, float(units[larger] / units[smaller]))
            # Rounded first: 999.9 MB with three digits is 1.00 GB.
            if _round(size / float(units[smaller]), digits) < step:
                break
            unit = larger
        if size == 0 and dimension == "duration":
            unit = "s"
        number = _significant(size / float(units[unit]), digits)
    if dimension == "money":
        return f"{sign}${number} {unit.removesuffix('USD')}".strip()
    return f"{sign}{number} {unit}"


def _round(value: float, digits: int) -> float:
    return float(f"{value:.{digits - 1}e}")


def _significant(value: float, digits: int) -> str:
    rounded = _round(value, digits)
    if rounded == 0:
        return "0"
    if not 1e-4 <= rounded < 10**9:
        return f"{rounded:.{digits - 1}e}"
    decimals = digits - 1 - math.floor(math.log10(rounded))
    return f"{rounded:,.{max(0, decimals)}f}"
