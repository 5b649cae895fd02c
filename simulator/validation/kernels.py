"""`scalewall validate --kernels`: measured kernel times against the cost models, by kind and format."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from simulator.calibration.bound import predict_variant
from simulator.calibration.fits import LARGE
from simulator.calibration.predict import column
from simulator.calibration.tables import KernelRow, read_table
from simulator.calibration.variants import Variant, variant_of
from simulator.catalogue.catalogue import Catalogue
from simulator.catalogue.problems import SpecError
from simulator.machine.kernels import UnsupportedError
from simulator.result.intervals import interval
from simulator.validation.compare import Comparison

Group = tuple[str, Variant, str]
"""Accelerator, what tells the cost models apart, and what tells the axes of one of them apart."""


def compare_kernels(paths: Sequence[Path], catalogue: Catalogue | None = None) -> list[Comparison]:
    """Compare every row of kernel tables; the axis is kind, format, and for products their size."""
    rows = [row for path in paths for row in read_table(path)]
    parts = catalogue or Catalogue()
    groups: dict[Group, list[KernelRow]] = defaultdict(list)
    for row in rows:
        groups[row.accelerator, variant_of(row), _words(row)].append(row)
    return [found for group, members in groups.items() for found in _compare(group, members, parts)]


def _words(row: KernelRow) -> str:
    """Format of products and experts; phase and formats of attention; operation of what moves memory."""
    texts = row.texts
    if row.kind == "attention":
        return f"{texts['phase']} {texts['attn_dtype']} {texts['kv_dtype']}"
    return texts["operation"] if row.kind == "memory" else variant_of(row).name


def _compare(group: Group, rows: Sequence[KernelRow], catalogue: Catalogue) -> Iterable[Comparison]:
    accelerator, variant, words = group
    try:
        spec = catalogue.load("accelerator", accelerator).spec
        times = predict_variant(rows, spec, variant)
    except (SpecError, UnsupportedError) as error:
        why = error.problems[0].message if isinstance(error, SpecError) else str(error)
        for row in rows:
            yield _comparison(row, words, why_not=why)
        return
    spread = _spread(catalogue, accelerator, variant)
    for row, seconds in zip(rows, times.tolist(), strict=True):
        low, _, high = interval(seconds, spread)
        yield _comparison(row, words, predicted=seconds, low=low, high=high)


def _spread(catalogue: Catalogue, accelerator: str, variant: Variant) -> float:
    """Spread that the entry states for the kernel; its median error is about two thirds of it."""
    origins = catalogue.load("accelerator", accelerator).spec.origins
    path = ("kernels", "memory_efficiency") if variant.block == "memory" else variant.path
    for length in range(len(path), 0, -1):
        origin = origins.get(".".join(path[:length]))
        if origin is not None and origin.spread is not None:
            return float(origin.spread) * 1.5
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
