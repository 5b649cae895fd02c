"""Matrix products: tiles, waves, memory and the launch floor."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.cost.gemm import Gemm

GEMM = Gemm(
    rate=4e12,
    units=4,
    tiles=((128, 128),),
    small_tile_loss=0.1,
    ramp_depth=24.0,
    wave_weight=0.5,
    bandwidth=1e30,
    launch=5e-6,
)
WAVE = 2 * 128 * 128 * (1000 + 24) * 4 / 4e12
"""Time of one wave of four tiles with k = 1000 [s]."""


def test_one_full_wave() -> None:
    assert GEMM.seconds(256, 256, 1000) == pytest.approx(5e-6 + WAVE, rel=1e-12)


def test_an_incomplete_first_wave_costs_a_whole_one() -> None:
    assert GEMM.seconds(128, 128, 1000) == GEMM.seconds(256, 256, 1000)


def test_of_the_last_wave_a_share_of_the_empty_places_is_paid() -> None:
    five_tiles = GEMM.seconds(5 * 128, 128, 1000)
    assert five_tiles == pytest.approx(5e-6 + (1.25 + 0.5 * 0.75) * WAVE, rel=1e-12)


def test_a_part_of_a_tile_costs_a_whole_one() -> None:
    assert GEMM.seconds(257, 512, 1000) == GEMM.seconds(384, 512, 1000)


def test_a_batch_fills_the_same_waves_as_a_taller_matrix() -> None:
    assert GEMM.seconds(128, 128, 1000, batch=8) == pytest.approx(GEMM.seconds(1024, 128, 1000), rel=1e-12)


def test_a_smaller_tile_fills_the_chip_better_but_runs_slower() -> None:
    both = replace(GEMM, tiles=((128, 128), (64, 128)))
    half = WAVE / 2 / (1 - 0.1)
    assert both.seconds(128, 256, 1000) == pytest.approx(5e-6 + half, rel=1e-12)
    assert both.seconds(256, 256, 1000) == GEMM.seconds(256, 256, 1000)


def test_launch_is_the_floor() -> None:
    fast = replace(GEMM, rate=1e30)
    assert fast.seconds(1, 1, 1) == pytest.approx(5e-6, rel=1e-9)


def test_a_thin_matrix_is_bound_by_memory() -> None:
    slow = replace(GEMM, bandwidth=1e9)
    assert slow.seconds(1, 1000, 1000) == pytest.approx(
        5e-6 + 2 * (1000 + 1000 * 1000 + 1000) / 1e9, rel=1e-12
    )


@pytest.mark.parametrize("axis", [0, 1, 2, 3])
def test_a_larger_matrix_is_never_faster(axis: int) -> None:
    shape = [np.full(2000, 300.0), np.full(2000, 300.0), np.full(2000, 300.0), np.ones(2000)]
    shape[axis] = np.arange(1.0, 2001.0)
    gemm = Gemm(250e12, 108, ((256, 128), (128, 128), (64, 64)), 0.03, 120.0, 0.9, 1.5e12, 4e-6, 2.0)
    assert np.all(np.diff(gemm.seconds(*shape)) >= 0.0)


def test_arrays_broadcast_to_the_scalar_answers() -> None:
    m, n = np.array([[100.0], [700.0]]), np.array([50.0, 128.0, 4000.0])
    times = GEMM.seconds(m, n, 512)
    assert isinstance(times, np.ndarray)
    assert times.tolist() == [[GEMM.seconds(a, b, 512) for b in n.tolist()] for a in m.ravel().tolist()]


def test_bringing_the_input_into_a_format_is_paid_by_its_elements() -> None:
    cast = replace(GEMM, cast=6.0)
    assert cast.seconds(1024, 512, 256) - GEMM.seconds(1024, 512, 256) == pytest.approx(
        6.0 * 1024 * 256 / GEMM.bandwidth
    )
