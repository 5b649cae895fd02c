"""From a resolved scenario to a machine."""

from simulator.catalogue.resolved import Resolved
from simulator.machine.machine import Machine
from simulator.network.topology import Topology


def bind(resolved: Resolved) -> Machine:
    """Bind the cost models to the parts that a scenario names."""
    cluster = resolved.scenario.cluster
    per_node = resolved.system.per_node if resolved.system else cluster.per_node
    domain = resolved.system.scale_up if resolved.system else cluster.scale_up
    assert per_node is not None and domain is not None  # the spec demands them where no system is named
    return Machine(
        accelerator=resolved.accelerator,
        software=resolved.software,
        collectives=resolved.collectives,
        topology=Topology(per_node, domain, resolved.network),
        precision=resolved.scenario.training.precision,
    )
