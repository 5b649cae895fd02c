"""Which rows of kernel tables share one set of parameters, and where the entry of an accelerator has it."""

import re
from dataclasses import dataclass
from typing import Literal

from simulator.calibration.predict import FORMAT_NAMES
from simulator.calibration.tables import KernelRow
from simulator.cost.formats import FORMATS
from simulator.machine.kernels import CACHE_ELEMENT
from simulator.spec.accelerator import Accelerator

PREFILL = {("bf16", "bf16"): "cudnn", ("bf16", "fp8"): "cudnn-kv8", ("fp8", "fp8"): "cudnn-fp8"}
"""Implementation of attention over whole sequences, by formats of its inputs and of the cache."""

_IMPLEMENTATION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, order=True)
class Variant:
    """One set of kernel parameters.

    Attributes
    ----------
    block : str
        Block of `kernels`; `memory` for what stands in `kernels` itself.
    name : str
        Key in that block: a format, or an implementation of attention.
    """

    block: Literal["gemm", "attention", "decode", "expert", "memory"]
    name: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        """Path of the parameters in the entry.

        >>> Variant("gemm", "bf16").path, Variant("memory").path
        (('kernels', 'gemm', 'bf16'), ('kernels',))
        """
        return ("kernels",) if self.block == "memory" else ("kernels", self.block, self.name)


def variant_of(row: KernelRow) -> Variant:
    """Give the parameters that a row depends on; the name is the table's own where none is known."""
    if row.kind == "memory":
        return Variant("memory")
    if row.kind != "attention":
        return Variant(row.kind, FORMAT_NAMES.get(row.texts["dtype"], row.texts["dtype"]))
    inputs, cache = (_short(row.texts[name]) for name in ("attn_dtype", "kv_dtype"))
    if row.texts["phase"] == "generation":
        return Variant("decode", cache)
    # A table may name the implementation itself: `flash-2` takes the same formats as `cudnn`.
    return Variant("attention", row.texts.get("kernel") or PREFILL.get((inputs, cache), f"{inputs}/{cache}"))


def obstacle(variant: Variant, accelerator: Accelerator) -> str:
    """Say why a variant cannot be fitted to an accelerator; empty if it can."""
    name, peaks = variant.name, accelerator.compute.peak
    if variant.block in ("gemm", "expert"):
        known = {str(number): sizes.peak for number, sizes in FORMATS.items()}
        if name not in known:
            return f"no cost model of format `{name}`; known are {', '.join(known)}"
        if known[name] not in {str(peak) for peak in peaks}:
            return f"{accelerator.name} states no {known[name]} peak; it states {', '.join(peaks)}"
    if variant.block == "decode" and name not in CACHE_ELEMENT:
        return f"no cost model of a cache in `{name}`; known are {', '.join(CACHE_ELEMENT)}"
    if variant.block == "attention" and not _IMPLEMENTATION.fullmatch(name):
        known_formats = ", ".join("/".join(formats) for formats in PREFILL)
        return f"no implementation is known for the formats; known are {known_formats}"
    if variant.block == "attention" and "bf16" not in peaks:
        return f"{accelerator.name} states no bf16 peak, which attention is measured against"
    return ""


def _short(number: str) -> str:
    return str(FORMAT_NAMES.get(number, number))
