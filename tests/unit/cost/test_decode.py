"""Attention of one query token reads its cache, and little else."""

import numpy as np
import pytest

from simulator.cost.decode import DecodeAttention

PLAIN = DecodeAttention(bandwidth=1e12, units=100, ramp=0.0, block=0.0, launch=0.0, element=2.0)


def test_it_reads_keys_and_values_once_for_each_key_head() -> None:
    assert PLAIN.seconds(batch=4, kv_heads=8, tokens=1024, head_dim=128) == pytest.approx(
        2 * 4 * 8 * 1024 * 128 * 2.0 / 1e12
    )


def test_a_cache_shorter_than_a_tile_costs_a_tile() -> None:
    assert PLAIN.seconds(1, 8, 1, 128) == PLAIN.seconds(1, 8, 128, 128) < PLAIN.seconds(1, 8, 129, 128)


def test_a_small_cache_does_not_fill_the_chip() -> None:
    slow = DecodeAttention(bandwidth=1e12, units=100, ramp=1e6, block=0.0, launch=0.0, element=2.0)
    size = 2 * 8 * 128 * 128 * 2.0
    assert slow.seconds(1, 8, 128, 128) == pytest.approx(size / 1e12 * (1 + (1e6 / size) ** 0.5))


def test_arrays_give_what_numbers_give() -> None:
    tokens = np.array([10, 1000, 100_000])
    one_by_one = [PLAIN.seconds(2, 4, count, 64) for count in tokens]
    assert np.asarray(PLAIN.seconds(2, 4, tokens, 64)).tolist() == one_by_one


def test_a_window_bounds_what_is_read() -> None:
    assert PLAIN.seconds(1, 8, 100_000, 128, window=1024) == PLAIN.seconds(1, 8, 1024, 128)


def test_a_latent_is_read_once() -> None:
    latent = PLAIN.seconds(batch=1, kv_heads=1, tokens=1024, head_dim=576, value_dim=0)
    assert latent == pytest.approx(1024 * 576 * 2.0 / 1e12)
