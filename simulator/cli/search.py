"""`scalewall search`: the cheapest deployment that keeps what users are promised."""

import sys
from typing import Annotated, Literal

from cyclopts import Parameter

from simulator.cli.exits import DONE, NO, UsageError
from simulator.cli.progress import progress


def search(
    scenario: str,
    /,
    *,
    set: Annotated[list[str] | None, Parameter(negative=())] = None,
    system: Annotated[list[str] | None, Parameter(negative=())] = None,
    weights: Annotated[list[str] | None, Parameter(negative=())] = None,
    objective: Literal["cost", "energy", "ttft", "tpot"] = "cost",
    attained: float = 0.95,
    top: int = 10,
    jobs: int | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Try deployments of a serving scenario and rank those that keep its `slo` under its load.

    Parameters
    ----------
    scenario : str
        Path of a serving scenario, or name of a shipped one.
    set : list of str
        A value that wins over the file, as path=value. May be given several times.
    system : list of str
        A system to try; the scenario's own if left out. May be given several times.
    weights : list of str
        A format of the weights to try; the scenario's own if left out. May be given several times.
    objective : str
        What the best has least of: cost or energy per output token, 99th percentile of ttft or tpot.
    attained : float
        Share of the requests that have to be served as promised.
    top : int
        Deployments that are printed.
    jobs : int
        Processes at a time; as many as there are CPUs if left out.
    json : bool
        Print one JSON document instead of the table.
    """
    from simulator.catalogue.resolved import ServingResolved
    from simulator.catalogue.scenario import load_scenario
    from simulator.report.search import search_json, search_screen
    from simulator.report.terminal import Terminal
    from simulator.search.serving import search_serving

    if not 0.0 < attained <= 1.0:
        raise UsageError(f"`--attained {attained}`: a share above 0 and up to 1 is due")
    if top < 1:
        raise UsageError(f"`--top {top}`: at least 1 is due")
    resolved = load_scenario(scenario, set or ())
    if not isinstance(resolved, ServingResolved):
        raise UsageError("`scalewall search` tries deployments of serving scenarios; this one is of training")
    if system is None and resolved.scenario.cluster.system is None:
        raise UsageError("the scenario writes its node out: name systems to try with --system")
    systems = tuple(system or [str(resolved.scenario.cluster.system)])
    forms = tuple(weights or [resolved.scenario.deployment.weights])
    unknown = [form for form in forms if form not in resolved.engine.kernels.gemm]
    if unknown:
        known = ", ".join(resolved.engine.kernels.gemm)
        raise UsageError(f"`--weights {unknown[0]}`: {resolved.engine.name} has {known}")
    with progress(f"trying deployments of {resolved.scenario.name}") as say:
        found = search_serving(
            scenario,
            set or (),
            resolved,
            systems,
            forms,  # type: ignore[arg-type]
            objective,
            attained,
            jobs,
            lambda done, total: say(f"{done} of {total} deployments tried"),
        )
    terminal = Terminal.of(sys.stdout)
    if json:
        sys.stdout.write(search_json(found, objective, top))
    else:
        sys.stdout.write(search_screen(found, resolved.scenario.name, objective, top, terminal))
    return DONE if found.options else NO
