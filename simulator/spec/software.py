"""The software stack: what the framework launches, moves, overlaps and leaves exposed."""

from typing import Annotated, Literal

from pydantic import Field

from simulator.spec.expert_layers import ExpertLayers
from simulator.spec.fully_sharded import FullySharded
from simulator.spec.part import Count, Fraction, Part, Spec
from simulator.spec.passes import BytesPerElement, OptimizerPass, Pass
from simulator.spec.precision import BasePrecision, LowPrecision
from simulator.spec.quantities import Bytes, Duration
from simulator.spec.recipe import Recipe
from simulator.spec.training import ContextMethod, Lora, Recompute, Schedule, Sharding, TrainingPrecision


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
    synchronization: Duration = 0.0
    """Device idle while the host waits for a number from it, such as the tokens of each expert."""
    link_efficiency: Fraction = 1.0
    """Share of the bandwidth to the host that activations on their way to its memory reach [1]."""


class Overlap(Spec):
    """What runs beside what."""

    tensor_backward: bool
    """Whether the backward collective of a linear layer runs beside its weight gradient."""
    tensor_exposed: Fraction
    """Share of the remaining tensor-parallel communication that is not pipelined into its matrix product
    [1]."""
    tensor_pieces: Count = 1
    """Pieces in which a sum over the tensor group leaves beside its matrix product; an input then arrives in
    one from each member. Nothing is cut into pieces if 1; nor are products with adapters beside them."""
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
    tensor_slowdown: Fraction | None = None
    """The same while tensor-parallel communication does; as any other if left out [1]."""


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
    context_method: ContextMethod = "ring"
    """Default of `parallelism.context_method`."""
    schedule: Schedule | None = None
    """Default of `parallelism.schedule`; by the virtual stages if left out."""
    precision: TrainingPrecision = "bf16"
    """Precision where a row does not say."""
    recompute: Recompute | None = None
    """What its recipes compute again where a row does not say; the lightest that fits in memory if left
    out."""
    lora: Lora | None = None
    """Adapters of its fine-tuning recipes."""
    document_length: Count | None = None
    """Default of `training.document_length` in its fine-tuning recipes."""
    expert_capacity: Annotated[float, Field(gt=0.0)] | None = None
    """Default of `training.expert_capacity`."""


class Software(Part):
    """A framework at a point in time."""

    kind: Literal["software"]
    matches: tuple[str, ...] = ()
    """Texts of published rows that mean this stack (`*` matches anything); with the years of the source
    behind an `@` where the text alone does not tell (`Megatron-LM@2023..2024`, `Megatron-LM@2025..`)."""
    vendors: tuple[str, ...] = ()
    """Makers of the accelerators that rows of this stack ran on, where one text names several stacks; any if
    left out."""
    relatives: tuple[str, ...] = ()
    """Texts of rows of stacks that are not described and resemble this one most."""
    collectives: str
    """Id of the collective library."""
    attention: str
    """`unfused`, or the name of a fused kernel of the accelerator."""
    attention_elsewhere: str | None = None
    """Fused kernel on accelerators without the other."""
    weight_gradient: dict[BasePrecision, BytesPerElement]
    """Accumulating a weight gradient over micro-batches, beyond the matrix product [B per parameter]."""
    fused_accumulation: bool = False
    """Whether the matrix product itself accumulates, so that this traffic hides behind it."""
    recipes: dict[LowPrecision, Recipe] = Field(default_factory=dict)
    """Training below 16 bits."""
    selective: dict[str, Fraction] = Field(default_factory=lambda: {"attention": 1.0})
    """What selective recomputation computes again: products, messages, passes or scopes by name, and which
    share of them [1]. What a pass keeps, or a product as its input, is then made again to the same share,
    unless `<name> input` says otherwise."""
    separate: bool = False
    """Whether queries, keys and values, and gate and value of an MLP, are products of their own."""
    regather: bool = True
    """Whether the input of a column-parallel product is kept cut along the sequence and gathered again for
    its weight gradient, rather than kept whole."""
    offloaded: tuple[str, ...] = ()
    """What of this is kept in host memory, in place of being computed again, where activations are
    offloaded."""
    early_stop: bool = False
    """Whether full recomputation leaves out the last product of the layer, whose output nobody needs."""
    dead_code: bool = False
    """Whether a compiler also leaves out products of a recomputed layer that stand further in front, where a
    parallel block only adds their outputs up."""
    fully_sharded: FullySharded | None = None
    """How `sharding: parameters` works; not supported if left out."""
    experts: ExpertLayers | None = None
    """How layers with experts work; not supported if left out."""
    host_optimizer: Annotated[float, Field(gt=0.0)] | None = None
    """Parameters that the processors of a node update in a second, where optimizer states are kept on the
    host; not supported if left out [parameters/s]."""
    jitter: Fraction = 0.0
    """Relative standard deviation of the time nodes take for the same work; a step waits for the slowest
    [1]."""
    layer: tuple[Pass, ...]
    """Memory-bound operators of one layer."""
    embedding_product: bool = False
    """Whether rows of the embedding table are taken by a product with one-hot rows."""
    embedding: tuple[Pass, ...]
    """Memory-bound operators of the embedding."""
    head: tuple[Pass, ...]
    """Memory-bound operators of the last norm, the logits and the loss."""
    discards: tuple[Literal["qkv", "projection", "mlp up", "mlp down"], ...] = ()
    """Matrix products whose input is not kept for the backward pass but made again by the operator before."""
    optimizer: tuple[OptimizerPass, ...]
    """Sweeps of one optimizer step."""
    states: dict[BasePrecision, States]
    """Bytes kept per parameter, by training precision."""
    gradient_reduction: dict[BasePrecision, BytesPerElement]
    """Bytes on the wire per reduced gradient, by training precision [B per parameter]."""
    reserved_memory: Bytes
    """Context, workspaces and communication buffers on each accelerator."""
    fragmentation: Fraction
    """Memory the allocator holds beyond what is asked for [1]."""
    sustained: Annotated[float, Field(gt=0.0)] = 1.0
    """Rate of this era's matrix libraries over those of the kernel measurements [1]."""
    maturity: dict[str, Fraction] = Field(default_factory=dict)
    """The same of matrix products alone, by family of accelerators for which libraries were still new [1]."""
    host: Host
    overlap: Overlap
    pipeline: Pipeline
    vocabulary_multiple: Count
    """The vocabulary is padded to a multiple of this times the tensor group [tokens]."""
    defaults: Defaults
    spread: Fraction
    """Relative standard deviation of step times that this description leaves [1]."""
    measured_on: tuple[str, ...] = ()
    """Families of accelerators on which `spread` is that of the residuals of `calibration`; there it stands
    for what kernels, links and host contribute too."""
    calibration: tuple[str, ...] = ()
    """Published rows on which a number of this entry was fitted; they count in no accuracy figure."""
    extends: str | None = None
    """Entry from which everything unstated here is taken."""


def recipe_for(software: Software, precision: TrainingPrecision) -> Recipe | None:
    """What a stack does in a training precision; none at 16 bits, or where it has no recipe."""
    for name, recipe in software.recipes.items():
        if name == precision:
            return recipe
    return None
