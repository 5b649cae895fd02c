"""Time of the experts of a mixture-of-experts layer on one rank: grouped matrix products of unequal sizes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.cost.number import Number, plain

TOKEN_TILES = (16, 32, 64, 128)
"""Tokens of one expert that a tile takes; what is missing to a full tile is computed for nothing [tokens]."""

ACTIVATION = 2.0
"""Size of an element of the activations between the products [B]."""


@dataclass(frozen=True, slots=True)
class ExpertLayer:
    """Gate, up and down products of the experts of a rank, with what sorts tokens before and adds them after.

    Attributes
    ----------
    rate : float
        Rate with many tokens for each expert [FLOP/s].
    small_tile_loss : float
        Share of it lost with each halving of the token tile below the largest [1].
    bandwidth : float
        Datasheet bandwidth [B/s].
    memory_efficiency : float
        Share of it at which weights are read [1].
    overlap : float
        Share of the shorter of computing and reading weights that hides behind the longer [1].
    activation_passes, token_passes : float
        Sweeps over the experts' inputs and inner activations, and over the tokens [1].
    launch : float
        Shortest time [s].
    weight : float
        Size of a weight [B].

    Examples
    --------
    >>> h100 = ExpertLayer(1.0e15, 0.18, 3.35e12, 0.95, 0.5, 3.1, 1.8, 28e-6, 2.0)
    >>> layer = h100.seconds([[512.0] * 16], tokens=8192, hidden=4096, ffn=1536)
    >>> layer.shape, bool(5e-4 < layer[0] < 8e-4)
    ((1,), True)
    """

    rate: float
    small_tile_loss: float
    bandwidth: float
    memory_efficiency: float
    overlap: float
    activation_passes: float
    token_passes: float
    launch: float
    weight: float

    def seconds(self, loads: ArrayLike, tokens: ArrayLike, hidden: ArrayLike, ffn: ArrayLike) -> Number:
        """Time of one layer.

        Parameters
        ----------
        loads : array_like, shape (..., experts)
            Tokens of each expert of the rank; experts without tokens are not touched [tokens].
        tokens : array_like, shape (...)
            Tokens of the rank before routing [tokens].
        hidden, ffn : array_like, shape (...)
            Widths of the residual stream and of the part of an expert's inner activation on this rank
            [elements].

        Returns
        -------
        float or array, shape (...)
            Time [s].
        """
        rows = np.asarray(loads, dtype=float)
        t, h, f = (np.asarray(x, dtype=float) for x in (tokens, hidden, ffn))
        compute = self._compute(rows, h, f)
        reading = 3.0 * np.sum(rows > 0.0, axis=-1) * h * f * self.weight
        reading = reading / (self.bandwidth * self.memory_efficiency)
        activations = self.activation_passes * ACTIVATION * np.sum(rows, axis=-1) * (2.0 * h + 3.0 * f)
        routing = self.token_passes * ACTIVATION * t * h
        longer, shorter = np.maximum(compute, reading), np.minimum(compute, reading)
        work = longer + (1.0 - self.overlap) * shorter
        return plain(self.launch + work + (activations + routing) / self.bandwidth)

    def _compute(
        self, rows: NDArray[np.float64], h: NDArray[np.float64], f: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Matrix products with the best token tile [s]."""
        best = np.full(rows.shape[:-1], np.inf)
        for halvings, tile in enumerate(reversed(TOKEN_TILES)):
            padded = np.sum(np.ceil(rows / tile), axis=-1) * tile
            rate = self.rate * (1.0 - self.small_tile_loss * halvings)
            best = np.minimum(best, 6.0 * padded * h * f / rate)
        return best
