"""A sink that keeps the distribution of a quantity, whatever the number of its values."""

from math import ceil, log

import numpy as np


class Sketch:
    """Counts of values in buckets that grow in equal ratios, with their exact sum.

    DDSketch (Masson, Rim, Lee 2019, arXiv:1908.10693, section 2): a quantile is right to a relative accuracy,
    and memory grows with the ratio of the largest to the smallest value alone.

    Parameters
    ----------
    accuracy : float
        Largest relative error of a quantile [1].

    Examples
    --------
    >>> sketch = Sketch()
    >>> for value in range(1, 1001):
    ...     sketch.add(value)
    >>> sketch.mean, round(sketch.quantile(0.5), -1), sketch.count
    (500.5, 500.0, 1000)
    """

    def __init__(self, accuracy: float = 0.002) -> None:
        self._ratio = (1.0 + accuracy) / (1.0 - accuracy)
        self._scale = 1.0 / log(self._ratio)
        self._buckets: dict[int, int] = {}
        self._none = 0
        self.count = 0
        self.total = 0.0
        self.largest = 0.0

    def add(self, value: float) -> None:
        """Count a value; what is not above zero counts as zero."""
        self.count += 1
        if value <= 0.0:
            self._none += 1
            return
        self.total += value
        self.largest = max(self.largest, value)
        bucket = ceil(log(value) * self._scale)
        self._buckets[bucket] = self._buckets.get(bucket, 0) + 1

    @property
    def mean(self) -> float:
        """Mean of all values; 0 of none."""
        return self.total / self.count if self.count else 0.0

    def quantile(self, share: float) -> float:
        """Value below which a share of all values lies; 0 of none."""
        keys = sorted(self._buckets)
        if not keys:
            return 0.0
        sums = self._none + np.cumsum([self._buckets[key] for key in keys])
        rank = share * (self.count - 1)
        if rank < self._none:
            return 0.0
        place = min(int(np.searchsorted(sums, rank, side="right")), len(keys) - 1)
        return float(2.0 * self._ratio ** keys[place] / (self._ratio + 1.0))
