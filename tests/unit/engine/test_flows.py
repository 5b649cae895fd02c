"""Flows share links fairly, and every byte arrives."""

import pytest

from simulator.engine.play import Task, play


def ends(*flows: tuple[float, float, tuple[str, ...]], **capacities: float) -> list[float]:
    """Ends of flows given by start, size and links."""
    tasks = [Task(index, start, size, links) for index, (start, size, links) in enumerate(flows)]
    return play(tasks, [()] * len(tasks), capacities).end.tolist()


def test_two_flows_halve_a_link() -> None:
    assert ends((0.0, 10.0, ("wire",)), (0.0, 10.0, ("wire",)), wire=10.0) == [2.0, 2.0]


def test_a_short_flow_gives_its_share_back() -> None:
    assert ends((0.0, 5.0, ("wire",)), (0.0, 15.0, ("wire",)), wire=10.0) == [1.0, 2.0]


def test_a_late_flow_slows_the_first_down() -> None:
    assert ends((0.0, 20.0, ("wire",)), (1.0, 10.0, ("wire",)), wire=10.0) == [3.0, 3.0]


def test_flows_on_different_links_do_not_meet() -> None:
    assert ends((0.0, 10.0, ("a",)), (0.0, 10.0, ("b",)), a=10.0, b=5.0) == [1.0, 2.0]


def test_a_bottleneck_elsewhere_leaves_its_share_to_others() -> None:
    assert ends((0.0, 10.0, ("a", "b")), (0.0, 30.0, ("b",)), a=2.5, b=10.0) == [4.0, 4.0]


def test_a_busy_link_loses_no_byte() -> None:
    flows = [(0.1 * k, 3.0 + k, ("wire",)) for k in range(8)]
    assert max(ends(*flows, wire=2.0)) == pytest.approx(sum(size for _, size, _ in flows) / 2.0, rel=1e-12)
