"""The collective library: how fast it moves bytes over each kind of link, and what each step costs."""

from typing import Annotated, Literal

from pydantic import Field

from simulator.spec.part import Fraction, Part, Spec
from simulator.spec.quantities import Bandwidth, Bytes, Duration

Gain = Annotated[float, Field(ge=1.0)]


class LinkPerformance(Spec):
    """What the library gets out of one kind of scale-up link."""

    efficiency: Fraction
    """Largest payload bandwidth over the nominal bandwidth of the link [1]."""
    base: Duration
    """Start of a collective, launch included."""
    step: Duration
    """One step between two members of a scale-up domain."""
    ramp: Bytes
    """Bytes a member sends at which filling the pipelines doubles the transfer time."""
    switch_reduction: Gain = 1.0
    """A large all-reduce computed in the switch over one by ring [1]."""
    switch_reduction_ranks: Annotated[int, Field(ge=2)] = 2
    """Fewest members with which the switch computes [1]."""
    rate: Bandwidth | None = None
    """Nominal bandwidth of a link, where all of this kind are alike and go through the host."""
    across: Bandwidth | None = None
    """What passes between the two processors of a node, per direction; as much as comes if left out."""
    flow_across: Bandwidth | None = None
    """What one member sends to one on the other processor; as much as its link carries if left out."""


class ScaleOutPerformance(Spec):
    """What a step between two domains costs."""

    base: Duration
    """Start of a collective that leaves the domain, launch included."""
    ring_step: Duration
    """One ring step between two domains."""
    tree_step: Duration
    """One level of the tree over the domains."""
    ramp: Bytes
    """Bytes a member sends at which filling the pipelines doubles the transfer time."""
    tree_efficiency: Fraction
    """Payload bandwidth of a tree over that of a ring [1]."""
    efficiency: Fraction = 1.0
    """Payload bandwidth over what the network gives, where the library is the narrower [1]."""


class Collectives(Part):
    """A collective library; ring or tree runs, whichever is faster, as the library decides."""

    kind: Literal["collectives"]
    scale_up: dict[str, LinkPerformance]
    """Performance by link generation (`scale_up.link` of the accelerator)."""
    scale_out: ScaleOutPerformance
    extends: str | None = None
    """Entry from which everything unstated here is taken."""
