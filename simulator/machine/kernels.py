"""Kernel cost models of one accelerator, with the parameters of its entry bound."""

from simulator.cost.attention import FusedAttention
from simulator.cost.decode import DecodeAttention
from simulator.cost.expert import ExpertLayer
from simulator.cost.formats import FORMATS, OUTPUT
from simulator.cost.gemm import Gemm
from simulator.spec.accelerator import Accelerator, GemmFormat, Kernels, Precision

CACHE_ELEMENT = {"bf16": 2.0, "fp8": 1.0}
"""Size of a cached key or value [B]."""


class UnsupportedError(ValueError):
    """The catalogue lacks what this combination needs.

    Attributes
    ----------
    path : str
        Dotted path of the field to change.
    """

    def __init__(self, path: str, message: str) -> None:
        super().__init__(path, message)  # all arguments, so that it travels between processes
        self.path = path
        self.message = message

    def __str__(self) -> str:
        return self.message


def kernels_of(accelerator: Accelerator) -> Kernels:
    """Kernel parameters of an accelerator."""
    if accelerator.kernels is None:
        raise UnsupportedError("cluster", f"{accelerator.name} has no kernel parameters to simulate with")
    return accelerator.kernels


def bind_gemm(accelerator: Accelerator, number: GemmFormat, sustained: float = 1.0) -> Gemm:
    """Matrix products in one format; `sustained` is the rate kept over that of a burst [1]."""
    kernel = kernels_of(accelerator).gemm.get(number)
    if kernel is None:
        known = ", ".join(kernels_of(accelerator).gemm)
        raise UnsupportedError(
            "training.precision", f"{accelerator.name} has no {number} matrix products; it has {known}"
        )
    sizes = FORMATS[number]
    return Gemm(
        rate=_peak(accelerator, sizes.peak) * kernel.efficiency * sustained,
        units=accelerator.compute.units,
        tiles=kernel.tiles,
        small_tile_loss=kernel.small_tile_loss,
        ramp_depth=kernel.ramp_depth,
        wave_weight=kernel.wave_weight,
        bandwidth=accelerator.memory.bandwidth * kernel.memory_efficiency,
        launch=kernel.launch,
        left=sizes.left,
        right=sizes.right,
        output=OUTPUT,
        cast=kernel.cast,
    )


def bind_attention(accelerator: Accelerator, implementation: str, sustained: float = 1.0) -> FusedAttention:
    """Fused attention of one implementation."""
    kernel = kernels_of(accelerator).attention.get(implementation)
    if kernel is None:
        known = ", ".join(sorted(kernels_of(accelerator).attention)) or "none"
        raise UnsupportedError(
            "software", f"{accelerator.name} has no attention `{implementation}`; it has {known}"
        )
    # Chips older than bf16 run the same kernels in fp16 at the same rate.
    rate = _peak(accelerator, "bf16" if "bf16" in accelerator.compute.peak else "fp16") * sustained
    return FusedAttention(
        rate * kernel.forward_efficiency,
        rate * kernel.backward_efficiency,
        kernel.half_length,
        kernel.launch,
        kernel.half_width,
    )


def bind_decode(accelerator: Accelerator, cache: str) -> DecodeAttention:
    """Attention of one query token against a cache in one format."""
    kernel = {str(k): v for k, v in kernels_of(accelerator).decode.items()}.get(cache)
    if kernel is None:
        raise UnsupportedError("cluster", f"{accelerator.name} has no decode attention with a {cache} cache")
    return DecodeAttention(
        bandwidth=accelerator.memory.bandwidth * kernel.memory_efficiency,
        units=accelerator.compute.units,
        ramp=kernel.ramp,
        block=kernel.block,
        launch=kernel.launch,
        element=CACHE_ELEMENT[cache],
    )


def bind_expert(accelerator: Accelerator, number: GemmFormat, sustained: float = 1.0) -> ExpertLayer:
    """Grouped products of experts in one format."""
    kernel = kernels_of(accelerator).expert.get(number)
    if kernel is None:
        raise UnsupportedError("cluster", f"{accelerator.name} has no {number} expert products")
    sizes = FORMATS[number]
    return ExpertLayer(
        rate=_peak(accelerator, sizes.peak) * kernel.efficiency * sustained,
        small_tile_loss=kernel.small_tile_loss,
        bandwidth=accelerator.memory.bandwidth,
        memory_efficiency=kernel.memory_efficiency,
        overlap=kernel.overlap,
        activation_passes=kernel.activation_passes,
        token_passes=kernel.token_passes,
        launch=kernel.launch,
        weight=sizes.right,
    )


def _peak(accelerator: Accelerator, precision: Precision) -> float:
    if precision not in accelerator.compute.peak:
        known = ", ".join(accelerator.compute.peak)
        raise UnsupportedError(
            "training.precision", f"{accelerator.name} has no {precision} peak; it has {known}"
        )
    return accelerator.compute.peak[precision]
