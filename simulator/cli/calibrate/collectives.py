"""`scalewall calibrate collectives`: the output of nccl-tests."""

import shlex
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from simulator.cli.progress import progress


def collectives(
    *logs: Path,
    accelerator: str,
    library: str = "nccl",
    operation: str | None = None,
    ranks: int | None = None,
    out: Path | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Fit start, steps and bandwidth of a scale-up link, and print parameters for the collective library.

    Parameters
    ----------
    logs : Path
        Outputs of all_reduce_perf, all_gather_perf, reduce_scatter_perf or sendrecv_perf, each within one
        scale-up domain. Several operations and numbers of members tell more.
    accelerator : str
        Entry with the link: id, alias or path.
    library : str
        Entry of the collective library.
    operation : str
        What was run, where neither output nor file name tells: all_reduce, all_gather, reduce_scatter or
        sendrecv.
    ranks : int
        How many took part, where the output does not list them.
    out : Path
        New entry that extends the library's, with the fitted values; a file that exists is never touched.
    json : bool
        Print one JSON document instead of the table.
    """
    from simulator.calibration.entry import check_out
    from simulator.calibration.links import calibrate_collectives
    from simulator.cli.calibrate.table import finish
    from simulator.cli.exits import UsageError

    if not logs:
        raise UsageError("name the outputs to read: scalewall calibrate collectives LOG... --accelerator ID")
    if ranks is not None and ranks < 2:
        raise UsageError(f"--ranks {ranks}: a collective has two members or more")
    if out is not None:
        check_out(out, "collectives", library)
    with progress("fitting collectives"):
        found = calibrate_collectives(logs, accelerator, library, operation, ranks)
    words = ["scalewall", "calibrate", "collectives", *map(str, logs), "--accelerator", accelerator]
    words += ["--library", library] if library != "nccl" else []
    words += ["--operation", operation] if operation else []
    words += ["--ranks", str(ranks)] if ranks else []
    return finish(found, library, shlex.join(words), out, json)
