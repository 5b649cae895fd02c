"""Number formats of training."""

from typing import Literal

from simulator.spec.training import TrainingPrecision

BasePrecision = Literal["fp16", "bf16"]
"""16-bit formats; training below 16 bits rests on bf16."""

LowPrecision = Literal["fp8", "fp8_block", "mxfp8", "nvfp4", "int8"]


def base_precision(precision: TrainingPrecision) -> BasePrecision:
    """Format of what is not computed below 16 bits."""
    return "fp16" if precision == "fp16" else "bf16"
