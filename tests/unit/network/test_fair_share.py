"""Max-min fair rates."""

import pytest

from simulator.network.fair_share import max_min_rates


def test_no_flows_have_no_rates() -> None:
    assert max_min_rates([], {"a": 1.0}) == []


def test_equal_flows_share_equally() -> None:
    assert max_min_rates([["a"]] * 4, {"a": 10.0}) == [2.5] * 4


def test_a_flow_alone_gets_its_narrowest_link() -> None:
    assert max_min_rates([["a", "b", "c"]], {"a": 10.0, "b": 3.0, "c": 5.0}) == [3.0]


def test_what_a_bound_flow_leaves_goes_to_the_others() -> None:
    rates = max_min_rates([["narrow", "wide"], ["wide"], ["wide"]], {"narrow": 1.0, "wide": 10.0})
    assert rates == [1.0, 4.5, 4.5]


def test_the_long_flow_of_a_parking_lot_gets_the_smallest_share() -> None:
    rates = max_min_rates([["a", "b", "c"], ["a"], ["b"], ["b"], ["c"]], {"a": 6.0, "b": 6.0, "c": 6.0})
    assert rates == pytest.approx([2.0, 4.0, 2.0, 2.0, 4.0])
