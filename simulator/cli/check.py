"""`scalewall check`: spec files only, for editors and CI."""

import sys
from pathlib import Path

from simulator.cli.exits import BAD_INPUT, DONE


def check(*files: Path) -> int:
    """Check spec files without running anything.

    Parameters
    ----------
    files : Path
        Scenario files and catalogue entries of any kind.
    """
    from simulator.catalogue.check import check as problems_of
    from simulator.cli.exits import UsageError
    from simulator.report.terminal import Terminal

    if not files:
        raise UsageError("name the files to check: scalewall check FILE...")
    problems = problems_of(files)
    terminal = Terminal.of(sys.stderr)
    for problem in problems:
        print(terminal.printable(str(problem)), file=sys.stderr)
    errors = sum(problem.severity == "error" for problem in problems)
    checked = f"{len(files)} file{'' if len(files) == 1 else 's'} checked"
    if errors:
        print(f"{errors} error{'' if errors == 1 else 's'}, {checked}.", file=sys.stderr)
        return BAD_INPUT
    print(f"{checked}, no errors.")
    return DONE
