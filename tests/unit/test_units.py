"""Reading and writing quantities."""

import math

import pytest

from simulator.units import DIMENSIONS, EXAMPLES, UnitError, exact, parse, show


@pytest.mark.parametrize(
    ("text", "dimension", "value"),
    [
        ("3.35 TB/s", "bandwidth", 3.35e12),
        ("400 Gb/s", "bandwidth", 50e9),
        ("80 GiB", "bytes", 80 * 2**30),
        ("80 GB", "bytes", 80e9),
        ("989 TFLOP/s", "flop_rate", 989e12),
        ("3.8e25 FLOP", "flop", 3.8e25),
        ("2 us", "duration", 2e-6),
        ("5 h", "duration", 18000.0),
        ("1 day", "duration", 86400.0),
        ("4 years", "duration", 4 * 8760 * 3600.0),
        ("700 W", "power", 700.0),
        ("27 GWh", "energy", 27e9 * 3600),
        ("1.5 M USD", "money", 1.5e6),
        ("15.6 T tokens", "tokens", 15.6e12),
        ("16,384 tokens", "tokens", 16384.0),
        ("1.83 GHz", "frequency", 1.83e9),
        ("11 t CO2e", "carbon", 11000.0),
        ("500 g", "carbon", 0.5),
        ("380 g/kWh", "carbon_intensity", 380e-3 / 3.6e6),
        ("0.07 USD/kWh", "energy_price", 0.07 / 3.6e6),
        ("2.50 USD/h", "hourly_price", 2.5 / 3600),
        ("  3.35   TB/s ", "bandwidth", 3.35e12),
        ("80GB", "bytes", 80e9),
        (".5 s", "duration", 0.5),
        ("-0 W", "power", 0.0),
    ],
)
def test_parse(text: str, dimension: str, value: float) -> None:
    assert parse(text, dimension) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "dimension", "message"),
    [
        ("3.35 TBs", "bandwidth", "unknown unit `TBs`, did you mean `TB/s`?"),
        ("400 Gbps", "bandwidth", "unknown unit `Gbps`, did you mean `Gb/s`?"),
        ("400 GBps", "bandwidth", "unknown unit `GBps`, did you mean `GB/s`?"),
        ("80 gb", "bytes", "unknown unit `gb`, did you mean `GB`?"),
        ("80 Gb", "bytes", "unknown unit `Gb`, did you mean `GB`?"),
        ("989 TFLOPS", "flop_rate", "unknown unit `TFLOPS`, did you mean `TFLOP/s`?"),
        ("5 hours", "duration", "unknown unit `hours`, did you mean `h`?"),
        ("2 µs", "duration", "unknown unit `µs`, did you mean `us`?"),
        ("3 GB", "bandwidth", "`GB` is a size, a bandwidth is due, for example `3.35 TB/s`"),
        ("80", "bytes", "a bare number where a size is due; add the unit, for example `80 GiB`"),
        ("-3 W", "power", "`-3 W` is negative, a power is not"),
        ("1e999 GB", "bytes", "`1e999 GB` is too large for a number"),
    ],
)
def test_message(text: str, dimension: str, message: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse(text, dimension)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text",
    ["", "fast", "nan W", "inf W", "1_000 W", "1,00 W", "1e9999 W", "٣ W", "9" * 5000 + " W", "3 furlongs"],
)
def test_refuses(text: str) -> None:
    with pytest.raises(UnitError):
        parse(text, "power")


def test_suggestion_can_be_typed_as_it_stands() -> None:
    with pytest.raises(UnitError) as caught:
        parse("3.35 TBs", "bandwidth")
    assert caught.value.suggestion == "TB/s"


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_example_of_each_dimension_is_read(dimension: str) -> None:
    assert parse(EXAMPLES[dimension], dimension) > 0


def test_no_unit_means_two_things() -> None:
    units = [unit for dimension in DIMENSIONS.values() for unit in dimension]
    assert len(units) == len(set(units))


@pytest.mark.parametrize(
    ("value", "dimension", "text"),
    [
        (3.35e12, "bandwidth", "3.35 TB/s"),
        (80 * 2.0**30, "bytes", "80 GiB"),
        (15.6e12, "tokens", "15.6 T tokens"),
        (4096.0, "tokens", "4096 tokens"),
        (0.07 / 3.6e6, "energy_price", "0.07 USD/kWh"),
        (0.0, "duration", "0 s"),
        (1800.0, "duration", "30 min"),
    ],
)
def test_exact_is_readable(value: float, dimension: str, text: str) -> None:
    assert exact(value, dimension) == text


@pytest.mark.parametrize("value", [math.nan, math.inf, -1.0])
def test_exact_refuses_what_cannot_be_read_back(value: float) -> None:
    with pytest.raises(UnitError):
        exact(value, "power")


@pytest.mark.parametrize(
    ("value", "dimension", "text"),
    [
        (1.5e-6, "duration", "1.50 us"),
        (90.0, "duration", "90.0 s"),
        (3 * 3600.0, "duration", "3.00 h"),
        (54.0 * 86400, "duration", "54.0 days"),
        (999.9e6, "bytes", "1.00 GB"),
        (27.2e9 * 3600, "energy", "27.2 GWh"),
        (1.234e6, "money", "$1.23 M"),
        (-999.0, "money", "-$999"),
        (11.2e6, "carbon", "11,200 t CO2e"),
        (0.0, "bytes", "0 B"),
        (math.inf, "power", "inf W"),
    ],
)
def test_show(value: float, dimension: str, text: str) -> None:
    assert show(value, dimension) == text
