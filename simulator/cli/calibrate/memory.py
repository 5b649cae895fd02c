"""`scalewall calibrate memory`: a table of kernels that only move memory."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def memory(
    table: Path,
    /,
    *,
    accelerator: str,
    out: Path | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Fit kernels that only move memory, as copies and norms do.

    Parameters
    ----------
    table : Path
        CSV, plain or gzipped, with the columns operation, bytes, seconds, and accelerator where it holds
        several.
    accelerator : str
        Entry to fit: id, alias or path. Rows that name no accelerator count as its own.
    out : Path
        New entry that extends it, with the fitted values; a file that exists is never touched.
    json : bool
        Print one JSON document instead of the table.
    """
    from simulator.cli.calibrate.table import calibrate_table

    return calibrate_table("memory", table, accelerator, out, json)
