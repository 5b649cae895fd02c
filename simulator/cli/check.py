"""`scalewall check`: spec files only, for editors and CI."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from simulator.cli.exits import BAD_INPUT, DONE

if TYPE_CHECKING:
    from simulator.catalogue.problems import Problem


def check(*files: Path) -> int:
    """Check spec files without running anything.

    Parameters
    ----------
    files : Path
        Scenario files and catalogue entries of any kind.
    """
    from simulator.catalogue.check import check as problems_of
    from simulator.cli.exits import UsageError

    if not files:
        raise UsageError("name the files to check: scalewall check FILE...")
    return report(problems_of(files), len(files), sys.stdout, sys.stderr)


def report(problems: Sequence["Problem"], files: int, out: TextIO, err: TextIO) -> int:
    """Print what was found, and give the exit code: only errors make it 2."""
    from simulator.report.terminal import Terminal

    terminal = Terminal.of(err)
    for problem in problems:
        print(terminal.printable(str(problem)), file=err)
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    checked = f"{files} file{'' if files == 1 else 's'} checked"
    doubts = f", {warnings} warning{'' if warnings == 1 else 's'}" if warnings else ""
    if errors:
        print(f"{errors} error{'' if errors == 1 else 's'}{doubts}, {checked}.", file=err)
        return BAD_INPUT
    print(f"{checked}, no errors{doubts}.", file=out)
    return DONE
