"""What the cost models say of the rows of a kernel table."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.calibration.tables import KernelRow
from simulator.cost.attention import FusedAttention
from simulator.cost.decode import DecodeAttention
from simulator.cost.expert import ExpertLayer
from simulator.cost.gemm import Gemm
from simulator.cost.streaming import Streaming
from simulator.spec.accelerator import GemmFormat
from simulator.workload.routing import expert_loads

FORMAT_NAMES: dict[str, GemmFormat] = {
    "bfloat16": "bf16",
    "bf16": "bf16",
    "float16": "fp16",
    "fp16": "fp16",
    "tf32": "tf32",
    "fp8": "fp8",
    "fp8_block": "fp8_block",
    "mxfp8": "mxfp8",
    "nvfp4": "nvfp4",
    "int8": "int8",
    "int4_wo": "int4_weights",
    "int4_weights": "int4_weights",
    "w4a16_mxfp4": "mxfp4_weights",
    "w4a8_mxfp4_mxfp8": "mxfp4_mxfp8",
}
"""Formats of the catalogue by the words that tables use."""

Times = NDArray[np.float64]


def column(rows: Sequence[KernelRow], name: str) -> NDArray[np.float64]:
    """One numeric column."""
    return np.array([row.numbers[name] for row in rows])


def gemm_times(rows: Sequence[KernelRow], cost: Gemm) -> Times:
    """Matrix products [s]."""
    return np.asarray(cost.seconds(column(rows, "m"), column(rows, "n"), column(rows, "k")))


def prefill_times(rows: Sequence[KernelRow], cost: FusedAttention) -> Times:
    """Causal attention over whole sequences, backward where the row's phase says so [s]."""
    batch, heads = column(rows, "batch_size"), column(rows, "heads")
    queries, keys, width = column(rows, "query_tokens"), column(rows, "kv_tokens"), column(rows, "head_dim")
    forward = np.asarray(cost.seconds(batch, heads, queries, keys, width))
    backward = is_backward(rows)
    if not backward.any():
        return forward
    return np.where(backward, cost.seconds(batch, heads, queries, keys, width, backward=True), forward)


def is_backward(rows: Sequence[KernelRow]) -> NDArray[np.bool_]:
    """Which rows are backward passes."""
    return np.array([row.texts["phase"] == "backward" for row in rows], dtype=bool)


def memory_times(rows: Sequence[KernelRow], cost: Streaming) -> Times:
    """Kernels that only move memory [s]."""
    return np.asarray(cost.seconds(column(rows, "bytes")))


def decode_times(rows: Sequence[KernelRow], cost: DecodeAttention) -> Times:
    """Attention of one query token a sequence [s]."""
    batch, heads = column(rows, "batch_size"), column(rows, "kv_heads")
    return np.asarray(cost.seconds(batch, heads, column(rows, "kv_tokens"), column(rows, "head_dim")))


def expert_inputs(rows: Sequence[KernelRow]) -> tuple[NDArray[np.float64], ...]:
    """Loads, tokens, hidden and inner widths of expert layers; loads are padded with empty experts."""
    loads = [_loads(row) for row in rows]
    padded = np.zeros((len(rows), max(map(len, loads), default=0)))
    for place, load in enumerate(loads):
        padded[place, : len(load)] = load
    return (
        padded,
        column(rows, "tokens"),
        column(rows, "hidden"),
        column(rows, "expert_ffn") / column(rows, "tensor"),
    )


def expert_times(rows: Sequence[KernelRow], cost: ExpertLayer) -> Times:
    """Experts of one rank [s]."""
    return np.asarray(cost.seconds(*expert_inputs(rows)))


def _loads(row: KernelRow) -> NDArray[np.float64]:
    n, routing = row.numbers, row.texts["routing"]
    skew = None if routing == "balanced" else float(routing.removeprefix("power_law_"))
    return np.ceil(
        expert_loads(int(n["tokens"]), int(n["top_k"]), int(n["experts"]), int(n["expert"]), skew) - 1e-9
    )
