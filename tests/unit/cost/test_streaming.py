"""Operators that only move memory."""

import numpy as np

from simulator.cost.streaming import Streaming

STREAMING = Streaming(bandwidth=1e12, launch=5e-6)


def test_bytes_over_bandwidth_after_each_launch() -> None:
    assert STREAMING.seconds(2e9, kernels=3) == 3 * 5e-6 + 2e-3


def test_no_kernels_and_no_bytes_cost_nothing() -> None:
    assert STREAMING.seconds(0.0, kernels=0) == 0.0


def test_arrays_broadcast_to_the_scalar_answers() -> None:
    sizes, kernels = np.array([[1e6], [1e9]]), np.array([1, 4])
    expected = [[STREAMING.seconds(s, k) for k in (1, 4)] for s in (1e6, 1e9)]
    assert STREAMING.seconds(sizes, kernels).tolist() == expected
