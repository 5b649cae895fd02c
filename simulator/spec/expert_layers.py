"""How a framework runs layers with experts."""

from typing import Annotated, Literal

from pydantic import Field

from simulator.spec.part import Count, Fraction, Spec
from simulator.spec.passes import Launches
from simulator.spec.quantities import Duration

CapturedPart = Literal["attention", "router", "experts"]
"""Parts of a layer with experts: all in front of the router; the router with what prepares the exchange;
the exchange, the experts and the way back."""


class ExpertLayers(Spec):
    """How a framework runs layers with experts."""

    deduplicated: bool
    """Whether a token goes once to each node, and to each rank, that has experts for it."""
    node_limited_only: bool = False
    """Whether tokens are deduplicated only in models that limit the nodes of a token, and where the exchange
    leaves a scale-up domain."""
    grouped: bool
    """Whether the experts of a rank are one launch; otherwise each is a launch of its own."""
    synchronizations: Launches
    """Times the forward pass of a layer waits for numbers from the device [1]."""
    overlap: Fraction = 0.0
    """Share of the exchange of tokens that hides behind the compute of another micro-batch, as far as there
    is as much of it [1]."""
    overlap_within: bool = True
    """Whether it hides also where all members of the exchange are in one scale-up domain."""
    launch: Duration | None = None
    """Host time of a kernel launch in these layers, whose modules treat each expert by itself; that of `host`
    if left out."""
    shared_overlap: bool = False
    """Whether the shared experts run beside the exchange of tokens."""
    efficiency: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    """Bandwidth of the exchange over that of a ring, within a scale-up domain [1]."""
    efficiency_across: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    """The same where the exchange leaves the domain [1]."""
    streams: Count = 1
    """Products of experts that run at the same time, where each is a launch of its own [1]."""
    masks: bool = False
    """Whether tokens reach their experts, and come back, by products with one-hot masks of each sequence, so
    that an expert has a place for as many tokens of it as its capacity allows."""
    permutation: Fraction = 1.0
    """Share of the passes of scope `dispatch` and `combine` that is left where the exchange itself puts
    tokens in the order of experts and back [1]."""
    captured: tuple[CapturedPart, ...] = ()
    """Parts of a layer with experts that a graph replays, so that the host launches none of their kernels."""
    wide: "ExpertLayers | None" = None
    """How it works where a scale-up domain spans several nodes; as elsewhere if left out."""
