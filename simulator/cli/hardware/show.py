"""`scalewall hardware show`: every value of a part."""

import sys
from typing import Annotated

from cyclopts import Parameter

from simulator.cli.exits import DONE


def show(
    id: str,
    /,
    *,
    kind: str | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Print every value of a part with its unit, status, source and the file and line that won.

    Parameters
    ----------
    id : str
        Id, alias or path of a part: hardware, model, software stack or collective library.
    kind : str
        Kind of the part, where a name has several.
    json : bool
        Print one JSON document instead of the screen.
    """
    from simulator.catalogue.catalogue import Catalogue
    from simulator.catalogue.described import describe
    from simulator.catalogue.lookup import kinds_of
    from simulator.report.part_screen import part_json, part_screen
    from simulator.report.terminal import Terminal

    terminal, catalogue = Terminal.of(sys.stdout), Catalogue()
    part = describe(id, kind, catalogue)
    sys.stdout.write(terminal.printable(part_json(part)) if json else part_screen(part, terminal))
    for other, path in kinds_of(catalogue, id) if kind is None else ():
        if other != part.kind:
            print(f"`{id}` is also the {other} `{path.stem}`: add --kind {other}", file=sys.stderr)
    return DONE
