"""Scale-up domains and tiers of switches: who shares a domain, what a link keeps when all send."""

from dataclasses import dataclass
from math import prod
from typing import NamedTuple

from simulator.spec.network import Network


class Span(NamedTuple):
    """What a group has of its scale-up domain.

    Attributes
    ----------
    share : float
        Bandwidth of one member within the domain over that of all its links [1].
    steps : int or None
        Steps around the group; one less than its members if none.
    detour : float
        Links that what goes to a member drawn at random passes, over one, less what travels both ways [1].
    """

    share: float = 1.0
    steps: int | None = None
    detour: float = 1.0


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
    axes : int or None
        Axes of the torus that a domain is; links go from each to each if none [1].
    wraps_from : int
        Shortest axis whose ends are joined [1].
    across : float or None
        What passes between the two halves of a node, over what one accelerator sends; all if none [1].
    flow_across : float
        What one accelerator sends to one of the other half, over what it sends within its own [1].

    Examples
    --------
    >>> Topology(per_node=8, domain=8, network=None).members_per_domain(ranks=32, stride=2)
    4
    """

    per_node: int
    domain: int
    network: Network | None
    axes: int | None = None
    wraps_from: int = 1
    across: float | None = None
    flow_across: float = 1.0

    def span(self, ranks: int, stride: int) -> Span:
        """Links of the domain that serve a group.

        On a torus a group has the links of the axes along which it lies. Where the ends of an axis are not
        joined, or the group is only a part of it, it goes round at half the rate; where other groups lie
        between its members, they share the links (Austin et al. 2025, "How to Scale Your Model", chapters on
        TPUs and on sharding).

        Examples
        --------
        >>> pod = Topology(per_node=8, domain=256, network=None, axes=2, wraps_from=16)
        >>> pod.span(256, 1)
        Span(share=1.0, steps=30, detour=8.0)
        >>> pod.span(16, 16)
        Span(share=0.5, steps=15, detour=4.0)
        """
        if self.axes is None:
            return self._through_host(self.members_per_domain(ranks, stride), stride)
        share, steps, far = 0.0, 0, 0.0
        between, left = stride, self.members_per_domain(ranks, stride)
        for length in lengths(self.domain, self.axes, self.wraps_from):
            if between >= length:
                between = -(-between // length)
                continue
            along = min(left, length // between)
            left = -(-left // along)
            if along > 1:
                closed = along * between == length and length >= self.wraps_from
                share += (1.0 if closed else 0.5) / between / self.axes
                steps += along - 1
                far += along / 4.0
            between = 1
        return Span(share or 1.0, steps or None, max(1.0, far))

    def _through_host(self, members: int, stride: int) -> Span:
        """Links of a group of which half is at each of the two processors of a node.

        A ring passes from one to the other once each way, as do the rings of the groups beside it; of what
        members send each other one by one, a quarter does.
        """
        half = self.per_node // 2
        if self.across is None or half == 0 or members * stride <= half:
            return Span()
        flows = min(stride, half)
        share = min(1.0, self.flow_across, self.across / flows)
        quarter = members**2 / (4.0 * max(1, members - 1))
        return Span(share, None, max(1.0, quarter * share * flows / self.across))

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


def lengths(domain: int, axes: int, wraps_from: int = 1) -> tuple[int, ...]:
    """Accelerators along each axis of a torus, as equal as they can be, the shortest first.

    Where that is possible, axes are made of whole pieces of the length from which they are closed, such as
    the cubes of 4 x 4 x 4 that optical switches join.

    Examples
    --------
    >>> lengths(256, 2, 16), lengths(128, 2, 16), lengths(192, 3, 4)
    ((16, 16), (8, 16), (4, 4, 12))
    """
    piece = 1 if domain % wraps_from**axes else wraps_from
    found: list[int] = []
    for rest in range(axes, 0, -1):
        left = domain // piece**axes // prod(found)
        root = round(left ** (1.0 / rest))
        found.append(next(n for n in range(root, 0, -1) if left % n == 0))
    return tuple(sorted(piece * n for n in found))
