"""`scalewall hardware check`: form, sources, ranges and physics of catalogue entries."""

import sys
from pathlib import Path

from simulator.cli.check import report
from simulator.cli.progress import progress


def check(*files: Path) -> int:
    """Check catalogue entries; exit code 2 if something is wrong, 0 if it is only implausible.

    A warning names its code, as in [W11]. It goes away when `origins` has an entry for exactly that value
    with a `note` that says why it is so.

    Parameters
    ----------
    files : Path
        Catalogue entries; every entry of every catalogue in use if left out.
    """
    from simulator.catalogue.check import check as problems_of
    from simulator.catalogue.check import check_catalogue

    with progress("checking the catalogue"):
        problems, count = (problems_of(files), len(files)) if files else check_catalogue()
    return report(problems, count, sys.stdout, sys.stderr)
