"""Number formats of matrix products: bytes of an element, and the peak that bounds them."""

from dataclasses import dataclass

from simulator.spec.accelerator import GemmFormat, Precision


@dataclass(frozen=True, slots=True)
class Format:
    """A format of a matrix product; outputs are always 16 bit.

    Attributes
    ----------
    peak : str
        Precision whose dense peak bounds the product.
    left, right : float
        Size of an element of the activations and of the weights, block scales included [B].
    """

    peak: Precision
    left: float
    right: float


FORMATS: dict[GemmFormat, Format] = {
    "bf16": Format("bf16", 2.0, 2.0),
    "fp16": Format("fp16", 2.0, 2.0),
    "tf32": Format("tf32", 4.0, 4.0),
    "fp8": Format("fp8", 1.0, 1.0),
    # One fp32 scale for 128 activations and for 128 × 128 weights.
    "fp8_block": Format("fp8", 1.0 + 4 / 128, 1.0 + 4 / 128**2),
    # OCP Microscaling Formats 1.0: an 8-bit scale for 32 elements.
    "mxfp8": Format("fp8", 1.0 + 1 / 32, 1.0 + 1 / 32),
    # An 8-bit scale for 16 elements of 4 bits.
    "nvfp4": Format("fp4", 0.5 + 1 / 16, 0.5 + 1 / 16),
    "int8": Format("int8", 1.0, 1.0),
    "int4_weights": Format("bf16", 2.0, 0.5),
    "mxfp4_weights": Format("bf16", 2.0, 0.5 + 1 / 32),
    "mxfp4_mxfp8": Format("fp8", 1.0 + 1 / 32, 0.5 + 1 / 32),
}
"""Formats by name."""

OUTPUT = 2.0
"""Size of an element of the output [B]."""
