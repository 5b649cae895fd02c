"""A family of accelerators: what one arithmetic unit does in a clock, and what one link carries."""

from typing import Annotated, Literal

from pydantic import Field

from simulator.spec.accelerator import Precision
from simulator.spec.part import Count, Part, Spec
from simulator.spec.quantities import Bandwidth

PerClock = Annotated[float, Field(gt=0.0)]


class Link(Spec):
    """One link of a generation."""

    rate: Bandwidth
    """What one link carries per direction."""
    most: Count
    """Links that one accelerator has at most [1]."""


class Member(Spec):
    """What one part of the family does otherwise."""

    operations: dict[Precision, PerClock] = Field(default_factory=dict)
    """Operations of its units where they differ from the family's [FLOP]."""
    links: dict[str, Link] = Field(default_factory=dict)
    """Links where they differ from the family's, or where each part of the family has others."""


class Family(Part):
    """An architecture; accelerators that name it as their `family` are checked against it."""

    kind: Literal["family"]
    operations: dict[Precision, PerClock]
    """Dense operations that one unit completes in a clock, by precision [FLOP]."""
    links: dict[str, Link] = Field(default_factory=dict)
    """Links by generation (`scale_up.link` of the accelerator)."""
    parts: dict[str, Member] = Field(default_factory=dict)
    """Parts that differ from the rest of the family, by id."""
