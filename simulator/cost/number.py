"""Numbers in, numbers out: cost functions take floats or arrays and give back the same."""

import numpy as np
from numpy.typing import NDArray

Number = float | NDArray[np.float64]
"""A float, or an array of them [unit of the function]."""


def plain(value: Number | np.floating) -> Number:
    """A 0-d array as a float, anything else unchanged.

    >>> plain(np.asarray(2.0))
    2.0
    """
    return float(value) if np.ndim(value) == 0 else np.asarray(value, dtype=float)
