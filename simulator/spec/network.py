"""The scale-out network: what leaves a node, through which tiers it goes and what the network draws."""

from typing import Annotated, Literal

from pydantic import Field

from simulator.spec.part import Count, Fraction, Part, Spec
from simulator.spec.quantities import Bandwidth, Duration, Power


class Tier(Spec):
    """One level of switches, from the node upwards."""

    name: str
    """Name of the level (leaf, spine, core)."""
    accelerators: Count | None
    """Accelerators that reach each other without leaving this level; none = all of them."""
    oversubscription_above: Annotated[float, Field(ge=1.0)] = 1.0
    """Bandwidth into a block of this level from below over the bandwidth out of it upwards [1]."""
    latency: Duration
    """One pass through a switch of this level, cable included."""


class Network(Part):
    """A scale-out fabric; ids read as adapters per node times rate (`ib-hdr-8x200`)."""

    kind: Literal["network"]
    technology: Literal["infiniband", "roce", "ethernet", "efa", "slingshot"]
    adapters: Count
    """Adapters per node that carry the job's traffic [1]."""
    rate: Bandwidth
    """Line rate of one adapter per direction."""
    efficiency: Fraction
    """Share of the line rate that collective payload reaches [1]."""
    adapter_latency: Duration
    """From memory to wire and from wire to memory, both ends together."""
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)]
    """Levels of switches from the node upwards."""
    power_per_accelerator: Power
    """Adapters, optics and the share of all switches, by accelerator."""
    extends: str | None = None
    """Entry from which everything unstated here is taken."""
