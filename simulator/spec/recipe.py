"""What a framework does in a format below 16 bits."""

from typing import Literal

from simulator.spec.accelerator import GemmFormat
from simulator.spec.part import Spec
from simulator.spec.passes import BytesPerElement, Launches


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
