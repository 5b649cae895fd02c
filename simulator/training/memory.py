"""What the fullest rank holds in memory, by kind, and what would fit if it does not."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from simulator.machine.machine import Machine
from simulator.schedule.order import chunks_in_flight
from simulator.schedule.plan import Plan, split_layers
from simulator.spec.software import Software
from simulator.spec.training import Recompute
from simulator.training.parameters import rank_parameters
from simulator.units import show
from simulator.workload.layer import ELEMENT, occurs
from simulator.workload.shard import Shard


@dataclass(frozen=True)
class Memory:
    """Memory of one rank of the fullest stage.

    Attributes
    ----------
    stage : int
        The fullest stage.
    kinds : dict of str to float
        Bytes by kind [B].
    capacity : float
        What the accelerator has [B].
    """

    stage: int
    kinds: dict[str, float]
    capacity: float

    @property
    def total(self) -> float:
        """All kinds together [B]."""
        return sum(self.kinds.values())

    @property
    def fits(self) -> bool:
        """Whether the capacity suffices."""
        return self.total <= self.capacity


def fullest_stage(plan: Plan, shard: Shard, recompute: Recompute, machine: Machine) -> Memory:
    """Memory of the stage that holds most."""
    capacity = machine.accelerator.memory.capacity
    software = machine.software
    stages = [
        Memory(stage, stage_memory(plan, shard, recompute, software, stage), capacity)
        for stage in range(plan.pipeline)
    ]
    return max(stages, key=lambda memory: memory.total)


def stage_memory(plan: Plan, shard: Shard, recompute: Recompute, software: Software, stage: int) -> dict[str, float]:
    """Bytes one rank of a stage holds at its peak, by kind [B]."""
    parameters = rank_parameters(plan, shard)[stage]
    states = software.states[shard.precision]
    shards = plan.data if plan.sharding != "none" else 1
    in_flight = chunks_in_flight(plan, stage) / plan.virtual_stages * plan.stage_layers(stage)
    held = layer_activations(shard, software, recompute)
    # A layer that is recomputed holds everything once, while its backward pass runs.
    working = layer_activations(shard, software, "none") - held
    kinds = {
        "weights": states.weights * parameters,
        "gradients": states.gradients * parameters,
        "optimizer": states.optimizer * parameters / shards,
        "activations": in_flight * held + working,
    }
    if stage == plan.pipeline - 1:
        stored = sum(p.stored * shard.elements(p.tensor) for p in software.head if occurs(p, shard))
        kinds["logits"] = stored + ELEMENT * shard.elements("logits")
    kinds["fragmentation"] = software.fragmentation * (kinds["activations"] + kinds.get("logits", 0.0))
    kinds["reserved"] = software.reserved_memory
    return kinds


def layer_activations(shard: Shard, software: Software, recompute: Recompute) -> float:
    """Bytes one layer keeps for the backward pass of one micro-batch [B].

    Inputs of matrix products, queries, keys and values, and what the memory-bound operators keep; for a GPT
    without tensor parallelism this is the sbh(34 + 5as/h) of Korthikanti et al. 2022, arXiv:2205.05198,
    equation 1.
    """
    if recompute == "full":
        return ELEMENT * shard.elements("hidden")
    kept = sum(
        p.stored * shard.elements(p.tensor)
        for p in software.layer
        if occurs(p, shard) and not (recompute == "selective" and p.scope == "attention")
    )
    inputs = {"qkv": "hidden", "projection": "attention", "mlp up": "hidden", "mlp down": "ffn"}
    for name, tensor in inputs.items():
        if name not in software.discards:
            kept += ELEMENT * shard.elements(tensor)  # type: ignore[arg-type]
    return kept + ELEMENT * shard.elements("qkv")


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
            f"does not fit: stage {memory.stage} needs {show(memory.total, 'bytes')} of "
            f"{show(memory.capacity, 'bytes')}, {show(over, 'bytes')} too much; "
            f"{kind} are the most with {show(memory.kinds[kind], 'bytes')}"
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
    for order, (changes, other, other_shard, other_recompute) in enumerate(_neighbours(plan, shard, recompute)):
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
    shardings = ("none", "optimizer") if plan.sharding == "none" and plan.data > 1 else (plan.sharding,)
    micro_batches = [shard.batch // d for d in (1, 2, 4, 8, 16) if shard.batch % d == 0]
    tensors = [t for t in (plan.tensor, plan.tensor * 2, plan.tensor * 4, plan.tensor * 8) if _cuts(shard, t)]
    pipelines = [p for p in (plan.pipeline, plan.pipeline * 2, plan.pipeline * 4, plan.pipeline * 8)]
    for sharding, level, batch, tensor, pipeline in product(shardings, recomputes, micro_batches, tensors, pipelines):
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
