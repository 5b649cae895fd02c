"""Thinking helps up to a length, and harms beyond it."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class ThinkingLength:
    """Accuracy by the tokens of a thought, with a peak: (x · e^(1 − x))^shape with x = tokens ÷ peak.

    One shape holds both published sides of a peak: R1-Distill-Qwen-32B on AIME has 0.558 at 12,000 tokens,
    0.549 at 16,000, and 6 % less when stopped at 6,000 (Zhou et al., When more thinking hurts, 2026,
    arXiv:2604.10739, read in a digest). Their easy questions peak at 1,500 tokens, their hard ones at 8,000.

    Attributes
    ----------
    peak : float
        Length at which accuracy is highest [tokens].
    shape : float
        How fast it falls on both sides [1].

    Examples
    --------
    >>> curve = ThinkingLength(12_000, 0.356)
    >>> (0.558 * curve.relative(np.array([6_000, 12_000, 16_000]))).round(3)
    array([0.521, 0.558, 0.549])
    """

    peak: float
    shape: float

    def relative(self, tokens: Any) -> Any:
        """Accuracy over that at the peak [1]."""
        x = np.asarray(tokens, dtype=float) / self.peak
        return (x * np.exp(1.0 - x)) ** self.shape
