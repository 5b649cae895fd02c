"""Time of a matrix multiplication: tiles, waves over the compute units, memory traffic and a launch floor."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from simulator.cost.number import Number, plain


@dataclass(frozen=True, slots=True)
class Gemm:
    """C[m, n] = A[m, k] B[k, n], `batch` of them in one launch.

    The library cuts C into tiles, one compute unit works on one tile, and whole waves of tiles pass over the
    chip; of the last, partly filled wave a share `wave_weight` of the missing tiles is paid for. Smaller
    tiles fill the chip better and reuse less. The fastest tile is taken, as the library's heuristic would.

    Attributes
    ----------
    rate : float
        Rate of full waves of the largest tile, all units together [FLOP/s].
    units : int
        Compute units [1].
    tiles : tuple of (int, int)
        Tiles to choose from, rows and columns [elements].
    small_tile_loss : float
        Share of `rate` lost with each halving of the tile below the largest [1].
    ramp_depth : float
        Inner-dimension steps that filling and draining a tile's pipeline costs [elements].
    wave_weight : float
        Share of the last wave's empty places that is paid [1].
    bandwidth : float
        Achieved memory bandwidth [B/s].
    launch : float
        Shortest time of a product [s].
    left, right, output : float
        Size of an element of A, B and C [B].
    cast : float
        Read and written to bring A into its format, by element [B].

    Notes
    -----
    Tile and wave quantization after NVIDIA, "Matrix Multiplication Background User's Guide", DU-09799-001,
    sections 3 and 4.

    Examples
    --------
    >>> a100 = Gemm(272e12, 108, ((256, 128), (128, 128)), 0.04, 125.0, 0.4, 1.57e12, 4.7e-6)
    >>> round(a100.seconds(8192, 8192, 8192) * 1e3, 2)
    4.11
    """

    rate: float
    units: int
    tiles: tuple[tuple[int, int], ...]
    small_tile_loss: float
    ramp_depth: float
    wave_weight: float
    bandwidth: float
    launch: float
    left: float = 2.0
    right: float = 2.0
    output: float = 2.0
    cast: float = 0.0

    def seconds(self, m: ArrayLike, n: ArrayLike, k: ArrayLike, batch: ArrayLike = 1) -> Number:
        """Time of one launch [s]; all arguments broadcast."""
        m, n, k, batch = (np.asarray(x, dtype=float) for x in (m, n, k, batch))
        largest = max(rows * columns for rows, columns in self.tiles)
        compute = np.inf
        for rows, columns in self.tiles:
            rate = self.rate * (1.0 - self.small_tile_loss * np.log2(largest / (rows * columns)))
            waves = batch * np.ceil(m / rows) * np.ceil(n / columns) / self.units
            filled = np.maximum(waves, 1.0)
            paid = filled + self.wave_weight * (np.ceil(filled) - filled)
            tile_seconds = 2.0 * rows * columns * (k + self.ramp_depth) * self.units / rate
            compute = np.minimum(compute, paid * tile_seconds)
        traffic = batch * (self.left * m * k + self.right * k * n + self.output * m * n)
        casting = batch * self.cast * m * k / self.bandwidth
        return plain(self.launch + casting + np.maximum(compute, traffic / self.bandwidth))
