"""Best of several samples by the word of a verifier that errs."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class ImperfectVerifier:
    """Sampling until a verifier accepts, which takes all right answers and some wrong ones.

    The answer is right if the first accepted sample is: accuracy(k) = Σ_j (1 − fpr)^(j−1) · (c_j − c_{j−1})
    with c_j the coverage of j samples, for c_j − c_{j−1} = E[(1 − p)^(j−1) · p] over the questions. Where all
    questions have the same success rate p, it tends to p ÷ (p + (1 − p) · fpr), the ceiling of Stroebl et
    al., Inference scaling fLaws, 2024, arXiv:2411.17501: more samples never pass it. Without false positives
    it is the coverage; a verifier that accepts everything gives one sample.

    Attributes
    ----------
    false_positives : float
        Share of wrong answers that are accepted [1].

    Examples
    --------
    >>> alike = 1.0 - 0.8 ** np.arange(1, 1001)  # every question is solved by a fifth of the samples
    >>> round(ImperfectVerifier(0.1).accuracy(alike), 6), round(0.2 / (0.2 + 0.8 * 0.1), 6)
    (0.714286, 0.714286)
    >>> round(ImperfectVerifier(1.0).accuracy(alike), 6)
    0.2
    """

    false_positives: float

    def accuracy(self, coverage: Any) -> float:
        """Share of questions answered right; `coverage` is that of 1, 2, … samples, shape (samples,) [1]."""
        gained = np.diff(np.asarray(coverage, dtype=float), prepend=0.0)
        return float(gained @ (1.0 - self.false_positives) ** np.arange(len(gained)))
