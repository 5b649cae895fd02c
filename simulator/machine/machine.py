"""Hardware with a software stack on it: cost models with their parameters bound."""

from dataclasses import dataclass
from functools import cached_property

from simulator.cost.attention import FusedAttention
from simulator.cost.collective import CollectiveLibrary, Group, Operation, Rates, Transfer
from simulator.cost.gemm import Gemm
from simulator.cost.streaming import Streaming
from simulator.network.topology import Topology
from simulator.spec.accelerator import Accelerator, Kernels
from simulator.spec.collectives import Collectives
from simulator.spec.software import Software


class UnsupportedError(ValueError):
    """The catalogue lacks what this combination needs.

    Attributes
    ----------
    path : str
        Dotted path of the field to change.
    """

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path


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
        Number format of the matrix products.
    """

    accelerator: Accelerator
    software: Software
    collectives: Collectives
    topology: Topology
    precision: str

    @property
    def kernels(self) -> Kernels:
        """Kernel parameters of the accelerator.

        Raises
        ------
        UnsupportedError
            If the accelerator has none.
        """
        if self.accelerator.kernels is None:
            raise UnsupportedError(
                "cluster", f"`{self.accelerator.name}` has no kernel parameters to simulate with"
            )
        return self.accelerator.kernels

    @property
    def peak(self) -> float:
        """Dense peak at the training precision [FLOP/s]."""
        peaks = self.accelerator.compute.peak
        if self.precision not in peaks:
            known = ", ".join(p for p in peaks if p in ("bf16", "fp16"))
            raise UnsupportedError(
                "training.precision", f"{self.accelerator.name} has no {self.precision} peak; it has {known}"
            )
        return peaks[self.precision]

    @property
    def sustained(self) -> float:
        """Rate kept in training over the rate of the kernel measurements [1]."""
        return self.kernels.sustained * self.software.sustained

    @cached_property
    def gemm(self) -> Gemm:
        """Matrix products at the training precision."""
        peak, parameters = self.peak, self.kernels.gemm.get(self.precision)  # type: ignore[call-overload]
        if parameters is None:
            raise UnsupportedError(
                "training.precision",
                f"{self.accelerator.name} has no {self.precision} matrix-product parameters",
            )
        return Gemm(
            rate=peak * parameters.efficiency * self.sustained,
            units=self.accelerator.compute.units,
            tiles=parameters.tiles,
            small_tile_loss=parameters.small_tile_loss,
            ramp_depth=parameters.ramp_depth,
            wave_weight=parameters.wave_weight,
            bandwidth=self.bandwidth,
            launch=self.kernels.launch,
            bytes_per_element=2.0,
        )

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
        """The fused attention kernel of the software stack."""
        parameters = self.kernels.attention.get(self.software.attention)
        if parameters is None:
            known = ", ".join(sorted(self.kernels.attention)) or "none"
            raise UnsupportedError(
                "software",
                f"{self.accelerator.name} has no parameters for attention `{self.software.attention}`, "
                f"which {self.software.name} uses; it has {known}",
            )
        rate = self.peak * self.sustained
        return FusedAttention(
            rate * parameters.forward_efficiency,
            rate * parameters.backward_efficiency,
            parameters.half_length,
            self.kernels.launch,
        )

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
        if not self.topology.leaves_domain(ranks, stride):
            return Rates(self.scale_up_rate, 0.0)
        return Rates(
            self.scale_up_rate,
            self.topology.scale_out_rate(ranks, stride),
            self.topology.hop_latency(ranks, stride),
        )

    def collective(self, operation: Operation, size: float, ranks: int, stride: int) -> Transfer:
        """Start-up and bytes of one member of a collective over every `stride`-th rank."""
        group = Group(ranks, self.topology.members_per_domain(ranks, stride))
        return self.library.transfer(operation, size, group, self.rates(ranks, stride))

    def collective_seconds(self, operation: Operation, size: float, ranks: int, stride: int) -> float:
        """Uncontended time of a collective [s]."""
        return self.collective(operation, size, ranks, stride).seconds(self.rates(ranks, stride))
