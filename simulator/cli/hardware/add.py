"""`scalewall hardware add`: a new entry of the user's own catalogue."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from simulator.cli.exits import DONE


def add(
    id: str,
    /,
    *,
    extends: str | None = None,
    template: str | None = None,
    folder: Path = Path("hardware"),
    set: Annotated[list[str] | None, Parameter(negative=())] = None,
) -> int:
    """Write a new entry with every key explained; what only you can say is marked FILL_IN.

    Give either --extends or --template. An existing file is never touched.

    Parameters
    ----------
    id : str
        Id of the new entry; its file is named after it.
    extends : str
        Entry from which everything unstated is taken: the nearest relative of the new part.
    template : str
        Kind of an entry that stands alone: accelerator, system, network, storage, site, price, …
    folder : Path
        Folder that takes the entry; ./hardware is looked into by every command that runs beside it.
    set : list of str
        A value that is known already, as path=value: "memory.capacity=288 GB". May be given several times.
    """
    import shlex

    from simulator.catalogue.add import add as add_entry
    from simulator.catalogue.placeholder import PLACEHOLDER
    from simulator.cli.exits import UsageError
    from simulator.report.terminal import Terminal

    if (extends is None) == (template is None):
        raise UsageError("give one of --extends PARENT and --template KIND")
    path = add_entry(id, folder, extends, template, set or ())
    left = path.read_text(encoding="utf-8").count(f": {PLACEHOLDER}")
    lines = [
        f"written: {path}",
        f"  {left} value{'' if left == 1 else 's'} to fill in, marked {PLACEHOLDER}",
        f"  next   scalewall hardware check {shlex.quote(str(path))}",
    ]
    sys.stdout.write(Terminal.of(sys.stdout).printable("\n".join(lines) + "\n"))
    return DONE
