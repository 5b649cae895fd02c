"""From a resolved scenario to a machine."""

from simulator.catalogue.resolved import Resolved
from simulator.machine.machine import Machine
from simulator.network.topology import Topology
from simulator.spec.accelerator import Accelerator
from simulator.spec.collectives import Collectives
from simulator.spec.precision import base_precision, low_precision


def bind(resolved: Resolved) -> Machine:
    """Bind the cost models to the parts that a scenario names."""
    precision = resolved.scenario.training.precision
    software, experts = resolved.software, resolved.software.experts
    if experts is not None and experts.wide is not None and resolved.scale_up > resolved.per_node:
        software = software.model_copy(update={"experts": experts.wide})
    accelerator, domain = resolved.accelerator, resolved.scale_up
    if domain == 1 and resolved.per_node > 1:
        accelerator, domain = over_host(accelerator, resolved.collectives), resolved.per_node
    across, flow_across = _across(accelerator, resolved.collectives)
    return Machine(
        accelerator=accelerator,
        software=software,
        collectives=resolved.collectives,
        topology=Topology(
            resolved.per_node,
            domain,
            resolved.network,
            accelerator.scale_up.axes,
            accelerator.scale_up.wraps_from,
            across,
            flow_across,
        ),
        precision=base_precision(precision),
        number=low_precision(precision),
    )


def _across(accelerator: Accelerator, collectives: Collectives) -> tuple[float | None, float]:
    """What passes from half of a node to the other, in all and in a flow, over what an accelerator sends."""
    link = accelerator.scale_up
    performance = collectives.scale_up.get(link.link)
    if performance is None or performance.across is None:
        return None, 1.0
    sent = link.bandwidth * performance.efficiency
    return performance.across / sent, (performance.flow_across or sent) / sent


def over_host(accelerator: Accelerator, collectives: Collectives) -> Accelerator:
    """The accelerator without a fabric of its own: in a node all meet over their host links.

    The link is the slowest generation that carries what copies to the host reach.
    """
    links = collectives.scale_up.items()
    fit = [(up.rate, link) for link, up in links if up.rate and up.rate >= accelerator.host_link]
    if not fit:
        return accelerator
    rate, link = min(fit)
    fabric = accelerator.scale_up.model_copy(update={"link": link, "bandwidth": rate, "axes": None})
    return accelerator.model_copy(update={"scale_up": fabric})
