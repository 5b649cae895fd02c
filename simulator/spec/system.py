"""One node: what it holds, how that is tied, what the rest draws and how often it fails."""

from typing import Literal

from simulator.spec.part import Count, Part, Spec
from simulator.spec.quantities import Duration, Power


class Host(Spec):
    """Everything of a node that is not an accelerator: processors, memory, fans, power supplies."""

    idle_power: Power
    """Power of the node's host side when nothing runs."""
    active_power: Power
    """Power of the node's host side while training."""


class Reliability(Spec):
    """How often a node stops a job, and how long it is gone."""

    mtbf: Duration
    """Mean time between failures of one node that interrupt a job."""
    repair_time: Duration
    """Mean time until a failed node is back in the pool."""


class System(Part):
    """A node, as sold or as built."""

    kind: Literal["system"]
    accelerator: str
    """Id of the accelerator."""
    per_node: Count
    """Accelerators in a node."""
    scale_up: Count
    """Accelerators in one scale-up domain; 1 means they reach each other over the host only."""
    network: str
    """Id of the network the node is usually sold with."""
    host: Host
    reliability: Reliability
    extends: str | None = None
    """Entry from which everything unstated here is taken."""
