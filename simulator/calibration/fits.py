"""Fits the parameters of each kernel cost model to the rows of one accelerator and format."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.calibration.predict import (
    column,
    decode_times,
    expert_inputs,
    gemm_times,
    is_backward,
    memory_times,
    prefill_times,
)
from simulator.calibration.search import minimise
from simulator.calibration.tables import KernelRow
from simulator.cost.attention import FusedAttention
from simulator.cost.decode import DecodeAttention
from simulator.cost.expert import ExpertLayer
from simulator.cost.formats import FORMATS, OUTPUT
from simulator.cost.gemm import Gemm
from simulator.cost.streaming import Streaming
from simulator.machine.kernels import CACHE_ELEMENT
from simulator.spec.accelerator import Accelerator, GemmFormat

Parameters = NDArray[np.float64]
Bounds = Mapping[str, tuple[float, float]]

GENERATIONS = 60
"""Rounds of the search [1]."""

LARGE = 2e10
"""Operations above which a kernel is bound by the chip and not by its launch [FLOP]."""

TILES = ((256, 128), (128, 256), (128, 128), (64, 128), (128, 64), (64, 64))
"""Output tiles that libraries of all measured families have [elements]."""

WIDE_TILES = ((256, 256), *TILES)
"""The same with the tile that two units share [elements]."""


@dataclass(frozen=True)
class Fit:
    """Parameters of one cost model, and what they leave.

    Attributes
    ----------
    parameters : dict
        Values by field of the kernel's spec; times in seconds, sizes in bytes.
    rows : int
        Rows fitted [1].
    median, p90 : float
        Median and 90th percentile of the relative error [1].
    """

    parameters: dict[str, object]
    rows: int
    median: float
    p90: float


def fit_gemm(
    rows: Sequence[KernelRow], accelerator: Accelerator, number: GemmFormat, generations: int = GENERATIONS
) -> Fit:
    """Fit matrix products of one format; the set of tiles that fits better is taken."""
    sizes, chip = FORMATS[number], accelerator
    peak, flops = chip.compute.peak[sizes.peak], 2.0 * np.prod([column(rows, x) for x in "mnk"], axis=0)
    bounds: Bounds = {
        "efficiency": (0.2, 1.0),
        "small_tile_loss": (0.0, 0.3),
        "ramp_depth": (0.0, 1200.0),
        "wave_weight": (0.0, 1.0),
        "memory_efficiency": (0.3, 1.0),
        "launch": (0.0, 3e-5),
        # Formats of 16 bit need no cast.
        "cast": (0.0, 0.0 if sizes.left == OUTPUT else 12.0),
    }

    def times(tiles: tuple[tuple[int, int], ...]) -> Callable[[Parameters], Parameters]:
        def of(p: Parameters) -> Parameters:
            cost = Gemm(
                rate=p[0] * peak,
                units=chip.compute.units,
                tiles=tiles,
                small_tile_loss=p[1],
                ramp_depth=p[2],
                wave_weight=p[3],
                bandwidth=p[4] * chip.memory.bandwidth,
                launch=p[5],
                left=sizes.left,
                right=sizes.right,
                output=OUTPUT,
                cast=p[6],
            )
            return gemm_times(rows, cost)

        return of

    weight = np.where(flops > LARGE, 2.0, 1.0)
    sets = (TILES, WIDE_TILES)
    fits = [_fit(rows, times(tiles), bounds, weight, generations, {"tiles": tiles}) for tiles in sets]
    return min(fits, key=lambda fit: fit.median)


def fit_prefill(rows: Sequence[KernelRow], accelerator: Accelerator, generations: int = GENERATIONS) -> Fit:
    """Fit fused attention over whole sequences; the backward rate only where rows of that phase are there."""
    peak = accelerator.compute.peak["bf16"]
    bounds: Bounds = {"forward_efficiency": (0.05, 1.0), "half_length": (0.0, 6000.0), "launch": (0.0, 5e-5)}
    if is_backward(rows).any():
        bounds = {**bounds, "backward_efficiency": (0.05, 1.0)}

    def times(p: Parameters) -> Parameters:
        backward = p[3] if len(p) > 3 else p[0]
        return prefill_times(rows, FusedAttention(p[0] * peak, backward * peak, p[1], p[2]))

    return _fit(rows, times, bounds, np.ones(len(rows)), generations)


def fit_decode(
    rows: Sequence[KernelRow], accelerator: Accelerator, cache: str, generations: int = GENERATIONS
) -> Fit:
    """Fit attention of one query token against a cache in one format."""

    def times(p: Parameters) -> Parameters:
        bandwidth = p[0] * accelerator.memory.bandwidth
        cost = DecodeAttention(bandwidth, accelerator.compute.units, p[1], p[2], p[3], CACHE_ELEMENT[cache])
        return decode_times(rows, cost)

    bounds: Bounds = {
        "memory_efficiency": (0.3, 1.0),
        "ramp": (0.0, 6e7),
        "block": (0.0, 5e-6),
        "launch": (0.0, 3e-5),
    }
    return _fit(rows, times, bounds, np.ones(len(rows)), generations)


def fit_expert(
    rows: Sequence[KernelRow], accelerator: Accelerator, number: GemmFormat, generations: int = GENERATIONS
) -> Fit:
    """Fit the grouped products of experts of one format."""
    sizes, inputs = FORMATS[number], expert_inputs(rows)
    peak = accelerator.compute.peak[sizes.peak]

    def times(p: Parameters) -> Parameters:
        cost = ExpertLayer(
            rate=p[0] * peak,
            small_tile_loss=p[1],
            bandwidth=accelerator.memory.bandwidth,
            memory_efficiency=p[2],
            overlap=p[3],
            activation_passes=p[4],
            token_passes=p[5],
            launch=p[6],
            weight=sizes.right,
        )
        return np.asarray(cost.seconds(*inputs))

    bounds: Bounds = {
        "efficiency": (0.1, 1.0),
        "small_tile_loss": (0.0, 0.32),
        "memory_efficiency": (0.2, 1.0),
        "overlap": (0.0, 1.0),
        "activation_passes": (0.0, 8.0),
        "token_passes": (0.0, 40.0),
        "launch": (0.0, 2e-4),
    }
    return _fit(rows, times, bounds, np.ones(len(rows)), generations)


def fit_memory(rows: Sequence[KernelRow], accelerator: Accelerator, generations: int = GENERATIONS) -> Fit:
    """Fit kernels that only move memory."""

    def times(p: Parameters) -> Parameters:
        return memory_times(rows, Streaming(p[0] * accelerator.memory.bandwidth, p[1]))

    bounds: Bounds = {"memory_efficiency": (0.1, 1.0), "launch": (0.0, 3e-5)}
    return _fit(rows, times, bounds, np.ones(len(rows)), generations)


def _fit(
    rows: Sequence[KernelRow],
    times: Callable[[Parameters], Parameters],
    bounds: Bounds,
    weight: Parameters,
    generations: int,
    fixed: Mapping[str, object] | None = None,
) -> Fit:
    """Least weighted absolute logarithmic error; outliers count once, not squared."""
    measured = np.array([row.seconds for row in rows])
    total = weight.sum()

    def loss(p: Parameters) -> float:
        return float((weight * np.abs(np.log(times(p) / measured))).sum() / total)

    found = minimise(loss, list(bounds.values()), generations)
    error = np.abs(times(found) / measured - 1.0)
    values = {name: float(f"{value:.3g}") for name, value in zip(bounds, found, strict=True)}
    return Fit(
        {**(fixed or {}), **values}, len(rows), float(np.median(error)), float(np.quantile(error, 0.9))
    )
