"""Repeated sampling: how many questions have at least one right answer among several."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Coverage:
    """Exponentiated power law of repeated sampling, coverage = exp(a · k^b).

    Brown et al., Large Language Monkeys, 2024, arXiv:2407.21787, section 3, fitted from 1 to 10,000 samples.
    exp(a) is the success rate of one sample.

    Attributes
    ----------
    a : float
        Logarithm of the share of questions that one sample solves; not positive [1].
    b : float
        Exponent of the number of samples; not positive [1].

    Examples
    --------
    An 8B model on MATH, and a 70B model on CodeContests:

    >>> Coverage(-1.33, -0.43).share(np.array([1, 100, 10_000])).round(4)
    array([0.2645, 0.8323, 0.975 ])
    >>> Coverage(-2.52, -0.11).share(np.array([1, 10_000])).round(4)
    array([0.0805, 0.4005])
    """

    a: float
    b: float

    def share(self, samples: Any) -> Any:
        """Share of questions that at least one of so many samples solves [1]."""
        return np.exp(self.a * np.asarray(samples, dtype=float) ** self.b)
