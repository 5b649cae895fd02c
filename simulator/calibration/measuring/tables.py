"""Measures all sizes on a bench, and writes one table a kind of kernel."""

import csv
import os
from collections.abc import Callable, Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Protocol

from simulator.calibration.measuring.shapes import HEAD_DIM, Shapes
from simulator.calibration.tables import COLUMNS, TableKind, read_table
from simulator.catalogue.newfile import write_new
from simulator.catalogue.place import printed
from simulator.catalogue.problems import Problem, SpecError

KINDS: tuple[TableKind, ...] = ("gemm", "attention", "memory")
"""Kinds of kernel that are measured."""

Cells = Mapping[str, object]


class Bench(Protocol):
    """What can time kernels; all times are of one launch [s]."""

    name: str
    """Accelerator and library, for the column `source`."""
    formats: tuple[str, ...]
    """Number formats of matrix products that it has."""
    implementations: tuple[str, ...]
    """Implementations of attention that it has."""

    def gemm(self, number: str, m: int, n: int, k: int) -> float:
        """C[m, n] = A[m, k] B[k, n]."""

    def attention(self, implementation: str, batch: int, heads: int, tokens: int, backward: bool) -> float:
        """Causal attention with heads of 128."""

    def copy(self, size: int) -> float:
        """A copy that reads and writes `size` bytes together."""

    def layer_norm(self, size: int) -> float:
        """A layer norm that reads and writes `size` bytes together."""


def table_paths(out: Path) -> dict[TableKind, Path]:
    """Name the tables.

    Raises
    ------
    SpecError
        If one of them exists; better now than after measuring.

    Examples
    --------
    >>> table_paths(Path("my.csv"))["gemm"].name
    'my-gemm.csv'
    """
    if out.suffix != ".csv":
        raise SpecError(Problem(str(out), "the tables are CSV files", hint=f"`--out {out.stem}.csv`"))
    paths = {kind: out.with_name(f"{out.stem}-{kind}.csv") for kind in KINDS}
    if taken := [path for path in paths.values() if os.path.lexists(path)]:
        message = "exists already, and is not touched"
        raise SpecError(*(Problem(printed(path), message, hint="take another --out") for path in taken))
    return paths


def measure(bench: Bench, sizes: Shapes, out: Path, say: Callable[[str], None] | None = None) -> list[Path]:
    """Measure, and write the tables.

    Parameters
    ----------
    bench : Bench
        Times the kernels.
    sizes : Shapes
        What to time.
    out : Path
        `DIR/NAME.csv`; the tables are `DIR/NAME-gemm.csv` and so on.
    say : callable, optional
        Takes words for what is being measured.

    Returns
    -------
    list of Path
        The tables, those without rows left out.

    Raises
    ------
    SpecError
        If a table exists or cannot be written.
    """
    written = []
    ways = {"gemm": _gemm, "attention": _attention, "memory": _memory}
    for kind, path in table_paths(out).items():
        rows = []
        for row in ways[kind](bench, sizes):
            rows.append(row)
            if say:
                say(f"measuring {kind}, {len(rows)} done")
        if rows:
            write_new(path, _text(kind, bench.name, rows), _judge)
            written.append(path)
    return written


def _gemm(bench: Bench, sizes: Shapes) -> Iterator[Cells]:
    for number in bench.formats:
        for m, n, k in sizes.gemm:
            yield {"dtype": number, "m": m, "n": n, "k": k, "seconds": bench.gemm(number, m, n, k)}


def _attention(bench: Bench, sizes: Shapes) -> Iterator[Cells]:
    for implementation in bench.implementations:
        for batch, heads, tokens in sizes.attention:
            for phase in ("context", "backward"):
                yield {
                    "kernel": implementation,
                    "phase": phase,
                    "attn_dtype": "bf16",
                    "kv_dtype": "bf16",
                    "head_dim": HEAD_DIM,
                    "heads": heads,
                    "kv_heads": heads,
                    "batch_size": batch,
                    "query_tokens": tokens,
                    "kv_tokens": tokens,
                    "seconds": bench.attention(implementation, batch, heads, tokens, phase == "backward"),
                }


def _memory(bench: Bench, sizes: Shapes) -> Iterator[Cells]:
    for size in sizes.memory:
        yield {"operation": "copy", "bytes": size, "seconds": bench.copy(size)}
        yield {"operation": "layer_norm", "bytes": size, "seconds": bench.layer_norm(size)}


def _text(kind: TableKind, name: str, rows: list[Cells]) -> str:
    columns = ["source", *(["kernel"] if kind == "attention" else []), *COLUMNS[kind], "seconds"]
    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(columns)
    for row in rows:
        seconds = float(str(row["seconds"]))
        table.writerow([name, *(row[column] for column in columns[1:-1]), f"{seconds:.4g}"])
    return text.getvalue()


def _judge(draft: Path) -> None:
    """A table that the fits refuse must not be written."""
    read_table(draft)
