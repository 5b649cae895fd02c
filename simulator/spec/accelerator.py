"""One accelerator: its peaks, memory, links, power and the fitted parameters of its kernels."""

from typing import Annotated, Literal

from pydantic import Field

from simulator.spec.part import Count, Fraction, Part, Spec
from simulator.spec.quantities import Bandwidth, Bytes, Duration, FlopRate, Frequency, Power

Precision = Literal["fp64", "fp32", "tf32", "bf16", "fp16", "fp8", "fp6", "fp4", "int8"]
"""Number formats in which peaks are stated."""


class Compute(Spec):
    """Arithmetic units."""

    units: Count
    """Streaming multiprocessors, compute units or tensor cores [1]."""
    clock: Frequency
    """Clock at which the peaks are stated."""
    peak: dict[Precision, FlopRate]
    """Dense peak by precision, accumulating in fp32."""


class Memory(Spec):
    """Device memory."""

    capacity: Bytes
    """Memory that a program can use."""
    bandwidth: Bandwidth
    """Datasheet bandwidth."""


class ScaleUp(Spec):
    """Link of one accelerator into its scale-up domain."""

    link: str
    """Name of the link generation."""
    bandwidth: Bandwidth
    """Bandwidth per direction, all links of the accelerator together."""
    axes: Count | None = None
    """Axes of the torus or mesh that the links form, all alike; every accelerator reaches every other one
    directly or through a switch if left out [1]."""
    wraps_from: Count = 1
    """Shortest axis whose ends are joined [accelerators]."""


class Activity(Spec):
    """Share of what lies between idle power and limit that is drawn in each bucket of a step [1]."""

    compute: Fraction
    """Kernels that compute."""
    recompute: Fraction
    """Kernels that compute activations again."""
    optimizer: Fraction
    """The optimizer, bound by memory."""
    exposed_tensor: Fraction
    """Waiting for the tensor group."""
    exposed_context: Fraction | None = None
    """Waiting for the rest of a sequence; as for the tensor group if left out."""
    exposed_expert: Fraction | None = None
    """Waiting for tokens to reach their experts; as for the tensor group if left out."""
    exposed_pipeline: Fraction
    """Waiting for a neighbouring stage."""
    exposed_data: Fraction
    """Waiting for the replicas."""
    host: Fraction
    """Waiting for the host."""
    bubble: Fraction
    """Nothing to do."""


class AcceleratorPower(Spec):
    """Electrical power of the package."""

    limit: Power
    """Power limit (TDP or TGP)."""
    idle: Power
    """Power with a context open and nothing running."""
    activity: Activity


GemmFormat = Literal[
    "bf16",
    "fp16",
    "tf32",
    "fp8",
    "fp8_block",
    "mxfp8",
    "nvfp4",
    "int8",
    "int4_weights",
    "mxfp4_weights",
    "mxfp4_mxfp8",
]
"""Number formats of matrix products: of both inputs, with their scales; of the weights alone where the name
says so, and in `mxfp4_mxfp8` of weights and activations."""


class GemmKernel(Spec):
    """Parameters of `cost.gemm` for one format."""

    efficiency: Fraction
    """Share of the dense peak reached by full waves of the largest tile [1]."""
    tiles: Annotated[tuple[tuple[Count, Count], ...], Field(min_length=1)]
    """Output tiles (rows, columns) the library chooses from; one unit computes one tile [elements]."""
    small_tile_loss: Fraction
    """Share of that rate lost with each halving of the tile below the largest [1]."""
    ramp_depth: Annotated[float, Field(ge=0.0)]
    """Inner-dimension steps that filling and draining a tile's pipeline costs [elements]."""
    wave_weight: Fraction
    """How much of the last, partly filled wave is paid: 1 all of it, 0 none [1]."""
    memory_efficiency: Fraction
    """Share of the datasheet bandwidth that small products reach [1]."""
    launch: Duration
    """Shortest time of a product, the launches of its cast included."""
    cast: Annotated[float, Field(ge=0.0)] = 0.0
    """Read and written to bring the left input into the format, scales included [B per element]."""


class AttentionKernel(Spec):
    """Parameters of `cost.attention` for a fused (flash) kernel."""

    forward_efficiency: Fraction
    """Share of the dense bf16 peak reached forward at long sequences [1]."""
    backward_efficiency: Fraction
    """Share of the dense bf16 peak reached backward at long sequences [1]."""
    half_length: Annotated[float, Field(ge=0.0)]
    """Sequence length at which half of that rate is reached [tokens]."""
    half_width: Annotated[float, Field(ge=0.0)] = 0.0
    """Width of a head at which half of that rate is reached, as the softmax of a score then takes as long as
    its products; 0 for rates that are stated as reached with usual heads [elements]."""
    launch: Duration
    """Shortest time of a launch."""


class DecodeKernel(Spec):
    """Parameters of `cost.decode`: one query token a sequence against its cached keys and values."""

    memory_efficiency: Fraction
    """Share of the datasheet bandwidth reached on large caches [1]."""
    ramp: Bytes
    """Cache size at which filling the chip has doubled the reading time."""
    block: Duration
    """Time a unit spends on each pair of sequence and key head besides reading."""
    launch: Duration
    """Shortest time of a launch."""


class ExpertKernel(Spec):
    """Parameters of `cost.expert`: the grouped products of the experts on one rank."""

    efficiency: Fraction
    """Share of the dense peak reached with many tokens for each expert [1]."""
    small_tile_loss: Fraction
    """Share of that rate lost with each halving of the token tile below 128 [1]."""
    memory_efficiency: Fraction
    """Share of the datasheet bandwidth at which weights are read [1]."""
    overlap: Fraction
    """Share of the shorter of computing and reading weights that hides behind the longer [1]."""
    activation_passes: Annotated[float, Field(ge=0.0)]
    """Sweeps over the inputs and inner activations of the experts [1]."""
    token_passes: Annotated[float, Field(ge=0.0)]
    """Sweeps over the tokens in front of routing and behind it [1]."""
    launch: Duration
    """Shortest time of the layer."""


class Kernels(Spec):
    """Fitted parameters of the kernel cost models."""

    launch: Duration
    """Shortest time of a kernel that only moves memory, launch gap included."""
    memory_efficiency: Fraction
    """Share of the datasheet bandwidth that streaming kernels reach [1]."""
    sustained: Fraction
    """Clock kept through hours of training, over the clock of the kernel measurements [1]."""
    gemm: dict[GemmFormat, GemmKernel]
    """Matrix multiplication by format."""
    attention: dict[str, AttentionKernel] = Field(default_factory=dict)
    """Fused attention by implementation (`flash-2`, `cudnn`, `cudnn-fp8`)."""
    decode: dict[Literal["bf16", "fp8"], DecodeKernel] = Field(default_factory=dict)
    """Attention of one query token, by format of the cache."""
    expert: dict[GemmFormat, ExpertKernel] = Field(default_factory=dict)
    """Grouped products of experts, by format."""


class Accelerator(Part):
    """An accelerator that scenarios can name."""

    kind: Literal["accelerator"]
    vendor: str
    """Maker of the accelerator."""
    family: str
    """Architecture, shared by parts with the same kernels."""
    compute: Compute
    memory: Memory
    scale_up: ScaleUp
    host_link: Bandwidth
    """Bandwidth to the host per direction."""
    power: AcceleratorPower
    kernels: Kernels | None = None
    """Kernel parameters; an accelerator without them cannot be simulated yet."""
    extends: str | None = None
    """Entry from which everything unstated here is taken."""
