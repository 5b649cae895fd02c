"""Self-consistency: the answer that most samples give."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Majority:
    """Gain of a vote over one sample, which ends at a plateau.

    accuracy = single + (plateau − single) · (1 − (2 ÷ k)^rate) for k ≥ 2 votes, and `single` below: two votes
    that differ decide nothing, so two are worth exactly one, whatever the questions. The plateau is reached
    where every question whose most frequent answer is right is won, and stays below the coverage. It moves
    with the accuracy of one sample by the ratio of the odds, plateau ÷ (1 − plateau) over
    single ÷ (1 − single). Plateaus at about 100 samples: Brown et al., Large Language Monkeys, 2024,
    arXiv:2407.21787, section 4; the form between the ends is an assumption.

    Attributes
    ----------
    odds : float
        Odds of the plateau over those of one sample [1].
    rate : float
        Exponent of the approach [1].

    Examples
    --------
    0.27 for one sample and 0.41 for a hundred, as an 8B model on MATH:

    >>> vote = Majority(odds=(0.41 / 0.59) / (0.27 / 0.73), rate=1.0)
    >>> [round(vote.accuracy(0.27, votes), 3) for votes in (1, 2, 4, 100, 10_000)]
    [0.27, 0.27, 0.34, 0.407, 0.41]
    """

    odds: float
    rate: float

    def accuracy(self, single: float, votes: int) -> float:
        """Share of questions that the vote answers right, of samples that are each right so often [1]."""
        plateau = self.odds * single / (1.0 - single + self.odds * single)
        missed: float = (2.0 / max(2, votes)) ** self.rate
        return single + (plateau - single) * (1.0 - missed)
