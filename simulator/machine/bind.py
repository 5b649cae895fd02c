"""From a resolved scenario to a machine."""

from simulator.catalogue.resolved import Resolved
from simulator.machine.machine import Machine
from simulator.network.topology import Topology
from simulator.spec.software import base_precision


def bind(resolved: Resolved) -> Machine:
    """Bind the cost models to the parts that a scenario names."""
    precision = resolved.scenario.training.precision
    low = None if precision == "bf16" or precision == "fp16" else precision
    return Machine(
        accelerator=resolved.accelerator,
        software=resolved.software,
        collectives=resolved.collectives,
        topology=Topology(resolved.per_node, resolved.scale_up, resolved.network),
        precision=base_precision(precision),
        number=low,
    )
