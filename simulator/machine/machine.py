"""Hardware with a software stack on it: cost models with their parameters bound."""

from dataclasses import dataclass, replace
from functools import cached_property

from simulator.cost.attention import FusedAttention
from simulator.cost.collective import CollectiveLibrary, Group, Operation, Rates, Transfer
from simulator.cost.gemm import Gemm
from simulator.cost.streaming import Streaming
from simulator.machine.kernels import UnsupportedError, bind_attention, bind_gemm, kernels_of
from simulator.network.topology import Topology
from simulator.spec.accelerator import Accelerator, GemmFormat, Kernels
from simulator.spec.collectives import Collectives
from simulator.spec.precision import BasePrecision, LowPrecision
from simulator.spec.software import Software


@dataclass(frozen=True)
class Machine:
    """Answers how long a kernel takes and what a collective sends.

    Attributes
    ----------
    accelerator : Accelerator
        The accelerator, with kernel parameters.
    software : Software
        The software stack.
    collectives : Collectives
        The collective library.
    topology : Topology
        How accelerators are tied.
    precision : str
        Number format of what is not computed below 16 bits.
    number : str or None
        Format of the matrix products of the layers, where it is below 16 bits.
    """

    accelerator: Accelerator
    software: Software
    collectives: Collectives
    topology: Topology
    precision: BasePrecision
    number: LowPrecision | None = None

    @property
    def kernels(self) -> Kernels:
        """Kernel parameters of the accelerator."""
        return kernels_of(self.accelerator)

    @property
    def sustained(self) -> float:
        """Rate kept in training over the rate of the kernel measurements [1]."""
        return self.kernels.sustained * self.software.sustained

    @property
    def _products(self) -> float:
        """Rate that matrix products keep, with libraries that may still be new to the accelerator [1]."""
        return self.sustained * self.software.maturity.get(self.accelerator.family, 1.0)

    @cached_property
    def gemm(self) -> Gemm:
        """Matrix products in 16 bits, at the rate that training sustains."""
        return bind_gemm(self.accelerator, self.precision, self._products)

    @cached_property
    def low_gemm(self) -> dict[GemmFormat, Gemm]:
        """Matrix products below 16 bits, by format, whose inputs are in the format already."""
        recipe = self.software.recipes.get(self.number) if self.number else None
        if recipe is None:
            return {}
        return {
            number: replace(
                bind_gemm(self.accelerator, number, self._products), cast=0.0, launch=self.gemm.launch
            )
            for number in dict.fromkeys((recipe.gemm, recipe.weight_gradient))
        }

    def product_seconds(
        self,
        m: float,
        n: float,
        k: float,
        batch: float = 1.0,
        number: GemmFormat | None = None,
        output: float = 2.0,
        launches: int = 1,
    ) -> float:
        """Time of a matrix product whose batch is spread over some launches [s]."""
        gemm = self.low_gemm[number] if number and number != self.precision else self.gemm
        if output != gemm.output:
            gemm = replace(gemm, output=output)
        return launches * float(gemm.seconds(m, n, k, batch / launches))

    @property
    def bandwidth(self) -> float:
        """Achieved memory bandwidth [B/s]."""
        return self.accelerator.memory.bandwidth * self.kernels.memory_efficiency

    @cached_property
    def streaming(self) -> Streaming:
        """Memory-bound operators."""
        return Streaming(self.bandwidth, self.kernels.launch)

    @cached_property
    def attention(self) -> FusedAttention:
        """The fused attention kernel of the software stack, at the rate that training sustains."""
        recipe = self.software.recipes.get(self.number) if self.number else None
        name = recipe.attention if recipe and recipe.attention else self.software.attention
        if name not in self.kernels.attention and self.software.attention_elsewhere:
            name = self.software.attention_elsewhere
        return bind_attention(self.accelerator, name, self.sustained)

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
