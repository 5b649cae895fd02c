"""What to try next: a change against the largest loss that the plan's own checks accept."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import sqrt

from simulator.catalogue.problems import SpecError
from simulator.catalogue.resolved import Resolved
from simulator.machine.bind import bind
from simulator.report.loss import Loss
from simulator.result.result import Result
from simulator.schedule.plan import Plan
from simulator.training.memory import fullest_stage
from simulator.training.plan import make_plan, make_shard
from simulator.training.weeks import checkpoint_times, node_count

Changes = Mapping[str, object]
"""Values by path in the scenario."""

_ONCE_A_STEP = ("bubble", "exposed_data", "optimizer", "host")
"""Losses that more work between two optimizer steps thins out."""


def lever(result: Result, loss: Loss) -> list[str]:
    """Options of `scalewall run` worth trying; empty if no change in reach fits.

    Parameters
    ----------
    result : Result
        The run.
    loss : Loss
        What should shrink.

    Returns
    -------
    list of str
        Values of `--set`, such as `training.recompute=none`.
    """
    for changes in _candidates(result.resolved, result.plan, loss.name):
        if _runs(result.resolved, changes):
            return [f"{path}={_text(value)}" for path, value in changes.items()]
    return []


def _candidates(resolved: Resolved, plan: Plan, loss: str) -> Iterator[Changes]:
    """Changes against a loss, the most promising first."""
    training = resolved.scenario.training
    if loss == "recompute":
        levels = ("none", "selective") if training.recompute == "full" else ("none",)
        yield from ({"training.recompute": level} for level in levels)
    elif loss == "bubble":
        chunks = plan.pipeline * plan.virtual_stages * 2
        if resolved.model.layers % chunks == 0 and not plan.splits_backward:
            yield {
                "parallelism.virtual_stages": plan.virtual_stages * 2,
                "parallelism.schedule": "interleaved",
            }
        if plan.schedule == "1f1b":
            yield {"parallelism.schedule": "zb-h1"}
    elif loss == "exposed_tensor":
        yield {"parallelism.tensor": plan.tensor // 2, "parallelism.data": plan.data * 2} | (
            {"parallelism.sequence_parallel": False} if plan.tensor == 2 and plan.sequence_parallel else {}
        )
    elif loss == "exposed_context":
        yield {"parallelism.context": plan.context // 2, "parallelism.data": plan.data * 2}
    elif loss == "exposed_expert" and plan.expert > 1:
        yield {"parallelism.expert": plan.expert // 2}
    elif loss == "exposed_pipeline":
        yield {"parallelism.pipeline": plan.pipeline // 2, "parallelism.data": plan.data * 2}
    elif loss == "exposed_data" and not plan.overlap_gradients:
        yield {"parallelism.overlap_gradients": True}
    elif loss in ("interruption", "checkpoint"):
        yield from _checkpoint_interval(resolved)
    if loss in _ONCE_A_STEP:
        yield {"training.global_batch": training.global_batch * 2}
    # Where nothing speaks to the loss: what would twice the machines bring?
    yield {"cluster.count": plan.ranks * 2, "parallelism.data": plan.data * 2}


def _checkpoint_interval(resolved: Resolved) -> Iterator[Changes]:
    """The optimum of J. W. Young, CACM 17 (1974), p. 530: √(2 × time to save × time between failures)."""
    run, system = resolved.scenario.run, resolved.system
    save, _ = checkpoint_times(resolved)
    if run is None or system is None or not run.failures or not save:
        return
    best = sqrt(2.0 * save * system.reliability.mtbf / node_count(resolved))
    if not 0.8 < best / run.checkpoint_interval < 1.25:
        yield {"run.checkpoint_interval": f"{max(1, round(best / 60))} min"}


def _runs(resolved: Resolved, changes: Changes) -> bool:
    """Whether a changed scenario makes a plan that fits in memory."""
    scenario = resolved.scenario
    for path, value in changes.items():
        block, field = path.split(".")
        changed = getattr(scenario, block).model_copy(update={field: value})
        scenario = scenario.model_copy(update={block: changed})
    other = replace(resolved, scenario=scenario)
    if 0 in changes.values():
        return False
    try:
        plan = make_plan(other)
    except SpecError:
        return False
    return fullest_stage(plan, make_shard(other), scenario.training.recompute, bind(other)).fits


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
