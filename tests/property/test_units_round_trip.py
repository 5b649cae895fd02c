"""Whatever quantity is written can be read, and is the same."""

from hypothesis import given
from hypothesis import strategies as st

from simulator.units import DIMENSIONS, UnitError, exact, parse, show

dimensions = st.sampled_from(sorted(DIMENSIONS))
sizes = st.floats(min_value=0, allow_nan=False, allow_infinity=False)


@given(sizes, dimensions)
def test_exact_reads_back(value: float, dimension: str) -> None:
    assert parse(exact(value, dimension), dimension) == value


@given(dimensions, st.data(), st.decimals(min_value=0, max_value=9999, places=2))
def test_what_people_write_survives(dimension: str, data: st.DataObject, number: object) -> None:
    unit = data.draw(st.sampled_from(sorted(DIMENSIONS[dimension])))
    value = parse(f"{number} {unit}", dimension)
    assert parse(exact(value, dimension), dimension) == value


@given(st.text(max_size=80), dimensions)
def test_any_text_is_read_or_refused(text: str, dimension: str) -> None:
    try:
        value = parse(text, dimension)
    except UnitError:
        return
    assert value >= 0


@given(st.floats(), dimensions)
def test_show_shows_anything(value: float, dimension: str) -> None:
    assert show(value, dimension)
