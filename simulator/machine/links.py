"""Accelerators tied to each other: what a collective costs between them."""

from dataclasses import dataclass
from functools import cached_property

from simulator.cost.collective import CollectiveLibrary, Group, Operation, Rates, Transfer
from simulator.machine.kernels import UnsupportedError
from simulator.network.topology import Topology
from simulator.spec.accelerator import Accelerator
from simulator.spec.collectives import Collectives


@dataclass(frozen=True)
class Links:
    """Answers what a collective sends and how long it takes.

    Attributes
    ----------
    accelerator : Accelerator
        The accelerator.
    collectives : Collectives
        The collective library.
    topology : Topology
        How accelerators are tied.
    """

    accelerator: Accelerator
    collectives: Collectives
    topology: Topology

    @cached_property
    def library(self) -> CollectiveLibrary:
        """The collective library on this accelerator's links."""
        link = self.accelerator.scale_up.link
        up = self.collectives.scale_up.get(link)
        if up is None:
            known = ", ".join(sorted(self.collectives.scale_up))
            raise UnsupportedError(
                "cluster", f"{self.collectives.name} has no figures for {link} links; it has {known}"
            )
        out = self.collectives.scale_out
        return CollectiveLibrary(
            base_up=up.base,
            step_up=up.step,
            ramp_up=up.ramp,
            switch_reduction=up.switch_reduction,
            switch_reduction_ranks=up.switch_reduction_ranks,
            base_out=out.base,
            ring_step=out.ring_step,
            tree_step=out.tree_step,
            ramp_out=out.ramp,
            tree_efficiency=out.tree_efficiency,
        )

    @cached_property
    def scale_up_rate(self) -> float:
        """Payload bandwidth of one accelerator within its domain [B/s]."""
        link = self.accelerator.scale_up
        return link.bandwidth * self.collectives.scale_up[link.link].efficiency

    def rates(self, ranks: int, stride: int) -> Rates:
        """What one member of a group can move while all groups of its kind do."""
        within = self.scale_up_rate * self.topology.span(ranks, stride).share
        if not self.topology.leaves_domain(ranks, stride):
            return Rates(within, 0.0)
        return Rates(
            within,
            self.topology.scale_out_rate(ranks, stride) * self.collectives.scale_out.efficiency,
            self.topology.hop_latency(ranks, stride),
        )

    def collective(
        self, operation: Operation, size: float, ranks: int, stride: int, copies: int = 1, limit: int = 0
    ) -> Transfer:
        """Start-up and bytes of one member of a collective over every `stride`-th rank.

        `copies` is of interest in an all-to-all only: members to which the same bytes go, of which a domain
        needs one, and `limit` to how many domains at most, 0 for any.
        """
        span = self.topology.span(ranks, stride)
        group = Group(ranks, self.topology.members_per_domain(ranks, stride), span.steps, span.detour)
        return self.library.transfer(operation, size, group, self.rates(ranks, stride), copies, limit)

    def collective_seconds(
        self, operation: Operation, size: float, ranks: int, stride: int, copies: int = 1, limit: int = 0
    ) -> float:
        """Uncontended time of a collective [s]."""
        transfer = self.collective(operation, size, ranks, stride, copies, limit)
        return transfer.seconds(self.rates(ranks, stride))
