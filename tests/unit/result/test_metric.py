"""Declarations: what is declared is what is computed."""

import pytest

from simulator.result.metric import METRICS, Metric, metric


def test_reads_and_arguments_must_agree() -> None:
    with pytest.raises(ValueError, match="not what it reads"):
        metric("test.one", "1", "a", a="run.energy")(lambda b: b)
    assert "test.one" not in METRICS


def test_a_path_is_declared_once() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        metric("seed", "1", "a", a="scenario.seed")(lambda a: a)


def test_what_needs_something_absent_is_absent() -> None:
    one = Metric("one", "1", "", {"a": "x", "b": "y"}, (), lambda a, b=1.0: a + (b or 0.0))
    assert one.value({"a": None, "b": 2.0}) is None
    assert one.value({"a": 1.0, "b": None}) == 1.0
