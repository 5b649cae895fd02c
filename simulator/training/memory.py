"""What the fullest rank holds in memory, by kind."""

from dataclasses import dataclass

from simulator.machine.machine import Machine
from simulator.schedule.order import chunks_in_flight
from simulator.schedule.plan import Plan
from simulator.spec.software import Software
from simulator.spec.training import Recompute
from simulator.training.parameters import chunk_kinds, rank_parameters, trained, unit_parameters
from simulator.workload.kinds import LayerKind, layer_kinds
from simulator.workload.linear import ELEMENT, recipe_of
from simulator.workload.parameters import Parameters
from simulator.workload.passes import DENSE_ONLY, occurs
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


def stage_memory(
    plan: Plan, shard: Shard, recompute: Recompute, software: Software, stage: int
) -> dict[str, float]:
    """Bytes one rank of a stage holds at its peak, by kind [B]."""
    kinds = _state_memory(plan, shard, software, stage)
    chunks = chunk_kinds(plan, shard)
    mine = [chunks[plan.chunk(stage, virtual)] for virtual in range(plan.virtual_stages)]
    in_flight = chunks_in_flight(plan, stage) / plan.virtual_stages
    held = working = 0.0
    for kind in {kind for counted in mine for kind in counted}:
        kept = layer_activations(shard, kind, software, recompute)
        # A layer that is recomputed holds everything once, while its backward pass runs.
        working = max(working, layer_activations(shard, kind, software, "none") - kept)
        held += in_flight * kept * sum(counted.get(kind, 0) for counted in mine)
    kinds["activations"] = held + working
    if shard.offload == "activations":
        kinds["activations"] = min(held, 2.0 * held / max(1, plan.stage_layers(stage))) + working
    if stage == plan.stage_of(plan.chunks - 1):
        stored = sum(p.stored * shard.elements(p.tensor) for p in software.head if occurs(p, shard))
        kinds["logits"] = stored + ELEMENT * shard.elements("logits")
    kinds["fragmentation"] = software.fragmentation * (kinds["activations"] + kinds.get("logits", 0.0))
    kinds["reserved"] = software.reserved_memory
    return kinds


def _state_memory(plan: Plan, shard: Shard, software: Software, stage: int) -> dict[str, float]:
    """Weights, gradients and optimizer states of a rank, and what is gathered for the moment [B]."""
    everything = rank_parameters(plan, shard)[stage]
    learned = trained(everything, shard)
    states, recipe = software.states[shard.base], recipe_of(shard, software)
    weights = recipe.weights if recipe else states.weights

    def divided(parameters: Parameters) -> float:
        return parameters.dense / plan.shards("data").ranks + (
            parameters.experts / plan.shards("expert_data").ranks
        )

    by_level = {"gradients": plan.sharding not in ("none", "optimizer"), "optimizer": plan.sharding != "none"}
    kinds = {
        "weights": weights * (divided(everything) if plan.fully_sharded else everything.total),
        "gradients": states.gradients * (divided(learned) if by_level["gradients"] else learned.total),
        "optimizer": states.optimizer * (divided(learned) if by_level["optimizer"] else learned.total),
    }
    if shard.offload == "optimizer":
        kinds["optimizer"] = 0.0
    rules = software.fully_sharded
    if plan.fully_sharded and rules:
        largest = max(unit_parameters(shard, kind).total for kind in layer_kinds(shard.model))
        # Layers gathered ahead and the one that computes, and a gradient on its way out.
        kinds["gathered"] = largest * (ELEMENT * (rules.prefetch + 1) + software.gradient_reduction[shard.base])
        if plan.gathers_once:
            kinds["gathered"] += ELEMENT * (everything.total - largest * (rules.prefetch + 1))
    return kinds


def layer_activations(shard: Shard, kind: LayerKind, software: Software, recompute: Recompute) -> float:
    """Bytes one layer keeps for the backward pass of one micro-batch [B].

    Inputs of matrix products, queries, keys and values, and what the memory-bound operators keep; for a GPT
    without tensor parallelism this is the sbh(34 + 5as/h) of Korthikanti et al. 2022, arXiv:2205.05198,
    equation 1.
    """
    if recompute == "full":
        return ELEMENT * shard.elements("hidden")
    again = software.selective if recompute == "selective" else {}
    scopes = _scopes(kind)
    kept = sum(
        p.stored * shard.elements(p.tensor) * (1.0 - again.get(p.name, again.get(p.scope, 0.0)))
        for p in software.layer
        if p.scope in scopes and occurs(p, shard) and not (kind.experts and p.tensor in DENSE_ONLY)
    )
    recipe = recipe_of(shard, software)
    element = recipe.saved if recipe else ELEMENT
    for product, (elements, producer) in _inputs(shard, kind).items():
        if product not in software.discards and not _frozen(product, shard):
            kept += element * elements * (1.0 - again.get(producer, 0.0))
    return kept + ELEMENT * shard.elements("qkv") * (1.0 - again.get("qkv", 0.0))


def mean_activations(shard: Shard, software: Software, recompute: Recompute) -> float:
    """Bytes a layer keeps for the backward pass of one micro-batch, mean over the layers [B]."""
    kinds = layer_kinds(shard.model)
    return sum(layer_activations(shard, kind, software, recompute) for kind in kinds) / len(kinds)


def _scopes(kind: LayerKind) -> tuple[str, ...]:
    experts = ("router", "dispatch", "expert", "combine") if kind.experts else ()
    return ("attention", "projection", "mlp", *experts)


def _inputs(shard: Shard, kind: LayerKind) -> dict[str, tuple[float, str]]:
    """Inputs of the products of a layer, which their weight gradients need: elements, and what makes them."""
    hidden, e = shard.elements("hidden"), shard.elements
    found = {"qkv": (hidden, ""), "projection": (e("attention"), "")}
    if shard.model.mla:
        found |= {"latent": (e("latent"), "")}
    if not kind.experts:
        return found | {"mlp up": (hidden, ""), "mlp down": (e("ffn"), "mlp up")}
    found |= {
        "router": (hidden, ""),
        "expert up": (shard.received * shard.model.hidden, ""),
        "expert down": (e("expert_ffn"), "expert swiglu"),
    }
    return found | ({"shared down": (e("shared_ffn"), "shared up")} if shard.shared_width else {})


def _frozen(product: str, shard: Shard) -> bool:
    """Whether a product has no weight gradient, and so no need of its input."""
    return shard.lora is not None and product not in shard.lora.targets
