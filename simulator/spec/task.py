"""A task: how often a model is right, and what thinking, samples and routing change about it."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulator.spec.part import Count, Fraction, Part, Spec

Inside = Annotated[float, Field(gt=0.0, lt=1.0)]
"""Share that is neither none nor all."""


class LengthCurve(Spec):
    """Accuracy by the tokens of a thought, with a peak."""

    peak: Count
    """Length at which accuracy is highest [tokens]."""
    shape: Annotated[float, Field(gt=0.0)]
    """How fast accuracy falls on both sides: (x · e^(1 − x))^shape with x = tokens ÷ peak [1]."""
    shortest: Count
    """Shortest length that was measured [tokens]."""
    longest: Count
    """Longest length that was measured [tokens]."""

    @model_validator(mode="after")
    def _ordered(self) -> "LengthCurve":
        if self.shortest >= self.longest:
            raise ValueError(f"shortest = {self.shortest} must be below longest = {self.longest}")
        return self


class CoverageCurve(Spec):
    """Share of questions that at least one sample solves: accuracy^(samples^slope)."""

    slope: Annotated[float, Field(le=0.0)]
    """Exponent of the number of samples [1]."""
    samples: Count
    """Most samples that were measured [1]."""


class MajorityCurve(Spec):
    """Gain of the most frequent answer."""

    single: Inside
    """Accuracy of one sample in the measurement [1]."""
    plateau: Inside
    """Accuracy that more votes do not raise [1]."""
    rate: Annotated[float, Field(gt=0.0)]
    """Exponent of the approach to the plateau [1]."""
    samples: Count
    """Most votes that were measured [1]."""


class ForcingCurve(Spec):
    """Gain of thinking on when the model would end."""

    gain: Annotated[float, Field(ge=0.0)]
    """Relative gain of accuracy for each e-fold of thinking [1]."""
    most: Annotated[float, Field(gt=1.0)]
    """Multiple of thinking beyond which nothing is gained [1]."""


class RoutingCurve(Spec):
    """Share of the gap between two ways that a router wins: share of strong calls^exponent."""

    exponent: Annotated[float, Field(gt=0.0, le=1.0)]
    """1 for guessing; smaller for a router that knows hard questions [1]."""


class Task(Part):
    """Questions of a kind, as a model answers them."""

    kind: Literal["task"]
    models: tuple[str, ...] = ()
    """Ids of the models whose architecture the measured model has; others are said to be extrapolated."""
    questions: Count
    """Questions of the measurement, which say how sure the accuracy is [1]."""
    accuracy: Inside
    """Share that one sample answers right; at the peak, if `length` is given [1]."""
    off: Fraction | None = None
    """Share that is answered right without thinking [1]."""
    length: LengthCurve | None = None
    """What shorter and longer thoughts change."""
    coverage: CoverageCurve | None = None
    """What samples gain where right answers are recognised."""
    majority: MajorityCurve | None = None
    """What samples gain by a vote."""
    forcing: ForcingCurve | None = None
    """What thinking on gains."""
    routing: RoutingCurve | None = None
    """How well questions that need thinking are recognised beforehand."""
    extends: str | None = None
    """Entry from which everything unstated here is taken."""
