"""What to change in a plan that does not fit in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from simulator.machine.machine import Machine
from simulator.schedule.plan import Plan, split_layers
from simulator.spec.training import Recompute, Sharding
from simulator.training.memory import Memory, fullest_stage
from simulator.units import show
from simulator.workload.shard import Shard

FACTORS = (1, 2, 4, 8)
"""By how much the search for a plan that fits raises tensor and pipeline degrees [1]."""


@dataclass(frozen=True)
class Fit:
    """A plan near the one asked for that fits, and the settings that differ."""

    changes: dict[str, object]
    memory: Memory


class DoesNotFitError(Exception):
    """The fullest rank needs more memory than it has.

    Attributes
    ----------
    memory : Memory
        What it would hold.
    fit : Fit or None
        The nearest plan that fits.
    """

    def __init__(self, memory: Memory, fit: Fit | None) -> None:
        self.memory = memory
        self.fit = fit
        kind = max(memory.kinds, key=lambda name: memory.kinds[name])
        over = memory.total - memory.capacity
        text = (
            f"does not fit in memory: stage {memory.stage} needs {show(memory.total, 'bytes')}, "
            f"an accelerator has {show(memory.capacity, 'bytes')}; {show(over, 'bytes')} too much, "
            f"the largest part is {kind} with {show(memory.kinds[kind], 'bytes')}"
        )
        if fit is None:
            text += "\nno plan near this one fits; use more accelerators or ones with more memory"
        else:
            options = " ".join(f"--set {path}={_text(value)}" for path, value in fit.changes.items())
            text += f"\nthe nearest plan that fits takes {show(fit.memory.total, 'bytes')}: {options}"
        super().__init__(text)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def nearest_fit(plan: Plan, shard: Shard, recompute: Recompute, machine: Machine) -> Fit | None:
    """The plan with the fewest changed settings that fits; none if no neighbour does."""
    found: list[tuple[int, int, Fit]] = []
    for order, (changes, other, other_shard, other_recompute) in enumerate(
        _neighbours(plan, shard, recompute)
    ):
        memory = fullest_stage(other, other_shard, other_recompute, machine)
        if memory.fits:
            found.append((len(changes), order, Fit(changes, memory)))
    return min(found, key=lambda candidate: candidate[:2])[2] if found else None


def _neighbours(
    plan: Plan, shard: Shard, recompute: Recompute
) -> Iterator[tuple[dict[str, object], Plan, Shard, Recompute]]:
    """Plans that save memory, cheapest in time first."""
    heavier: list[Recompute] = ["none", "selective", "full"]
    recomputes = heavier[heavier.index(recompute) :]
    shardings: tuple[Sharding, ...] = (
        ("none", "optimizer") if plan.sharding == "none" and plan.data > 1 else (plan.sharding,)
    )
    micro_batches = [shard.batch // d for d in (1, 2, 4, 8, 16) if shard.batch % d == 0]
    tensors = [degree for degree in (plan.tensor * factor for factor in FACTORS) if _cuts(shard, degree)]
    pipelines = [plan.pipeline * factor for factor in FACTORS]
    for sharding, level, batch, tensor, pipeline in product(
        shardings, recomputes, micro_batches, tensors, pipelines
    ):
        grown = tensor * pipeline // (plan.tensor * plan.pipeline)
        total = plan.micro_batches * plan.data * shard.batch
        if plan.data % grown or pipeline * plan.virtual_stages > shard.model.layers + 2:
            continue
        data = plan.data // grown
        steps, rest = divmod(total, data * batch)
        if rest or (plan.virtual_stages > 1 and steps % pipeline):
            continue
        parallel = shard.sequence_parallel or (tensor > 1 and plan.tensor == 1)
        other = replace(
            plan,
            tensor=tensor,
            pipeline=pipeline,
            data=data,
            sharding=sharding,
            micro_batches=steps,
            layers=split_layers(shard.model.layers, pipeline * plan.virtual_stages),
            sequence_parallel=parallel,
        )
        wanted: dict[str, tuple[object, object]] = {
            "parallelism.sharding": (plan.sharding, sharding),
            "training.recompute": (recompute, level),
            "training.micro_batch": (shard.batch, batch),
            "parallelism.tensor": (plan.tensor, tensor),
            "parallelism.sequence_parallel": (shard.sequence_parallel, parallel),
            "parallelism.pipeline": (plan.pipeline, pipeline),
            "parallelism.data": (plan.data, data),
        }
        changes = {path: new for path, (old, new) in wanted.items() if old != new}
        yield changes, other, replace(shard, batch=batch, tensor=tensor, sequence_parallel=parallel), level


def _cuts(shard: Shard, tensor: int) -> bool:
    model = shard.model
    whole = model.heads % tensor == 0 and model.ffn_hidden % tensor == 0
    shares = model.kv_heads % tensor == 0 or tensor % model.kv_heads == 0
    return tensor <= 8 and whole and shares and shard.sequence % tensor == 0
