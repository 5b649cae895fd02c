"""What a step consists of: operators and messages, with sizes and no times."""

from dataclasses import dataclass
from typing import Literal

from simulator.spec.accelerator import GemmFormat

Phase = Literal["forward", "backward", "weight", "recompute"]
"""`weight` marks weight gradients, which nothing but the optimizer waits for."""

MessageGroup = Literal["tensor", "context", "expert", "expert_tensor", "host"]
"""Who takes part; the memory of the host stands for a group of its own."""
Collective = Literal["all_reduce", "all_gather", "reduce_scatter", "all_to_all", "send_recv"]


@dataclass(frozen=True, slots=True)
class MatrixProduct:
    """C[m, n] = A[m, k] B[k, n], `batch` times.

    `number` is the format of the inputs, that of the activations if left out; `output` the traffic of an
    element of C [B]; `launches` the kernels that share the batch, `streams` how many of them run at the same
    time [1]; `eager` whether the host launches them, rather than a graph; `pieces` into how many products of
    fewer rows it is cut [1].
    """

    name: str
    phase: Phase
    m: float
    n: float
    k: float
    batch: float = 1.0
    number: GemmFormat | None = None
    output: float = 2.0
    launches: int = 1
    streams: int = 1
    eager: bool = True
    pieces: int = 1

    @property
    def flops(self) -> float:
        """Floating-point operations [FLOP]."""
        return 2.0 * self.m * self.n * self.k * self.batch


@dataclass(frozen=True, slots=True)
class AttentionCore:
    """A fused attention over sequences of equal length."""

    name: str
    phase: Phase
    batch: float
    heads: float
    queries: float
    keys: float
    head_dim: float
    value_dim: float
    causal: bool
    window: float
    flops: float
    eager: bool = True


@dataclass(frozen=True, slots=True)
class Sweep:
    """A memory-bound operator of one or more kernels."""

    name: str
    phase: Phase
    size: float
    kernels: int
    eager: bool = True

    @property
    def flops(self) -> float:
        """Vector arithmetic is not counted [FLOP]."""
        return 0.0


@dataclass(frozen=True, slots=True)
class Message:
    """A collective of a group; `beside` following operators may run while it travels.

    `copies` is to how many members each token of an `all_to_all` goes, where that may save traffic, and
    `limit` on how many nodes these are at most, 0 for any [1].
    """

    name: str
    phase: Phase
    operation: Collective
    size: float
    beside: int = 0
    group: MessageGroup = "tensor"
    copies: int = 1
    limit: int = 0
    eager: bool = True

    @property
    def flops(self) -> float:
        """Reductions are not counted [FLOP]."""
        return 0.0


@dataclass(frozen=True, slots=True)
class Synchronization:
    """The host waits for a number from the device, and the device for the host."""

    name: str
    phase: Phase

    @property
    def flops(self) -> float:
        """Nothing is computed [FLOP]."""
        return 0.0


Operator = MatrixProduct | AttentionCore | Sweep | Message | Synchronization
