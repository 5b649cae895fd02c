"""The software stack: what the framework launches, moves, overlaps and leaves exposed."""

from typing import Annotated, Literal

from pydantic import Field

from simulator.spec.accelerator import GemmFormat
from simulator.spec.part import Count, Fraction, Part, Spec
from simulator.spec.quantities import Bytes, Duration
from simulator.spec.training import ContextMethod, Lora, Recompute, Schedule, Sharding, TrainingPrecision

Tensor = Literal[
    "hidden",
    "attention",
    "qkv",
    "latent",
    "scores",
    "ffn",
    "ffn_pair",
    "routed",
    "expert_ffn",
    "expert_ffn_pair",
    "shared_ffn",
    "router",
    "logits",
    "tokens",
    "weights",
    "expert_weights",
]
"""Tensors of a layer, by what one token of them holds: the residual stream (cut along the sequence only with
sequence parallelism), the attention output, queries with keys and values, the same in their low-rank form
(latent attention), one score per head and earlier token, the inner MLP activation, the same before gating, a
copy of the residual for each expert of the token, the inner activation of those experts, the same before
gating, that of the shared experts, one number per expert, the logits, one number per token; and the matrices of
a layer and of its experts, whatever the tokens."""

BytesPerElement = Annotated[float, Field(ge=0.0)]
Launches = Annotated[int, Field(ge=0)]


BasePrecision = Literal["fp16", "bf16"]
"""16-bit formats; training below 16 bits rests on bf16."""

def base_precision(precision: TrainingPrecision) -> BasePrecision:
    """Format of what is not computed below 16 bits."""
    return "fp16" if precision == "fp16" else "bf16"


LowPrecision = Literal["fp8", "fp8_block", "mxfp8", "nvfp4", "int8"]


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
    scope: Literal["attention", "projection", "mlp", "router", "dispatch", "expert", "combine"] = "projection"
    """Where it runs: in front of or within attention, in front of the MLP; and in a layer with experts at the
    router, in front of the exchange of tokens, within the experts, and behind them."""
    stored: BytesPerElement = 0.0
    """Kept for the backward pass [B per element]."""
    rate: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    """Share of the memory bandwidth that its kernels reach, where other work holds them up [1]."""
    when: Literal[
        "always",
        "rotary",
        "gated",
        "plain",
        "biases",
        "qk_norm",
        "latent",
        "context",
        "shared",
        "tensor",
    ] = "always"
    """The models in which it occurs."""


class OptimizerPass(Spec):
    """One sweep of the optimizer over its parameters."""

    name: str
    """Name in the record."""
    bytes: BytesPerElement
    """Read and written [B per parameter]."""
    sharded: bool = True
    """Whether a sharded optimizer sweeps its share only."""
    precision: BasePrecision | None = None
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
    synchronization: Duration = 0.0
    """Device idle while the host waits for a number from it, such as the tokens of each expert."""
    link_efficiency: Fraction = 1.0
    """Share of the bandwidth to the host that activations on their way to its memory reach [1]."""


class Recipe(Spec):
    """What a framework does in a format below 16 bits."""

    gemm: GemmFormat
    """Format of the products of the layers, forward and for input gradients."""
    weight_gradient: GemmFormat
    """Format of the products for weight gradients."""
    cast: BytesPerElement
    """Read and written to bring an input of a product into the format where no earlier kernel does it [B per
    element]."""
    cast_kernels: Launches = 1
    """Kernels of such a cast [1]."""
    weight_cast: BytesPerElement
    """Read and written to bring a weight into the format, with its transpose [B per element]."""
    weight_cast_every: Literal["step", "micro-batch"] = "step"
    """How often weights are cast."""
    fused: tuple[Literal["qkv", "projection", "mlp up", "mlp down"], ...] = ()
    """Products whose input the kernel before already writes in the format."""
    saved: BytesPerElement = 2.0
    """Inputs of products kept for the backward pass [B per element]."""
    gather: BytesPerElement = 2.0
    """Parameters gathered by sharded replicas [B per parameter]."""
    tensor_gather: BytesPerElement = 2.0
    """Activations, and gradients of outputs, gathered over the tensor group [B per element]."""
    weights: BytesPerElement = 2.0
    """Weights held in place of those of the base precision [B per parameter]."""
    dispatch: BytesPerElement = 2.0
    """Tokens on their way to experts [B per element]."""
    attention: str | None = None
    """Fused attention in this format, if another than usual."""


class FullySharded(Spec):
    """Parameters that are gathered layer by layer (FSDP, ZeRO-3)."""

    gather: BytesPerElement
    """Gathered parameters on the wire [B per parameter]."""
    prefetch: Launches
    """Layers gathered ahead of the one that computes [1]."""
    reshard: bool
    """Whether parameters are dropped after the forward pass and gathered again backward."""
    reduce_every: Literal["micro-batch", "step"]
    """When gradients leave: after every micro-batch, or accumulated."""
    reduce: BytesPerElement | None = None
    """Reduced gradients on the wire; as `gradient_reduction` says if left out [B per parameter]."""
    exposed: Fraction = 0.0
    """Share of the collectives of a layer that nothing hides, as where every turn of a compiled loop gathers
    its own parameters [1]."""
    copy_messages: Count = 1
    """Collectives over copies of the shards in which the gradients of a layer are added [1]."""
    copies_beside: bool = True
    """Whether gradients are added over copies of the shards as they leave; else when all have left."""
    copies: BytesPerElement
    """Read and written around the collectives: parameters cast and packed, gradients cast and divided [B per
    parameter and micro-batch]."""
    kernels: Launches = 0
    """Kernels launched around the collectives of one layer [1]."""
    gradients: bool = False
    """Whether `sharding: gradients` works alike, but keeps gathered parameters from the forward to the backward
    pass; otherwise parameters are whole between steps."""
    ends: BytesPerElement = 0.0
    """Embedding and logits held gathered from the first layer to the last, with the buffers in which they
    came [B per parameter]."""
    reshard_pipelined: bool = True
    """Whether `reshard` also holds where the model is cut into stages."""
    offload: bool = False
    """Whether its recipes keep activations in host memory, where they do not fit, rather than compute them
    again; for published rows that say nothing."""


CapturedPart = Literal["attention", "router", "experts"]
"""Parts of a layer with experts: all in front of the router; the router with what prepares the exchange;
the exchange, the experts and the way back."""


class ExpertLayers(Spec):
    """How a framework runs layers with experts."""

    deduplicated: bool
    """Whether a token goes once to each node, and to each rank, that has experts for it."""
    node_limited_only: bool = False
    """Whether tokens are deduplicated only in models that limit the nodes of a token, and where the exchange
    leaves a scale-up domain."""
    grouped: bool
    """Whether the experts of a rank are one launch; otherwise each is a launch of its own."""
    synchronizations: Launches
    """Times the forward pass of a layer waits for numbers from the device [1]."""
    overlap: Fraction = 0.0
    """Share of the exchange of tokens that hides behind the compute of another micro-batch, as far as there
    is as much of it [1]."""
    overlap_within: bool = True
    """Whether it hides also where all members of the exchange are in one scale-up domain."""
    launch: Duration | None = None
    """Host time of a kernel launch in these layers, whose modules treat each expert by itself; that of `host`
    if left out."""
    shared_overlap: bool = False
    """Whether the shared experts run beside the exchange of tokens."""
    efficiency: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    """Bandwidth of the exchange over that of a ring, within a scale-up domain [1]."""
    efficiency_across: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    """The same where the exchange leaves the domain [1]."""
    streams: Count = 1
    """Products of experts that run at the same time, where each is a launch of its own [1]."""
    masks: bool = False
    """Whether tokens reach their experts, and come back, by products with one-hot masks of each sequence, so
    that an expert has a place for as many tokens of it as its capacity allows."""
    permutation: Fraction = 1.0
    """Share of the passes of scope `dispatch` and `combine` that is left where the exchange itself puts tokens
    in the order of experts and back [1]."""
    captured: tuple[CapturedPart, ...] = ()
    """Parts of a layer with experts that a graph replays, so that the host launches none of their kernels."""
    wide: "ExpertLayers | None" = None
    """How it works where a scale-up domain spans several nodes; as elsewhere if left out."""


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
    """What its recipes compute again where a row does not say; the lightest that fits in memory if left out."""
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
    """Texts of published rows that mean this stack (`*` matches anything); with the years of the source behind
    an `@` where the text alone does not tell (`Megatron-LM@2023..2024`, `Megatron-LM@2025..`)."""
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
    """What of this is kept in host memory, in place of being computed again, where activations are offloaded."""
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
