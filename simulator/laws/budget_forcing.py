"""Thinking made longer than the model would have it."""

from dataclasses import dataclass
from math import log


@dataclass(frozen=True, slots=True)
class BudgetForcing:
    """Accuracy when the end of thinking is suppressed: 1 + gain · ln(multiple), flat from `most` on.

    Muennighoff et al., s1: simple test-time scaling, 2025, arXiv:2501.19393: AIME 2024 goes from 0.50 to
    0.533, 0.55 and 0.567 with 2, 4 and 6 times the thinking, and no further (30 questions, so one is 0.033).

    Attributes
    ----------
    gain : float
        Relative gain for each e-fold of thinking [1].
    most : float
        Multiple beyond which nothing is gained [1].

    Examples
    --------
    >>> forced = BudgetForcing(0.0756, 6.0)
    >>> [round(0.5 * forced.relative(multiple), 3) for multiple in (1.0, 2.0, 4.0, 6.0, 12.0)]
    [0.5, 0.526, 0.552, 0.568, 0.568]
    """

    gain: float
    most: float

    def relative(self, multiple: float) -> float:
        """Accuracy over that of thoughts as long as the model makes them [1]."""
        return 1.0 + self.gain * log(min(max(multiple, 1.0), self.most))
