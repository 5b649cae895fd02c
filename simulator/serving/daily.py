"""Arrivals at a rate that changes with the hour."""

import numpy as np
from numpy.typing import NDArray

from simulator.spec.serving import Daily

PARTS = 1440
"""Parts of a period in which a sine counts as even."""


class Clock:
    """Turns times at a constant mean rate into times at the rate of the hour.

    A process at rate λ(t) has its n-th arrival where ∫ λ reaches the n-th arrival of one at the mean rate
    (Çinlar 1975, Introduction to Stochastic Processes, section 4.7).

    Parameters
    ----------
    daily : Daily, optional
        How the rate changes; it does not if left out.

    Examples
    --------
    >>> day = Daily(table=(0.0, 2.0), period="10 s")
    >>> Clock(day).times(np.array([0.0, 5.0, 10.0])).tolist()
    [5.0, 7.5, 15.0]
    """

    def __init__(self, daily: Daily | None) -> None:
        self._even = daily is None
        if daily is None:
            return
        self._period = daily.period
        if daily.swing is not None:
            edges = np.linspace(0.0, 1.0, PARTS + 1)
            # The integral of 1 + swing × sin(2πt).
            passed = edges + daily.swing * (1.0 - np.cos(2.0 * np.pi * edges)) / (2.0 * np.pi)
        else:
            rates = np.array(daily.table, dtype=float)
            edges = np.linspace(0.0, 1.0, len(rates) + 1)
            passed = np.concatenate([[0.0], np.cumsum(rates) / rates.sum()])
        self._edges, self._passed = edges * daily.period, passed * daily.period
        self._offset = daily.begin % daily.period
        self._skipped = float(np.interp(self._offset, self._edges, self._passed))

    def times(self, units: NDArray[np.float64]) -> NDArray[np.float64]:
        """Times at which a process at the mean rate would be at `units` [s]."""
        if self._even:
            return units
        whole, part = np.divmod(units + self._skipped, self._period)
        # Where nothing arrives the integral stands still; what arrives next comes after that.
        place = np.searchsorted(self._passed, part, side="right") - 1
        place = np.minimum(place, len(self._edges) - 2)
        width = self._passed[place + 1] - self._passed[place]
        share = np.divide(part - self._passed[place], width, out=np.zeros_like(part), where=width > 0.0)
        step = self._edges[place + 1] - self._edges[place]
        return np.asarray(whole * self._period + self._edges[place] + share * step - self._offset)
