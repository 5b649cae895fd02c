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


class GemmKernel(Spec):
    """Parameters of `cost.gemm` at one precision."""

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


class AttentionKernel(Spec):
    """Parameters of `cost.attention` for a fused (flash) kernel."""

    forward_efficiency: Fraction
    """Share of the dense peak reached forward at long sequences [1]."""
    backward_efficiency: Fraction
    """Share of the dense peak reached backward at long sequences [1]."""
    half_length: Annotated[float, Field(ge=0.0)]
    """Sequence length at which half of that rate is reached [tokens]."""


class Kernels(Spec):
    """Fitted parameters of the kernel cost models."""

    launch: Duration
    """Shortest time of a kernel on the device, launch gap included."""
    memory_efficiency: Fraction
    """Share of the datasheet bandwidth that streaming kernels reach [1]."""
    sustained: Fraction
    """Clock kept through hours of training, over the clock of the kernel measurements [1]."""
    gemm: dict[Precision, GemmKernel]
    """Matrix multiplication by precision."""
    attention: dict[str, AttentionKernel] = Field(default_factory=dict)
    """Fused attention by implementation (`flash-1`, `flash-2`, `cudnn`)."""


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
