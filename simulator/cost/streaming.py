"""Time of an operator that only moves memory: norms, biases, activations, masks, optimizer sweeps."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from simulator.cost.number import Number, plain


@dataclass(frozen=True, slots=True)
class Streaming:
    """Bytes over achieved bandwidth, after a launch.

    Attributes
    ----------
    bandwidth : float
        Achieved memory bandwidth [B/s].
    launch : float
        Shortest time of a kernel [s].

    Examples
    --------
    >>> Streaming(1.56e12, 4.7e-6).seconds(2.15e9) * 1e3
    1.3829...
    """

    bandwidth: float
    launch: float

    def seconds(self, size: ArrayLike, kernels: ArrayLike = 1) -> Number:
        """Time of `kernels` launches that move `size` bytes together [s]."""
        return plain(
            np.asarray(kernels, dtype=float) * self.launch + np.asarray(size, dtype=float) / self.bandwidth
        )
