"""What the commands that fit a kernel table have in common: fit, write the entry, print."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.exits import DONE
from simulator.cli.progress import progress

if TYPE_CHECKING:
    from simulator.calibration.outcome import Calibration
    from simulator.calibration.tables import TableKind


def calibrate_table(kind: "TableKind", table: Path, accelerator: str, out: Path | None, json: bool) -> int:
    """Fit a table of one kind; the entry is written only if everything went well."""
    from simulator.calibration.entry import check_out
    from simulator.calibration.kernels import calibrate_kernels

    if out is not None:
        check_out(out, "accelerator", accelerator)
    with progress(f"reading {table}") as say:
        found = calibrate_kernels(table, kind, accelerator, say=say)
    command = f"scalewall calibrate {kind} {shlex.quote(str(table))} --accelerator {shlex.quote(accelerator)}"
    return finish(found, accelerator, command, out, json)


def finish(found: "Calibration", extends: str, command: str, out: Path | None, json: bool) -> int:
    """Write the entry if one is asked for, and print the screen or the document."""
    from simulator.calibration.entry import write_entry
    from simulator.report.calibration import calibration_json, calibration_screen
    from simulator.report.terminal import Terminal

    if out is not None:
        write_entry(out, found, extends, command)
    terminal = Terminal.of(sys.stdout)
    if json:
        sys.stdout.write(terminal.printable(calibration_json(found, out)))
    else:
        sys.stdout.write(calibration_screen(found, out, terminal))
    return DONE
