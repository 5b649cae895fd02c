"""The software stack: what the framework launches, moves, overlaps and leaves exposed."""

from typing import Annotated, Literal

from pydantic import Field

from simulator.spec.part import Count, Fraction, Part, Spec
from simulator.spec.quantities import Bytes, Duration
from simulator.spec.training import Sharding

Tensor = Literal["hidden", "attention", "qkv", "scores", "ffn", "ffn_pair", "logits", "tokens"]
"""Tensors of a layer, by what one token of them holds: the residual stream (cut along the sequence only with
sequence parallelism), the attention output, queries with keys and values, one score per head and earlier
token, the inner MLP activation, the same before gating, the logits, one number per token."""

BytesPerElement = Annotated[float, Field(ge=0.0)]
Launches = Annotated[int, Field(ge=0)]


TrainingPrecision = Literal["fp16", "bf16"]


class Pass(Spec):
    """A memory-bound operator: how many bytes it moves for each element of the tensor it runs over."""

    name: str
    """Name in the record."""
    tensor: Tensor
    """Tensor it runs over."""
    forward: BytesPerElement
    """Read and written forward [B per element]."""
    backward: BytesPerElement
    """Read and written backward [B per element]."""
    forward_kernels: Launches = 1
    """Kernels launched forward [1]."""
    backward_kernels: Launches = 1
    """Kernels launched backward [1]."""
    scope: Literal["attention", "projection", "mlp"] = "projection"
    """Where it belongs: `attention` is what selective recomputation computes again."""
    stored: BytesPerElement = 0.0
    """Kept for the backward pass [B per element]."""
    when: Literal["always", "rotary", "gated", "plain", "biases"] = "always"
    """The models in which it occurs."""


class OptimizerPass(Spec):
    """One sweep of the optimizer over its parameters."""

    name: str
    """Name in the record."""
    bytes: BytesPerElement
    """Read and written [B per parameter]."""
    sharded: bool = True
    """Whether a sharded optimizer sweeps its share only."""
    precision: TrainingPrecision | None = None
    """Training precision in which the sweep occurs; both if left out."""


class States(Spec):
    """Bytes kept per parameter."""

    weights: BytesPerElement
    """Weights the model computes with [B per parameter]."""
    gradients: BytesPerElement
    """Gradients, as accumulated over micro-batches [B per parameter]."""
    optimizer: BytesPerElement
    """Master weights and moments [B per parameter]."""


class Host(Spec):
    """The process that launches kernels."""

    launch: Duration
    """Host time of one kernel launch, framework overhead included."""
    iteration: Duration
    """Host time of a step outside forward, backward and optimizer (data, logging, timers)."""


class Overlap(Spec):
    """What runs beside what."""

    tensor_backward: bool
    """Whether the backward collective of a linear layer runs beside its weight gradient."""
    tensor_exposed: Fraction
    """Share of the remaining tensor-parallel communication that is not pipelined into its matrix product
    [1]."""
    pipeline: bool
    """Whether activations travel beside compute; otherwise the sender waits for the receiver."""
    gradients: bool
    """Default of `parallelism.overlap_gradients`."""
    parameters: bool
    """Default of `parallelism.overlap_parameters`."""
    bucket: Bytes
    """Gradients reduced, or parameters gathered, at once."""
    slowdown: Fraction
    """Compute time added while a collective runs beside it [1]."""


class Pipeline(Spec):
    """How activations pass from stage to stage."""

    scatter_gather: bool
    """Whether each rank of the tensor group sends its share and the receivers gather it."""
    backward_gathers: Annotated[int, Field(ge=1)] = 1
    """Gathers over the tensor group that a scattered gradient costs: its own, and the stage's output again
    [1]."""
    synchronization: Duration
    """Device synchronisation after each send or receive, until kernels flow again."""


class Defaults(Spec):
    """What the framework does where a user, or a published row, says nothing."""

    sharding: Sharding
    """Default of `parallelism.sharding`."""
    sequence_parallel: bool
    """Default of `parallelism.sequence_parallel` where a tensor group exists."""


class Software(Part):
    """A framework at a point in time."""

    kind: Literal["software"]
    matches: tuple[str, ...] = ()
    """Texts of published rows that mean this stack (`*` matches anything)."""
    collectives: str
    """Id of the collective library."""
    attention: str
    """`unfused`, or the name of a fused kernel of the accelerator."""
    weight_gradient: dict[TrainingPrecision, BytesPerElement]
    """Accumulating a weight gradient over micro-batches, beyond the matrix product [B per parameter]."""
    layer: tuple[Pass, ...]
    """Memory-bound operators of one layer."""
    embedding: tuple[Pass, ...]
    """Memory-bound operators of the embedding."""
    head: tuple[Pass, ...]
    """Memory-bound operators of the last norm, the logits and the loss."""
    discards: tuple[Literal["qkv", "projection", "mlp up", "mlp down"], ...] = ()
    """Matrix products whose input is not kept for the backward pass but made again by the operator before."""
    optimizer: tuple[OptimizerPass, ...]
    """Sweeps of one optimizer step."""
    states: dict[TrainingPrecision, States]
    """Bytes kept per parameter, by training precision."""
    gradient_reduction: dict[TrainingPrecision, BytesPerElement]
    """Bytes on the wire per reduced gradient, by training precision [B per parameter]."""
    reserved_memory: Bytes
    """Context, workspaces and communication buffers on each accelerator."""
    fragmentation: Fraction
    """Memory the allocator holds beyond what is asked for [1]."""
    sustained: Annotated[float, Field(gt=0.0)] = 1.0
    """Rate of this era's matrix libraries over those of the kernel measurements [1]."""
    host: Host
    overlap: Overlap
    pipeline: Pipeline
    vocabulary_multiple: Count
    """The vocabulary is padded to a multiple of this times the tensor group [tokens]."""
    defaults: Defaults
    spread: Fraction
    """Relative standard deviation of step times that this description leaves [1]."""
    calibration: tuple[str, ...] = ()
    """Published rows on which a number of this entry was fitted; they count in no accuracy figure."""
    extends: str | None = None
    """Entry from which everything unstated here is taken."""
