"""The path of the data, one function: scenario + catalogue → spec → workload → schedule → events → result."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from simulator.catalogue.resolved import Resolved
from simulator.catalogue.scenario import load_scenario
from simulator.machine.bind import bind
from simulator.record.table import Table
from simulator.result.result import Result
from simulator.result.summary import summarize
from simulator.training.fit import DoesNotFitError, nearest_fit
from simulator.training.memory import fullest_stage
from simulator.training.plan import make_plan, make_shard
from simulator.training.ramp import phases, with_batch
from simulator.training.step import simulate_step
from simulator.training.weeks import simulate_weeks


def run(
    scenario: str | Path,
    set: Mapping[str, object] | Sequence[str] = (),
    seed: int | None = None,
) -> Result:
    """Simulate a scenario.

    Parameters
    ----------
    scenario : str or Path
        Path of a scenario file, or name of a shipped scenario.
    set : mapping or sequence of str
        Values that win over the file: `{"cluster.count": 1024}` or `["cluster.count=1024"]`.
    seed : int, optional
        Seed of the random streams; the scenario's own if left out.

    Returns
    -------
    Result
        Summary and record.

    Raises
    ------
    SpecError
        With every mistake in the scenario and its parts.
    DoesNotFitError
        If the fullest rank needs more memory than it has.

    Examples
    --------
    >>> result = run("quickstart", set={"run.failures": False})
    >>> sorted(result.summary["step"])
    ['breakdown', 'hfu', 'memory', 'mfu', 'time', 'tokens_per_second']
    """
    return simulate(load_scenario(scenario, set, seed))


def simulate(resolved: Resolved) -> Result:
    """Take a resolved scenario through the rooms of the house."""
    plan = make_plan(resolved)
    shard = make_shard(resolved)
    machine = bind(resolved)
    recompute = resolved.scenario.training.recompute
    memory = fullest_stage(plan, shard, recompute, machine)
    if not memory.fits:
        raise DoesNotFitError(memory, nearest_fit(plan, shard, recompute, machine))
    step = simulate_step(plan, shard, recompute, machine)
    # Smaller batches at the beginning are steps of their own.
    ramp = [make_plan(with_batch(resolved, phase.global_batch)) for phase in phases(resolved)[:-1]]
    times = [simulate_step(smaller, shard, recompute, machine).time for smaller in ramp]
    weeks = simulate_weeks(resolved, [*times, step.time])
    summary = summarize(resolved, plan, memory, step.events.rows, weeks.rows)
    return Result(summary, Table([*step.events.rows, *weeks.rows]), resolved, plan)
