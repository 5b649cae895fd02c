"""`scalewall run`: simulate a scenario, print the screen, write the run folder."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from simulator.cli.exits import DONE, NO
from simulator.cli.progress import progress


def run(
    scenario: str,
    /,
    *,
    set: Annotated[list[str] | None, Parameter(negative=())] = None,
    seed: int | None = None,
    out: Path = Path("results"),
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Simulate a scenario, print what it takes and costs, and write a run folder.

    Parameters
    ----------
    scenario : str
        Path of a scenario file, or name of a shipped scenario.
    set : list of str
        A value that wins over the file, as path=value: cluster.count=1024. May be given several times.
    seed : int
        Seed of the random streams; the scenario's own if left out.
    out : Path
        Folder in which the run folder is made.
    json : bool
        Print the summary as one JSON document instead of the screen.
    """
    from simulator.catalogue.scenario import load_scenario
    from simulator.report.folder import check_folder, run_folder, write_run_folder
    from simulator.report.misfit import misfit_json
    from simulator.report.screen import screen
    from simulator.report.terminal import Terminal
    from simulator.simulate import simulate
    from simulator.training.fit import DoesNotFitError

    terminal = Terminal.of(sys.stdout)
    resolved = load_scenario(scenario, set or (), seed)
    folder = run_folder(resolved, out)
    check_folder(folder)
    try:
        with progress(f"simulating {resolved.scenario.name}"):
            result = simulate(resolved)
    except DoesNotFitError as error:
        answer = misfit_json(error, resolved.scenario.name) if json else f"{resolved.scenario.name} {error}\n"
        sys.stdout.write(terminal.printable(answer))
        return NO
    with progress(f"writing {folder}"):
        written = write_run_folder(result, folder)
    if json:
        sys.stdout.write(terminal.printable(written.to_json()))
        print(f"written: {shlex.quote(str(folder))}", file=sys.stderr)
        return DONE
    command = ["scalewall", "run", scenario, *(word for change in set or () for word in ("--set", change))]
    sys.stdout.write(screen(written, terminal, folder, command))
    return DONE
