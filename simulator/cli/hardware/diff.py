"""`scalewall hardware diff`: two parts side by side."""

import sys
from typing import Annotated

from cyclopts import Parameter

from simulator.cli.exits import DONE


def diff(
    a: str,
    b: str,
    /,
    *,
    kind: str | None = None,
    all: Annotated[bool, Parameter(negative=())] = False,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Compare two parts of one kind: all numbers with their ratio, and texts that differ.

    Parameters
    ----------
    a : str
        Id, alias or path of the first part.
    b : str
        Id, alias or path of the second part; the ratio is second over first.
    kind : str
        Kind of both, where a name has several.
    all : bool
        Print values deep inside a part too, such as the fitted parameters of its kernels.
    json : bool
        Print one JSON document instead of the screen.
    """
    from simulator.catalogue.difference import difference
    from simulator.report.part_difference import difference_json, difference_screen
    from simulator.report.terminal import Terminal

    terminal = Terminal.of(sys.stdout)
    found = difference(a, b, kind)
    screen = difference_json(found) if json else difference_screen(found, terminal, all)
    sys.stdout.write(terminal.printable(screen))
    return DONE
