"""How far a result can be trusted."""

import pytest

from simulator.record.row import Row
from simulator.result.intervals import combine, device_time_by_cost, downtime_spread, interval
from simulator.schedule.plan import Plan
from tests.builders import PLANS, a_machine, a_step


def event(kind: str, duration: float) -> Row:
    return Row(kind, kind, "every node", 1, "job", "", -1, -1, 0.0, duration, 1, 0.0, 0.0, 0.0, 1, 0)


def test_independent_spreads_add_in_squares() -> None:
    assert combine([(1.0, 0.03), (0.5, 0.08)]) == pytest.approx(0.05)
    assert combine([]) == 0.0


def test_an_interval_is_ordered_and_symmetric_in_ratio() -> None:
    low, middle, high = interval(50.0, 0.2)
    assert low < middle == 50.0 < high
    assert low * high == pytest.approx(50.0**2)


def test_nothing_unknown_leaves_no_interval() -> None:
    assert interval(50.0, 0.0) == [50.0, 50.0, 50.0]


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_shares_of_the_cost_models_add_up_to_one(plan: Plan) -> None:
    shares = device_time_by_cost(a_step(plan, a_machine()).events.rows)
    assert sum(shares.values()) == pytest.approx(1.0)
    assert ("scale_up" in shares) is (plan.tensor > 1)
    assert shares["gemm"] > 0.0


def test_one_long_interruption_spreads_more_than_many_short_ones() -> None:
    one = [event("lost", 60.0), event("restart", 40.0)]
    four = [event("lost", 15.0), event("restart", 10.0)] * 4
    assert downtime_spread(one, 1000.0) > downtime_spread(four, 1000.0)


def test_without_interruptions_chance_has_no_part() -> None:
    assert downtime_spread([event("train", 100.0), event("checkpoint", 1.0)], 101.0) == 0.0


def test_each_interruption_is_everything_from_the_loss_to_the_load() -> None:
    rows = [event(kind, 1.0) for kind in ("train", "lost", "wait", "restart", "load")]
    assert downtime_spread(rows * 4, 100.0) == pytest.approx((4 * 4.0**2) ** 0.5 / 100.0)
