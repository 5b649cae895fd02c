"""Electrical power from what an accelerator does."""

from simulator.cost.power import AcceleratorDraw

DRAW = AcceleratorDraw(idle=100.0, limit=700.0, activity={"compute": 0.9, "bubble": 0.1})


def test_mean_over_the_buckets() -> None:
    assert DRAW.watts({"compute": 1.0, "bubble": 1.0}) == 100.0 + 600.0 * 0.5


def test_full_activity_draws_the_limit() -> None:
    assert AcceleratorDraw(100.0, 700.0, {"compute": 1.0}).watts({"compute": 3.0}) == 700.0


def test_a_bucket_without_activity_draws_idle_power() -> None:
    assert DRAW.watts({"host": 2.0}) == 100.0
