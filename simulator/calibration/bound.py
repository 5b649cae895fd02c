"""The cost model behind each variant: fitted to rows, or bound from an entry to predict them."""

from collections.abc import Sequence

from simulator.calibration.fits import Fit, fit_decode, fit_expert, fit_gemm, fit_memory, fit_prefill
from simulator.calibration.predict import (
    Times,
    decode_times,
    expert_times,
    gemm_times,
    memory_times,
    prefill_times,
)
from simulator.calibration.tables import KernelRow
from simulator.calibration.variants import Variant
from simulator.cost.formats import FORMATS
from simulator.cost.streaming import Streaming
from simulator.machine.kernels import (
    UnsupportedError,
    bind_attention,
    bind_decode,
    bind_expert,
    bind_gemm,
    kernels_of,
)
from simulator.spec.accelerator import Accelerator, GemmFormat


def fit_variant(
    rows: Sequence[KernelRow], accelerator: Accelerator, variant: Variant, generations: int
) -> Fit:
    """Fit the parameters of a variant to its rows."""
    match variant.block:
        case "gemm":
            return fit_gemm(rows, accelerator, _number(variant), generations)
        case "expert":
            return fit_expert(rows, accelerator, _number(variant), generations)
        case "attention":
            return fit_prefill(rows, accelerator, generations)
        case "decode":
            return fit_decode(rows, accelerator, variant.name, generations)
        case "memory":
            return fit_memory(rows, accelerator, generations)


def predict_variant(rows: Sequence[KernelRow], accelerator: Accelerator, variant: Variant) -> Times:
    """Predict rows of a variant with the parameters of an entry [s].

    Raises
    ------
    UnsupportedError
        If the entry has none for it.
    """
    match variant.block:
        case "gemm":
            return gemm_times(rows, bind_gemm(accelerator, _number(variant)))
        case "expert":
            return expert_times(rows, bind_expert(accelerator, _number(variant)))
        case "attention":
            return prefill_times(rows, bind_attention(accelerator, variant.name))
        case "decode":
            return decode_times(rows, bind_decode(accelerator, variant.name))
        case "memory":
            kernels = kernels_of(accelerator)
            bandwidth = kernels.memory_efficiency * accelerator.memory.bandwidth
            return memory_times(rows, Streaming(bandwidth, kernels.launch))


def _number(variant: Variant) -> GemmFormat:
    number = next((known for known in FORMATS if known == variant.name), None)
    if number is None:
        raise UnsupportedError("kernels", f"no cost model of format {variant.name}")
    return number
