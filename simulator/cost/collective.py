"""Start-up time and bytes per link tier of a collective, as the library would choose to run it."""

from dataclasses import dataclass
from math import ceil, log2, sqrt
from typing import Literal

Operation = Literal["all_reduce", "all_gather", "reduce_scatter", "all_to_all", "send_recv"]


@dataclass(frozen=True, slots=True)
class Group:
    """How the members of a collective sit on the machine.

    Attributes
    ----------
    ranks : int
        Members [1].
    per_domain : int
        Members in one scale-up domain [1].
    steps : int or None
        Steps around the members in one domain; one less than they are if none [1].
    detour : float
        Bytes on the links of a domain over those sent, where others' pass through [1].
    """

    ranks: int
    per_domain: int
    steps: int | None = None
    detour: float = 1.0

    @property
    def domains(self) -> int:
        """Scale-up domains the group spans [1]."""
        return ceil(self.ranks / self.per_domain)


@dataclass(frozen=True, slots=True)
class Rates:
    """What one member can move while all its siblings move too.

    Attributes
    ----------
    scale_up, scale_out : float
        Achieved payload bandwidth of one member within its domain and out of it [B/s].
    hop_latency : float
        Adapters, wire and switches between two domains [s].
    """

    scale_up: float
    scale_out: float
    hop_latency: float = 0.0


@dataclass(frozen=True, slots=True)
class Transfer:
    """What one member of a collective sends.

    Attributes
    ----------
    startup : float
        Time before and between the data [s].
    scale_up, scale_out : float
        Bytes on its scale-up link and on its share of the scale-out links, each inflated by what filling the
        pipelines costs [B].
    """

    startup: float
    scale_up: float
    scale_out: float

    def seconds(self, rates: Rates) -> float:
        """Uncontended time: start-up, then the slower tier, since the tiers are pipelined [s]."""
        up = self.scale_up / rates.scale_up if self.scale_up else 0.0
        out = self.scale_out / rates.scale_out if self.scale_out else 0.0
        return self.startup + max(up, out)


NOTHING = Transfer(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class CollectiveLibrary:
    """A library that runs each collective by the faster of ring and tree.

    Ring: every member passes each byte on once (twice in an all-reduce), one step per member. Tree
    (all-reduce only): a chain in each domain, a double binary tree over the domains, so that steps grow
    with the logarithm of the domains. The library changes its wire protocol with the size of the message;
    the envelope of the protocols, as nccl-tests measures it, is a transfer time stretched by 1 + √(ramp ÷
    bytes sent).

    Attributes
    ----------
    base_up, step_up, ramp_up : float
        Start [s], step [s] and ramp [B] within a scale-up domain.
    switch_reduction : float
        A large all-reduce computed in the switch over one by ring [1].
    switch_reduction_ranks : int
        Fewest members with which the switch computes [1].
    base_out, ring_step, tree_step, ramp_out : float
        Start [s], steps [s] and ramp [B] between domains.
    tree_efficiency : float
        Payload bandwidth of a tree over that of a ring [1].

    Notes
    -----
    Algorithms, steps and the linear or logarithmic growth of latency as in NCCL's own tuning model
    (`src/graph/tuning.cc`, NCCL 2.30.7).

    Examples
    --------
    >>> nccl = CollectiveLibrary(8e-6, 0.9e-6, 8.6e-6 * 1e12, 1.0, 2, 20e-6, 2.7e-6, 14e-6, 8.6e6, 0.92)
    >>> rates = Rates(scale_up=240e9, scale_out=23e9)
    >>> nccl.transfer("all_reduce", 0.0, Group(8, 8), rates)
    Transfer(startup=0.0, scale_up=0.0, scale_out=0.0)
    """

    base_up: float
    step_up: float
    ramp_up: float
    switch_reduction: float
    switch_reduction_ranks: int
    base_out: float
    ring_step: float
    tree_step: float
    ramp_out: float
    tree_efficiency: float

    def transfer(
        self, operation: Operation, size: float, group: Group, rates: Rates, copies: int = 1, limit: int = 0
    ) -> Transfer:
        """The fastest way to run `operation` on `size` bytes.

        Parameters
        ----------
        operation : str
            `all_reduce`: `size` is one member's buffer; `all_gather` and `reduce_scatter`: the whole
            buffer, as in nccl-tests; `all_to_all`: what one member sends to all; `send_recv`: what goes from
            one member to the next.
        size : float
            Message size [B].
        group : Group
            Members and their places.
        rates : Rates
            Links of one member.
        copies : int
            Members to which the same bytes of an `all_to_all` go; a domain gets them once [1].
        limit : int
            Most domains in which these members are; 0 for any [1].

        Returns
        -------
        Transfer
            Start-up and bytes of one member.
        """
        if group.ranks == 1 or size == 0.0:
            return NOTHING
        if operation == "all_to_all":
            return self._all_to_all(size, group, rates, copies, limit)
        ring = self._ring(operation, size, group, rates)
        if operation != "all_reduce" or group.domains == 1:
            return ring
        return min(ring, self._tree(size, group, rates), key=lambda way: way.seconds(rates))

    def _ring(self, operation: Operation, size: float, group: Group, rates: Rates) -> Transfer:
        rounds = 2 if operation == "all_reduce" else 1
        hops = 1 if operation == "send_recv" else group.ranks - 1
        out_hops = hops if group.per_domain == 1 else group.domains - 1
        inner = hops - out_hops if group.steps is None else min(hops - out_hops, group.steps * group.domains)
        startup = rounds * (inner * self.step_up + out_hops * (self.ring_step + rates.hop_latency))
        sent = size if operation == "send_recv" else rounds * size * (group.ranks - 1) / group.ranks
        if operation == "all_reduce" and group.domains == 1 and group.ranks >= self.switch_reduction_ranks:
            sent /= self.switch_reduction
        return self._way(startup, sent, group)

    def _all_to_all(self, size: float, group: Group, rates: Rates, copies: int, limit: int) -> Transfer:
        """Every member sends each other one its share, all at once.

        With `copies` members drawn at random, a token goes to (d − 1)(1 − (1 − 1/d)^copies) of the other
        d − 1 domains instead of to (d − 1)/d × copies members of them.
        """
        domains, leaves = group.domains, group.domains > 1
        within = size * (group.per_domain - 1) / group.ranks
        out = size * (group.ranks - group.per_domain) / group.ranks
        if copies > 1:
            # A member gets each token once, and so does each other domain, which hands it on.
            members = (group.ranks - 1) * (1.0 - (1.0 - 1.0 / group.ranks) ** copies)
            within = size * members / copies
            reached = domains * (1.0 - (1.0 - 1.0 / domains) ** copies)
            out = size * min(reached, limit or reached) * (domains - 1) / domains / copies
        step = self.ring_step + rates.hop_latency if leaves else self.step_up
        ramp = self.ramp_out if leaves else self.ramp_up
        stretch = 1.0 + sqrt(ramp / size)
        return Transfer(
            startup=(self.base_out if leaves else self.base_up) + step,
            scale_up=within * stretch * group.detour,
            scale_out=out * stretch,
        )

    def _tree(self, size: float, group: Group, rates: Rates) -> Transfer:
        levels = log2(group.domains)
        chain = (group.per_domain - 1 if group.steps is None else group.steps) * self.step_up
        startup = 2.0 * (chain + levels * (self.tree_step + rates.hop_latency))
        return self._way(startup, 2.0 * size / self.tree_efficiency, group)

    def _way(self, startup: float, sent: float, group: Group) -> Transfer:
        """Bytes per tier: what leaves a domain is shared by the links of all members in it."""
        leaves = group.domains > 1
        sent *= 1.0 + sqrt((self.ramp_out if leaves else self.ramp_up) / sent)
        return Transfer(
            startup=startup + (self.base_out if leaves else self.base_up),
            scale_up=sent if group.per_domain > 1 else 0.0,
            scale_out=sent / group.per_domain if leaves else 0.0,
        )
