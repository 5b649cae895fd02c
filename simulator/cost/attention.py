"""Time of a fused (flash) attention core."""

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

    def seconds(
        self,
        batch: ArrayLike,
        heads: ArrayLike,
        queries: ArrayLike,
        keys: ArrayLike,
        head_dim: ArrayLike,
        causal: bool = True,
        backward: bool = False,
    ) -> Number:
        """Time of one launch [s]; numbers broadcast."""
        rate = self.backward_rate if backward else self.forward_rate
        length = np.asarray(keys, dtype=float)
        flops = attention_flops(batch, heads, queries, keys, head_dim, causal)
        work = flops * (BACKWARD_WORK if backward else 1.0)
        return plain(self.launch + work / rate * (1.0 + self.half_length / length))


def attention_flops(
    batch: ArrayLike,
    heads: ArrayLike,
    queries: ArrayLike,
    keys: ArrayLike,
    head_dim: ArrayLike,
    causal: bool,
) -> Number:
    """Floating-point operations of one attention core forward; a causal mask halves them [FLOP].

    >>> attention_flops(1, 1, 1024, 1024, 64, causal=True)
    134217728.0
    """
    b, h, q, k, d = (np.asarray(x, dtype=float) for x in (batch, heads, queries, keys, head_dim))
    return plain(4.0 * b * h * q * k * d * (0.5 if causal else 1.0))
