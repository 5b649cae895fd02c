"""What a step consists of: operators and messages, with sizes and no times."""

from dataclasses import dataclass
from typing import Literal

Phase = Literal["forward", "backward", "recompute"]
TensorOperation = Literal["all_reduce", "all_gather", "reduce_scatter"]


@dataclass(frozen=True, slots=True)
class MatrixProduct:
    """C[m, n] = A[m, k] B[k, n], `batch` times."""

    name: str
    phase: Phase
    m: float
    n: float
    k: float
    batch: float = 1.0

    @property
    def flops(self) -> float:
        """Floating-point operations [FLOP]."""
        return 2.0 * self.m * self.n * self.k * self.batch


@dataclass(frozen=True, slots=True)
class AttentionCore:
    """A fused attention over causal sequences of equal length."""

    name: str
    phase: Phase
    batch: float
    heads: float
    sequence: float
    head_dim: float
    flops: float


@dataclass(frozen=True, slots=True)
class Sweep:
    """A memory-bound operator of one or more kernels."""

    name: str
    phase: Phase
    size: float
    kernels: int

    @property
    def flops(self) -> float:
        """Vector arithmetic is not counted [FLOP]."""
        return 0.0


@dataclass(frozen=True, slots=True)
class Message:
    """A collective of the tensor group; `beside` following operators may run while it travels."""

    name: str
    phase: Phase
    operation: TensorOperation
    size: float
    beside: int = 0

    @property
    def flops(self) -> float:
        """Reductions are not counted [FLOP]."""
        return 0.0


Operator = MatrixProduct | AttentionCore | Sweep | Message
