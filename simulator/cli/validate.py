"""`scalewall validate`: published rows against simulated ones."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from simulator.cli.exits import DONE, NO
from simulator.cli.progress import progress


def validate(
    *runs: Path,
    kernels: Annotated[tuple[Path, ...], Parameter(consume_multiple=True, negative=())] = (),
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Simulate published runs and compare, worst first; exit code 1 if a declared floor is missed.

    Parameters
    ----------
    runs : Path
        Files of published rows; those that ship if left out.
    kernels : Path
        Tables of measured kernel times (matrix products, attention, experts).
    json : bool
        Print one JSON document instead of the table.
    """
    from simulator.report.accuracy import accuracy_screen
    from simulator.report.terminal import Terminal
    from simulator.validation.validate import validate_files

    with progress("simulating published runs") as say:
        found = validate_files(
            runs, kernels, lambda done, total, row: say(f"{row}, {done} of {total} rows done")
        )
    sys.stdout.write(found.to_json() if json else accuracy_screen(found, Terminal.of(sys.stdout)))
    return DONE if found.passed else NO
