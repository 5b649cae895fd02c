"""Routing: hard questions get more than easy ones."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Routing:
    """Share of the gap between the cheap and the strong way that is won: calls^exponent.

    1 is a router that guesses; smaller ones find the questions that profit. Published points: half of the gap
    on MT Bench for about an eighth of the calls to the strong model (a quarter of what guessing needs), on
    GSM8K for three tenths (Ong et al., RouteLLM, 2024, arXiv:2406.18665, lmsys.org/blog/2024-07-01-routellm).

    Attributes
    ----------
    exponent : float
        Skill of the router, from 0 (never wrong) to 1 (guessing) [1].

    Examples
    --------
    >>> [round(Routing(1 / 3).recovered(calls), 3) for calls in (0.0, 0.125, 1.0)]
    [0.0, 0.5, 1.0]
    """

    exponent: float

    def recovered(self, calls: float) -> float:
        """Share of the gap that is won if so many questions go the strong way [1]."""
        return calls**self.exponent if calls > 0.0 else 0.0
