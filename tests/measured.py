"""Small tables and logs whose true parameters are known: times of the cost models, with noise on top."""

import csv
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np

from simulator.cost.collective import CollectiveLibrary, Group, Operation, Rates
from simulator.cost.gemm import Gemm

H100 = "nvidia-h100-sxm-80gb"
BANDWIDTH = 450e9
TRUE_GEMM = Gemm(
    rate=0.7 * 989.4e12,
    units=132,
    tiles=((256, 128), (128, 256), (128, 128), (64, 128), (128, 64), (64, 64)),
    small_tile_loss=0.05,
    ramp_depth=200.0,
    wave_weight=0.8,
    bandwidth=0.7 * 3.35e12,
    launch=6e-6,
)
TRUE_LINK = {"base_up": 9e-6, "step_up": 1.2e-6, "ramp_up": 8e6}
EFFICIENCY = 0.8


def write(path: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    listed = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(listed[0]))
        table.writeheader()
        table.writerows(listed)
    return path


def gemm_table(
    path: Path, accelerator: str | None = None, dtype: str = "bfloat16", noise: float = 0.01
) -> Path:
    random = np.random.default_rng(1)
    sizes = [(m, n, k) for m in (16, 256, 2048, 8192) for n in (1024, 4096, 14336) for k in (4096, 8192)]
    where = {} if accelerator is None else {"accelerator": accelerator}
    return write(
        path,
        (
            {
                **where,
                "dtype": dtype,
                "m": m,
                "n": n,
                "k": k,
                "seconds": float(TRUE_GEMM.seconds(m, n, k)) * float(np.exp(random.normal(0.0, noise))),
            }
            for m, n, k in sizes
        ),
    )


def log(
    path: Path,
    operation: Operation,
    ranks: int,
    header: bool = True,
    hosts: int = 1,
    switch: float = 1.0,
    adjust: Callable[[str], str] = lambda line: line,
) -> Path:
    """Output of nccl-tests 2.16 as it comes, with times of the cost model."""
    random = np.random.default_rng(ranks)
    outside = {"base_out": 0.0, "ring_step": 0.0, "tree_step": 0.0, "ramp_out": 0.0, "tree_efficiency": 1.0}
    library = CollectiveLibrary(**TRUE_LINK, switch_reduction=switch, switch_reduction_ranks=4, **outside)
    rates = Rates(EFFICIENCY * BANDWIDTH, 0.0)
    program = "sendrecv" if operation == "send_recv" else operation
    lines = []
    if header:
        lines += [
            f"# Collective test starting: {program}_perf",
            f"# nThread 1 nGpus {ranks} minBytes 512 maxBytes 2147483648 step: 4(factor) iters: 20",
            "#",
            "# Using devices",
            *(
                f"#  Rank {rank} Group 0 Pid {4000 + rank} on node-{rank % hosts} device {rank} [0x1b] H100"
                for rank in range(ranks)
            ),
        ]
    lines += [
        "#",
        "#                                              out-of-place                       in-place",
        "#       size         count      type   redop    root     time   algbw   busbw #wrong     time",
        "#        (B)    (elements)                               (us)  (GB/s)  (GB/s)            (us)",
    ]
    for size in [4**i * 512 for i in range(12)]:
        way = library.transfer(operation, size, Group(ranks, ranks), rates)
        time = way.seconds(rates) * 1e6 * float(np.exp(random.normal(0.0, 0.01)))
        figures = f"{time:8.2f} {size / time / 1e3:7.2f} {size / time / 1e3:7.2f}      0"
        lines.append(adjust(f"{size:12d} {size // 4:12d}     float     sum      -1 {figures} {figures}"))
    lines += ["# Out of bounds values : 0 OK", "# Avg bus bandwidth    : 123.4", "#"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
