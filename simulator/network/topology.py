"""Scale-up domains and tiers of switches: who shares a domain, what a link keeps when all send."""

from dataclasses import dataclass

from simulator.spec.network import Network


@dataclass(frozen=True, slots=True)
class Topology:
    """Nodes of equal accelerators in scale-up domains, tied by a network of tiers.

    Ranks are placed in order, so a group of `ranks` members with `stride` covers `ranks` × `stride`
    neighbours.

    Attributes
    ----------
    per_node : int
        Accelerators in a node [1].
    domain : int
        Accelerators in a scale-up domain [1].
    network : Network or None
        The scale-out fabric; none for a single node.

    Examples
    --------
    >>> Topology(per_node=8, domain=8, network=None).members_per_domain(ranks=32, stride=2)
    4
    """

    per_node: int
    domain: int
    network: Network | None

    def members_per_domain(self, ranks: int, stride: int) -> int:
        """Members of a group that share a scale-up domain [1]."""
        return max(1, min(ranks, self.domain // stride))

    def leaves_domain(self, ranks: int, stride: int) -> bool:
        """Whether a group spans more than one scale-up domain."""
        return ranks * stride > self.domain and self.members_per_domain(ranks, stride) < ranks

    def scale_out_rate(self, ranks: int, stride: int) -> float:
        """Payload bandwidth of one member while every group of its kind sends [B/s].

        The adapters of a node are shared by its accelerators. Above an oversubscribed tier each group
        leaves a block once per direction, so the block's uplinks are shared by as many flows as groups pass
        through it.
        """
        if self.network is None:
            return 0.0
        rate = self.network.rate * self.network.adapters / self.per_node * self.network.efficiency
        share = 1.0
        span, carried = ranks * stride, 1.0
        for tier in self.network.tiers:
            block = tier.accelerators
            if block is None or span <= block:
                break
            carried /= tier.oversubscription_above
            share = min(share, carried * block / min(stride, block))
        return rate * share

    def hop_latency(self, ranks: int, stride: int) -> float:
        """Adapters, cables and switches between the farthest neighbours of a group [s]."""
        if self.network is None:
            return 0.0
        latency, span = self.network.adapter_latency, ranks * stride
        for height, tier in enumerate(self.network.tiers):
            latency += tier.latency * (1 if height == 0 else 2)
            if tier.accelerators is None or span <= tier.accelerators:
                break
        return latency
