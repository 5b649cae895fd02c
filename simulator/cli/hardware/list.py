"""`scalewall hardware list`: the parts of the catalogue."""

import sys
from typing import Annotated

from cyclopts import Parameter

from simulator.cli.exits import DONE
from simulator.cli.progress import progress


def list(  # the name of the command
    *,
    kind: str | None = None,
    vendor: str | None = None,
    family: str | None = None,
    status: str | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """List the parts of the catalogue; filters combine.

    Parameters
    ----------
    kind : str
        Only parts of this kind: accelerator, system, network, storage, site, price, … or model, software.
    vendor : str
        Only parts of this maker.
    family : str
        Only accelerators of this architecture.
    status : str
        Only entries of this status: datasheet, measured, fitted, estimated, announced.
    json : bool
        Print one JSON document instead of the table.
    """
    from simulator.catalogue.listing import listing
    from simulator.report.part_list import list_json, list_screen
    from simulator.report.terminal import Terminal

    terminal = Terminal.of(sys.stdout)
    with progress("reading the catalogue"):
        filters = {"kind": kind, "vendor": vendor, "family": family, "status": status}
        parts, problems = listing(filters)
    for problem in problems:
        print(Terminal.of(sys.stderr).printable(str(problem)), file=sys.stderr)
    sys.stdout.write(terminal.printable(list_json(parts)) if json else list_screen(parts, terminal))
    return DONE
