"""What the fullest rank holds in memory, by kind."""

from dataclasses import dataclass

from simulator.machine.machine import Machine
from simulator.schedule.order import chunks_in_flight
from simulator.schedule.plan import Plan
from simulator.spec.software import Software, Tensor
from simulator.spec.training import Recompute
from simulator.training.parameters import rank_parameters
from simulator.workload.layer import ELEMENT, occurs
from simulator.workload.shard import Shard

INPUTS: dict[str, Tensor] = {
    "qkv": "hidden",
    "projection": "attention",
    "mlp up": "hidden",
    "mlp down": "ffn",
}
"""Inputs of the matrix products of a layer, which their weight gradients need."""


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


def stage_memory(
    plan: Plan, shard: Shard, recompute: Recompute, software: Software, stage: int
) -> dict[str, float]:
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
    kept_inputs = (tensor for product, tensor in INPUTS.items() if product not in software.discards)
    inputs = sum(ELEMENT * shard.elements(tensor) for tensor in kept_inputs)
    return kept + inputs + ELEMENT * shard.elements("qkv")
