"""`scalewall validate --kernels`: measured kernel times against the cost models, by kind and format."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from simulator.calibration.predict import (
    FORMAT_NAMES,
    Times,
    column,
    decode_times,
    expert_times,
    gemm_times,
    prefill_times,
)
from simulator.calibration.tables import KernelRow, read_table
from simulator.catalogue.catalogue import Catalogue
from simulator.catalogue.problems import SpecError
from simulator.cost.formats import FORMATS
from simulator.machine.kernels import (
    UnsupportedError,
    bind_attention,
    bind_decode,
    bind_expert,
    bind_gemm,
)
from simulator.result.intervals import interval
from simulator.spec.accelerator import Accelerator
from simulator.validation.compare import Comparison

LARGE = 2e10
"""Operations above which a product is bound by the chip and not by its launch [FLOP]."""

PREFILL = {
    ("bfloat16", "bfloat16"): "cudnn",
    ("bfloat16", "fp8"): "cudnn-kv8",
    ("fp8", "fp8"): "cudnn-fp8",
}
"""Implementation of whole-sequence attention by format of its inputs and of the cache."""

Group = tuple[str, str, str]
"""Accelerator, kind of kernel, and what tells the cost models of a kind apart."""


def compare_kernels(paths: Sequence[Path], catalogue: Catalogue | None = None) -> list[Comparison]:
    """Compare every row of kernel tables; the axis is kind, format, and for products their size."""
    rows = [row for path in paths for row in read_table(path)]
    parts = catalogue or Catalogue()
    groups: dict[Group, list[KernelRow]] = defaultdict(list)
    for row in rows:
        groups[row.accelerator, row.kind, _variant(row)].append(row)
    return [found for group, members in groups.items() for found in _compare(group, members, parts)]


def _variant(row: KernelRow) -> str:
    """Format of products and experts; phase and formats of attention."""
    texts = row.texts
    if row.kind == "attention":
        return f"{texts['phase']} {texts['attn_dtype']} {texts['kv_dtype']}"
    return FORMAT_NAMES.get(texts["dtype"], texts["dtype"])


def _compare(group: Group, rows: Sequence[KernelRow], catalogue: Catalogue) -> Iterable[Comparison]:
    accelerator, kind, variant = group
    try:
        spec = catalogue.load("accelerator", accelerator).spec
        times = _costs(spec, kind, variant)(rows)
    except (SpecError, UnsupportedError) as error:
        why = error.problems[0].message if isinstance(error, SpecError) else str(error)
        for row in rows:
            yield _comparison(row, variant, why_not=why)
        return
    spread = _spread(catalogue, accelerator, kind, variant)
    for row, seconds in zip(rows, times.tolist(), strict=True):
        low, _, high = interval(seconds, spread)
        yield _comparison(row, variant, predicted=seconds, low=low, high=high)


def _costs(spec: Accelerator, kind: str, variant: str) -> Callable[[Sequence[KernelRow]], Times]:
    """What predicts the rows of one group."""
    if kind == "attention":
        phase, inputs, cache = variant.split()
        if phase == "generation":
            decode = bind_decode(spec, "bf16" if cache == "bfloat16" else cache)
            return lambda rows: decode_times(rows, decode)
        prefill = bind_attention(spec, PREFILL.get((inputs, cache), f"{inputs} {cache}"))
        return lambda rows: prefill_times(rows, prefill)
    number = next((known for known in FORMATS if known == variant), None)
    if number is None:
        raise UnsupportedError("kernels", f"no cost model of format {variant}")
    if kind == "gemm":
        gemm = bind_gemm(spec, number)
        return lambda rows: gemm_times(rows, gemm)
    expert = bind_expert(spec, number)
    return lambda rows: expert_times(rows, expert)


def _spread(catalogue: Catalogue, accelerator: str, kind: str, variant: str) -> float:
    """Spread that the entry states for the kernel; its median error is about two thirds of it."""
    origins = catalogue.load("accelerator", accelerator).spec.origins
    if kind == "attention":
        phase, inputs, cache = variant.split()
        cached = "bf16" if cache == "bfloat16" else cache
        name = (
            f"decode.{cached}" if phase == "generation" else f"attention.{PREFILL.get((inputs, cache), '')}"
        )
    else:
        name = f"{kind}.{variant}"
    for path in (f"kernels.{name}", f"kernels.{kind}", "kernels"):
        if path in origins and origins[path].spread is not None:
            return float(origins[path].spread or 0.0) * 1.5
    return 0.1


def _comparison(row: KernelRow, variant: str, **found: object) -> Comparison:
    return Comparison(
        id=f"{row.accelerator or 'unnamed'} {row.place}",
        axis=_axis(row, variant),
        grade="A",
        calibration=False,
        metric="seconds",
        measured=row.seconds,
        **found,  # type: ignore[arg-type]
    )


def _axis(row: KernelRow, variant: str) -> str:
    if row.kind != "gemm":
        return f"{row.kind} {variant}"
    flops = 2.0 * float(np.prod([column([row], name)[0] for name in "mnk"]))
    return f"gemm {variant} {'large' if flops > LARGE else 'small'}"
