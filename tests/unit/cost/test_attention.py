"""The fused attention core."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.cost.attention import FusedAttention, attention_flops

FLASH = FusedAttention(forward_rate=100e12, backward_rate=100e12, half_length=0.0, launch=0.0)
SHAPE = {"batch": 2, "heads": 16, "queries": 4096, "keys": 4096, "head_dim": 128}


def test_flops_are_those_of_two_matrix_products() -> None:
    assert attention_flops(2, 16, 512, 1024, 64, causal=False) == 2 * 2 * 16 * 512 * 1024 * 64 * 2


def test_causal_halves_the_work() -> None:
    assert FLASH.seconds(**SHAPE) == FLASH.seconds(**SHAPE, causal=False) / 2


def test_backward_is_five_products_against_two() -> None:
    assert FLASH.seconds(**SHAPE, backward=True) == 2.5 * FLASH.seconds(**SHAPE)


def test_backward_has_a_rate_of_its_own() -> None:
    slower = replace(FLASH, backward_rate=50e12)
    assert slower.seconds(**SHAPE) == FLASH.seconds(**SHAPE)
    assert slower.seconds(**SHAPE, backward=True) == 2 * FLASH.seconds(**SHAPE, backward=True)


def test_half_of_the_rate_at_half_length() -> None:
    assert replace(FLASH, half_length=4096.0).seconds(**SHAPE) == 2 * FLASH.seconds(**SHAPE)


def test_launch_is_paid_once() -> None:
    assert replace(FLASH, launch=1.0).seconds(**SHAPE) == pytest.approx(1.0 + FLASH.seconds(**SHAPE))


def test_arrays_broadcast_to_the_scalar_answers() -> None:
    lengths = np.array([128.0, 8192.0])
    times = FLASH.seconds(2, 16, lengths, lengths, 128)
    assert times.tolist() == [FLASH.seconds(2, 16, n, n, 128) for n in lengths.tolist()]


def test_a_window_as_long_as_the_sequence_changes_nothing() -> None:
    whole = attention_flops(2, 4, 1024, 1024, 64, causal=True)
    assert attention_flops(2, 4, 1024, 1024, 64, causal=True, window=1024) == whole
    assert attention_flops(2, 4, 1024, 1024, 64, causal=True, window=4096) == whole


def test_a_short_window_makes_work_linear_in_the_length() -> None:
    short, long = (attention_flops(1, 1, n, n, 64, causal=True, window=128) for n in (10_000, 20_000))
    assert long == pytest.approx(2 * short, rel=0.01)


def test_narrower_values_save_half_of_what_they_are_narrower() -> None:
    assert attention_flops(1, 1, 64, 64, 192, causal=False, value_dim=128) == pytest.approx(
        attention_flops(1, 1, 64, 64, 160, causal=False)
    )
