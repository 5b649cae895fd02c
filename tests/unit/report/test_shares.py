"""Printed shares add up, whatever the parts."""

from hypothesis import given
from hypothesis import strategies as st

from simulator.report.shares import bar, rounded_shares

PARTS = st.dictionaries(st.text(min_size=1), st.floats(0.0, 1e6), min_size=1).filter(
    lambda p: sum(p.values()) > 1e-3
)


@given(PARTS)
def test_shares_add_up_to_exactly_100(parts: dict[str, float]) -> None:
    assert sum(round(share * 10) for share in rounded_shares(parts).values()) == 1000


@given(PARTS)
def test_no_share_is_off_by_more_than_its_last_digit(parts: dict[str, float]) -> None:
    shares, whole = rounded_shares(parts), sum(parts.values())
    assert all(abs(shares.get(name, 0.0) - 100 * part / whole) <= 0.1 + 1e-9 for name, part in parts.items())


@given(st.floats(0.0, 100.0), st.integers(1, 40))
def test_a_bar_is_never_longer_than_its_room_nor_empty(share: float, width: int) -> None:
    assert 1 <= len(bar(share, width)) <= width
