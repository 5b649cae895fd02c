"""Experts compute padded tiles and read the weights of the experts that have tokens."""

import numpy as np
import pytest

from simulator.cost.expert import ExpertLayer

RATE, BANDWIDTH = 1e15, 1e12


def layer(**changes: float) -> ExpertLayer:
    stated = {
        "rate": RATE,
        "small_tile_loss": 0.0,
        "bandwidth": BANDWIDTH,
        "memory_efficiency": 1.0,
        "overlap": 1.0,
        "activation_passes": 0.0,
        "token_passes": 0.0,
        "launch": 0.0,
        "weight": 2.0,
    }
    return ExpertLayer(**{**stated, **changes})


def test_many_tokens_are_bound_by_computing() -> None:
    compute = 6 * 25600 * 4096 * 1024 / RATE
    assert layer().seconds([12800.0, 12800.0], 25600, 4096, 1024) == pytest.approx(compute)


def test_few_tokens_are_bound_by_reading_weights() -> None:
    reading = 3 * 2 * 4096 * 1024 * 2.0 / BANDWIDTH
    assert layer().seconds([1.0, 1.0, 0.0], 2, 4096, 1024) == pytest.approx(reading)


def test_without_overlap_both_are_paid() -> None:
    hidden, apart = layer(), layer(overlap=0.0)
    loads = [1024.0] * 4
    compute, reading = 6 * 4096 * 4096 * 1024 / RATE, 3 * 4 * 4096 * 1024 * 2.0 / BANDWIDTH
    assert hidden.seconds(loads, 1, 4096, 1024) == pytest.approx(max(compute, reading))
    assert apart.seconds(loads, 1, 4096, 1024) == pytest.approx(compute + reading)


def test_a_skewed_load_is_never_faster() -> None:
    even, skewed = ([512.0] * 8, [2304.0, *[256.0] * 7])
    assert layer().seconds(skewed, 4096, 4096, 1024) >= layer().seconds(even, 4096, 4096, 1024)


def test_rows_of_loads_give_one_time_each() -> None:
    both = layer().seconds([[512.0, 512.0], [1024.0, 0.0]], [1024, 1024], 4096, 1024)
    assert np.asarray(both).shape == (2,)
