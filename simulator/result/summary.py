"""The answer to a training scenario, as JSON has it: SI units, each number a declared metric."""

from typing import Any

from simulator.catalogue.resolved import Resolved
from simulator.record.row import Row
from simulator.result.declared.trust import INTERVALS
from simulator.result.facts import Facts
from simulator.result.values import Values
from simulator.schedule.plan import Plan
from simulator.training.memory import Memory
from simulator.version import __version__

STEP = ("time", "tokens_per_second", "mfu", "hfu", "breakdown", "memory")
"""Metrics of the step that the summary shows, in its order."""
RUN = ("wall_clock", "goodput", "tokens", "interruptions", "energy", "cost", "carbon")
"""Metrics of the run that the summary shows, in its order."""


def summarize(
    resolved: Resolved, plan: Plan, memory: Memory, step: tuple[Row, ...], run: tuple[Row, ...]
) -> dict[str, Any]:
    """The summary of a step and, if the scenario has one, its run.

    What needs a site or price that the scenario does not name is none.
    """
    values = Values(Facts(resolved, step, run, plan, memory))
    intervals = {path: values.of(f"intervals.{path}") for path in INTERVALS}
    return {
        "format": 1,
        "kind": "training",
        "version": __version__,
        "scenario": resolved.scenario.name,
        "seed": values.of("seed"),
        "step": {name: values.of(f"step.{name}") for name in STEP},
        "run": {name: values.of(f"run.{name}") for name in RUN} if run else None,
        "intervals": {path: interval for path, interval in intervals.items() if interval is not None},
        "walls": [{"name": "memory", "kind": "cliff", "factor": [values.of("walls.memory.factor")] * 3}],
        "catalogue": dict(resolved.files),
        "files": [],
    }
