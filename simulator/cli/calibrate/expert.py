"""`scalewall calibrate expert`: a table of grouped products of experts."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def expert(
    table: Path,
    /,
    *,
    accelerator: str,
    out: Path | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Fit grouped products of experts, format by format; a large table takes minutes.

    Parameters
    ----------
    table : Path
        CSV, plain or gzipped, with the columns dtype, hidden, expert_ffn, experts, top_k, tensor, expert,
        routing, tokens, seconds, and accelerator where it holds several.
    accelerator : str
        Entry to fit: id, alias or path. Rows that name no accelerator count as its own.
    out : Path
        New entry that extends it, with the fitted values; a file that exists is never touched.
    json : bool
        Print one JSON document instead of the table.
    """
    from simulator.cli.calibrate.table import calibrate_table

    return calibrate_table("expert", table, accelerator, out, json)
