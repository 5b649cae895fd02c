"""How long a model thinks."""

from dataclasses import dataclass
from math import log, log1p, sqrt
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class ThoughtLength:
    """Log-normal lengths of thoughts.

    Attributes
    ----------
    mean : float
        Mean length [tokens].
    deviation : float
        Standard deviation over the mean [1].

    Examples
    --------
    >>> ThoughtLength(8000.0, 0.8).tokens(np.array([-1.0, 0.0, 1.0])).round()
    array([ 3092.,  6247., 12622.])
    """

    mean: float
    deviation: float

    def tokens(self, normal: Any) -> Any:
        """Length at so many standard deviations of the logarithm from its median [tokens]."""
        variance = log1p(self.deviation**2)
        return np.exp(log(self.mean) - variance / 2.0 + sqrt(variance) * np.asarray(normal, dtype=float))
