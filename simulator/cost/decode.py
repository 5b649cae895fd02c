"""Time of attention with one query token a sequence: reading the cached keys and values."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from simulator.cost.number import Number, plain

TILE = 128
"""Cached tokens that a kernel reads at once; shorter caches cost as much [tokens]."""


@dataclass(frozen=True, slots=True)
class DecodeAttention:
    """One query token for each sequence of a batch against its cache.

    The cache is read once for all query heads that share a key head. A small cache does not fill the chip,
    which stretches reading by 1 + √(ramp ÷ size), and each pair of sequence and key head costs its unit a
    fixed time.

    Attributes
    ----------
    bandwidth : float
        Achieved bandwidth on large caches [B/s].
    units : int
        Compute units [1].
    ramp : float
        Cache size at which the reading time has doubled [B].
    block : float
        Time of a unit for each pair of sequence and key head [s].
    launch : float
        Shortest time [s].
    element : float
        Size of a cached element [B].

    Examples
    --------
    >>> h100 = DecodeAttention(3.1e12, 132, 13e6, 0.0, 8.5e-6, 2.0)
    >>> round(h100.seconds(batch=64, kv_heads=8, tokens=1024, head_dim=128) * 1e6)
    114
    """

    bandwidth: float
    units: int
    ramp: float
    block: float
    launch: float
    element: float

    def seconds(
        self,
        batch: ArrayLike,
        kv_heads: ArrayLike,
        tokens: ArrayLike,
        head_dim: ArrayLike,
        value_dim: ArrayLike | None = None,
        window: float = math.inf,
    ) -> Number:
        """Time of one launch [s]; arguments broadcast.

        Parameters
        ----------
        batch, kv_heads, tokens : array_like
            Sequences, key heads, and cached tokens of a sequence [1].
        head_dim : array_like
            Width of a cached key; of latent attention the width of the latent, with one key head [elements].
        value_dim : array_like, optional
            Width of a cached value; that of a key if left out, 0 where the latent holds both
            [elements].
        window : float
            Cached tokens that are read at most [tokens].
        """
        b, h, t, d = (np.asarray(x, dtype=float) for x in (batch, kv_heads, tokens, head_dim))
        wide = d if value_dim is None else np.asarray(value_dim, dtype=float)
        size = b * h * np.ceil(np.minimum(t, window) / TILE) * TILE * (d + wide) * self.element
        reading = size * (1.0 + np.sqrt(self.ramp / size)) / self.bandwidth
        return plain(self.launch + self.block * b * h / self.units + reading)
