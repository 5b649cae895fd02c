"""`scalewall calibrate attention`: a table of attention times."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def attention(
    table: Path,
    /,
    *,
    accelerator: str,
    out: Path | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Fit attention: whole sequences by implementation, single query tokens by format of the cache.

    Parameters
    ----------
    table : Path
        CSV, plain or gzipped, with the columns phase, attn_dtype, kv_dtype, head_dim, heads, kv_heads,
        batch_size, query_tokens, kv_tokens, seconds, and accelerator where it holds several.
    accelerator : str
        Entry to fit: id, alias or path. Rows that name no accelerator count as its own.
    out : Path
        New entry that extends it, with the fitted values; a file that exists is never touched.
    json : bool
        Print one JSON document instead of the table.
    """
    from simulator.cli.calibrate.table import calibrate_table

    return calibrate_table("attention", table, accelerator, out, json)
