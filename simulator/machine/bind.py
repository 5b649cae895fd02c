"""From a resolved scenario to a machine."""

from simulator.catalogue.resolved import Resolved
from simulator.machine.machine import Machine
from simulator.network.topology import Topology


def bind(resolved: Resolved) -> Machine:
    """Bind the cost models to the parts that a scenario names."""
    cluster = resolved.scenario.cluster
    node = resolved.system or cluster
    return Machine(
        accelerator=resolved.accelerator,
        software=resolved.software,
        collectives=resolved.collectives,
        topology=Topology(node.per_node or 1, node.scale_up or 1, resolved.network),
        precision=resolved.scenario.training.precision,
    )
