"""Test-time compute: how long, how often and for which questions a service thinks."""

from math import isclose
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulator.spec.part import Count, Fraction, Spec


class Thoughts(Spec):
    """Lengths of thoughts as the model makes them, log-normal."""

    tokens: Count
    """Mean length [tokens]."""
    deviation: Annotated[float, Field(gt=0.0)] | None = None
    """Relative standard deviation; always `tokens` if left out [1]."""


class Verifier(Spec):
    """A request that reads all samples of a question and picks one."""

    false_positives: Fraction
    """Share of wrong answers that it takes for right [1]."""
    tokens: Count
    """Length of its verdict [tokens]."""


class LowEffort(Spec):
    """A little thinking: one sample, cut early."""

    share: Fraction
    """Share of the questions [1]."""
    budget: Count
    """Tokens at which these thoughts are cut [tokens]."""


class Route(Spec):
    """Which questions think; the shares add up to one."""

    off: Fraction
    """Share of the questions that are answered at once, by one sample [1]."""
    low: LowEffort | None = None
    """Questions that think a little."""
    high: Fraction
    """Share of the questions that think as the rest of the block says [1]."""
    guess: bool = False
    """Whether questions are sent at random, instead of by the task's router."""

    @model_validator(mode="after")
    def _whole(self) -> "Route":
        total = self.off + self.high + (self.low.share if self.low else 0.0)
        if not isclose(total, 1.0, abs_tol=1e-9):
            raise ValueError(f"the shares off, low and high add up to {total:g}; 1 is due")
        return self


class Front(Spec):
    """Other budgets and samples to compare: each pair is simulated."""

    budgets: Annotated[tuple[Count, ...], Field(min_length=1)] | None = None
    """Budgets; that of the block alone if left out [tokens]."""
    samples: Annotated[tuple[Count, ...], Field(min_length=1)] | None = None
    """Samples; those of the block alone if left out [1]."""
    questions: Count
    """Questions that are simulated for each pair [1]."""


class Thinking(Spec):
    """How questions are thought about before they are answered."""

    task: str
    """Id of the task, which knows how accuracy follows."""
    tokens: Thoughts
    """Lengths of thoughts, in front of the visible answer of the traffic."""
    budget: Count | None = None
    """Tokens at which a thought is cut and the answer is asked for [tokens]."""
    extend: Annotated[float, Field(gt=1.0)] | None = None
    """Multiple to which thoughts are prolonged by refusing their end [1]."""
    samples: Count = 1
    """Answers made for each question, side by side [1]."""
    select: Literal["majority", "verifier", "oracle"] = "majority"
    """What picks one of several samples: a vote, a verifier that errs, or a test that does not."""
    quorum: Count | None = None
    """Votes that decide, those of the samples that are done first; all if left out [1]."""
    verifier: Verifier | None = None
    """The verifier, for `select: verifier`."""
    route: Route | None = None
    """Which questions think; all if left out."""
    front: Front | None = None
    """Other budgets and samples, to be compared."""

    @model_validator(mode="after")
    def _consistent(self) -> "Thinking":
        if self.budget is not None and self.extend is not None:
            raise ValueError("`budget` cuts thoughts and `extend` prolongs them; choose one")
        if self.extend is not None and self.front is not None and self.front.budgets is not None:
            raise ValueError("`extend` prolongs thoughts, so `front.budgets` would cut them; choose one")
        if (self.select == "verifier") != (self.verifier is not None):
            raise ValueError("`select: verifier` and a `verifier` block need each other")
        if self.quorum is not None and self.select != "majority":
            raise ValueError(f"`quorum` counts votes, but `select` is {self.select}")
        least = min((self.samples, *((self.front.samples or ()) if self.front else ())))
        if self.quorum is not None and self.quorum > least:
            raise ValueError(f"quorum = {self.quorum} is more than the {least} samples of a question")
        return self
