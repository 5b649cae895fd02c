"""Time of a fused (flash) attention core."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from simulator.cost.number import Number, plain

BACKWARD_WORK = 2.5
"""Matrix products backward over forward: five against two, the scores being computed again
(Dao 2023, "FlashAttention-2", arXiv:2307.08691, section 3.1.2) [1]."""


@dataclass(frozen=True, slots=True)
class FusedAttention:
    """softmax(Q Kᵀ) V in one kernel that never writes the scores.

    Short sequences reach less of the rate: at `half_length` half of it.

    Attributes
    ----------
    forward_rate, backward_rate : float
        Rates at long sequences [FLOP/s].
    half_length : float
        Sequence length at which half of them is reached [tokens].
    launch : float
        Shortest time of a kernel [s].
    half_width : float
        Width of a head at which half of them is reached [elements].

    Examples
    --------
    >>> h100 = FusedAttention(562e12, 470e12, 1294.0, 13.7e-6)
    >>> round(h100.seconds(batch=1, heads=16, queries=8192, keys=8192, head_dim=128) * 1e3, 2)
    0.58
    """

    forward_rate: float
    backward_rate: float
    half_length: float
    launch: float
    half_width: float = 0.0

    def seconds(
        self,
        batch: ArrayLike,
        heads: ArrayLike,
        queries: ArrayLike,
        keys: ArrayLike,
        head_dim: ArrayLike,
        causal: bool = True,
        backward: bool = False,
        value_dim: ArrayLike | None = None,
        window: float = math.inf,
    ) -> Number:
        """Time of one launch [s]; numbers broadcast, and mean what they mean in `attention_flops`."""
        rate = self.backward_rate if backward else self.forward_rate
        # Without a mask a query sees twice the keys that it sees of a causal sequence as long; of a window
        # all, as of a causal sequence twice as long.
        length = np.asarray(keys, dtype=float) * (1.0 if causal else 2.0)
        if np.isfinite(window):
            length = np.minimum(length, 2.0 * window)
        flops = attention_flops(batch, heads, queries, keys, head_dim, causal, value_dim, window)
        work = flops * (BACKWARD_WORK if backward else 1.0)
        width = np.asarray(head_dim, dtype=float)
        slower = (1.0 + self.half_length / length) * (1.0 + self.half_width / width)
        return plain(self.launch + work / rate * slower)


def attention_flops(
    batch: ArrayLike,
    heads: ArrayLike,
    queries: ArrayLike,
    keys: ArrayLike,
    head_dim: ArrayLike,
    causal: bool,
    value_dim: ArrayLike | None = None,
    window: float = math.inf,
) -> Number:
    """Floating-point operations of one attention core forward [FLOP].

    Parameters
    ----------
    batch, heads, queries, keys : array_like
        Sequences, query heads, and tokens on both sides [1].
    head_dim : array_like
        Width of a query and of a key [elements].
    causal : bool
        Whether a query sees only what is not behind it, which halves the work.
    value_dim : array_like, optional
        Width of a value, as latent attention has another one; that of a key if left out [elements].
    window : float
        Keys that a query sees at most, those nearest to it [tokens].

    Examples
    --------
    >>> attention_flops(1, 1, 1024, 1024, 64, causal=True)
    134217728.0
    >>> attention_flops(1, 1, 1024, 1024, 64, causal=True, window=128) < 134217728.0 / 3
    True
    """
    b, h, q, k, d = (np.asarray(x, dtype=float) for x in (batch, heads, queries, keys, head_dim))
    wide = d if value_dim is None else np.asarray(value_dim, dtype=float)
    # Of a causal sequence the first queries see fewer keys than the window has.
    seen = np.minimum(k, window)
    mean = seen - seen**2 / (2.0 * k) if causal else seen
    return plain(2.0 * b * h * q * mean * (d + wide))
