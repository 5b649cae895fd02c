"""Number formats of training."""

from typing import Literal

from simulator.spec.training import TrainingPrecision

BasePrecision = Literal["fp16", "bf16"]
"""16-bit formats; training below 16 bits rests on bf16."""

LowPrecision = Literal["fp8", "fp8_block", "mxfp8", "nvfp4", "int8"]
"""Formats below 16 bits."""


def base_precision(precision: TrainingPrecision) -> BasePrecision:
    """Format of what is not computed below 16 bits."""
    return "fp16" if precision == "fp16" else "bf16"


def low_precision(precision: TrainingPrecision) -> LowPrecision | None:
    """The format itself if it is below 16 bits."""
    if precision == "fp16":
        return None
    return None if precision == "bf16" else precision
