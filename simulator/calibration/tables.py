"""Reads tables of measured kernel times: CSV, plain or gzipped, with one kind of kernel a file."""

import csv
import gzip
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

from simulator.catalogue.problems import Problem, SpecError

TableKind = Literal["gemm", "attention", "expert", "memory"]

COLUMNS: dict[TableKind, tuple[str, ...]] = {
    "gemm": ("dtype", "m", "n", "k"),
    "attention": (
        "phase", "attn_dtype", "kv_dtype",
        "head_dim", "heads", "kv_heads", "batch_size", "query_tokens", "kv_tokens",
    ),
    "expert": ("dtype", "hidden", "expert_ffn", "experts", "top_k", "tensor", "expert", "routing", "tokens"),
    "memory": ("operation", "bytes"),
}  # fmt: skip
"""Columns by which a kind of table is known, besides `seconds`."""

TEXTS = frozenset(
    {"dtype", "phase", "attn_dtype", "kv_dtype", "routing", "operation", "accelerator", "kernel", "source"}
)
"""Columns that hold words; all other known ones hold numbers."""

_WORDS = {
    "phase": (re.compile("context|backward|generation"), "`context`, `backward` or `generation`"),
    "routing": (re.compile(r"balanced|power_law_\d+(\.\d+)?"), "`balanced` or `power_law_` and a number"),
}
"""Words that a column may hold, where the cost models depend on them."""

FEWEST = 20
"""Rows below which nothing can be fitted [1]."""


@dataclass(frozen=True)
class KernelRow:
    """One measured time.

    Attributes
    ----------
    kind : str
        Kind of kernel.
    accelerator : str
        Id of the accelerator; empty where the table does not say.
    place : str
        File and line.
    texts, numbers : dict
        What was measured.
    seconds : float
        Time [s].
    """

    kind: TableKind
    accelerator: str
    place: str
    texts: dict[str, str]
    numbers: dict[str, float]
    seconds: float


def read_table(path: Path, expected: TableKind | None = None) -> list[KernelRow]:
    """Read all rows of a table.

    Parameters
    ----------
    path : Path
        The table.
    expected : str, optional
        Kind whose columns are named if some are missing; the nearest if left out.

    Returns
    -------
    list of KernelRow
        All of one kind, which the columns tell.

    Raises
    ------
    SpecError
        If the file cannot be read, lacks columns, or has times or sizes that are no positive numbers; all
        at once.
    """
    try:
        with _open(path) as file:
            reader = csv.DictReader(file)
            names = tuple(reader.fieldnames or ())
            kind = _kind(path, names, expected)
            rows, problems = [], []
            for line, record in enumerate(reader, start=2):
                try:
                    rows.append(_row(kind, path, line, record))
                except ValueError as error:
                    problems.append(Problem(str(path), str(error), line, 1))
    except (OSError, UnicodeDecodeError, EOFError, zlib.error, csv.Error) as error:
        reason = getattr(error, "strerror", None) or "not a text table"
        raise SpecError(Problem(str(path), f"cannot be read: {reason}")) from error
    if problems:
        raise SpecError(*problems)
    return rows


def enough(rows: Sequence[KernelRow], path: Path, what: str) -> None:
    """Refuse a table with too few rows to fit."""
    if len(rows) < FEWEST:
        message = f"{len(rows)} rows of {what} are too few to fit; {FEWEST} is the least, hundreds are better"
        raise SpecError(Problem(str(path), message))


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")  # spreadsheets put a mark in front


def _kind(path: Path, names: Sequence[str], expected: TableKind | None) -> TableKind:
    """The kind whose columns are all there; the expected or nearest one tells what is missing."""
    missing = {
        kind: [c for c in (*columns, "seconds") if c not in names] for kind, columns in COLUMNS.items()
    }
    for kind, columns in missing.items():
        if not columns:
            return kind
    nearest = min(missing, key=lambda kind: (kind != expected, len(missing[kind]) / len(COLUMNS[kind])))
    message = f"columns are missing for a table of {nearest} times: {', '.join(missing[nearest])}"
    hint = f"all of them are {', '.join(COLUMNS[nearest])}, seconds"
    raise SpecError(Problem(str(path), message, 1, 1, hint=hint))


def _row(kind: TableKind, path: Path, line: int, record: dict[str, str | None]) -> KernelRow:
    numbers = {
        name: _number(name, record.get(name)) for name in (*COLUMNS[kind], "seconds") if name not in TEXTS
    }
    texts = {name: value or "" for name, value in record.items() if name in TEXTS}
    for name in COLUMNS[kind]:
        pattern, words = _WORDS.get(name, (re.compile(""), ""))
        if words and not pattern.fullmatch(texts[name]):
            raise ValueError(f"`{name}` is `{texts[name]}`, {words} is due")
    seconds = numbers.pop("seconds")
    return KernelRow(kind, texts.get("accelerator", ""), f"{path.name}:{line}", texts, numbers, seconds)


def _number(name: str, text: str | None) -> float:
    try:
        value = float(text or "")
    except ValueError:
        raise ValueError(f"`{name}` is `{text or ''}`, a number is due") from None
    if not 0.0 < value < float("inf"):
        raise ValueError(f"`{name}` is {text}, a positive number is due")
    return value
