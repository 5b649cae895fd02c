"""Memory of the fullest rank, kind by kind."""

from collections.abc import Callable

from simulator.result.facts import Facts
from simulator.result.metric import FACTS, metric
from simulator.schedule.order import chunks_in_flight
from simulator.training.memory import mean_activations
from simulator.training.parameters import rank_parameters

_PLAN = ("scenario.parallelism", "scenario.cluster.count")


@metric(
    "step.parameters",
    "count",
    "parameters of the stage ÷ tensor degree, of the stage that is fullest",
    ("scenario.parallelism",),
    facts=FACTS,
)
def parameters(facts: Facts) -> int | None:
    """Parameters on the fullest rank [1]."""
    if facts.plan is None or facts.memory is None:
        return None
    return round(rank_parameters(facts.plan, facts.shard)[facts.memory.stage].total)


@metric(
    "step.layer_activations",
    "bytes",
    "inputs of products, queries, keys and values, and what memory-bound operators keep; one micro-batch",
    facts=FACTS,
)
def one_layer(facts: Facts) -> float:
    """Bytes one layer keeps for the backward pass [B]."""
    recompute = facts.resolved.scenario.training.recompute
    return mean_activations(facts.shard, facts.machine.software, recompute)


@metric(
    "step.working_activations",
    "bytes",
    "what a recomputed layer holds once more while its backward pass runs",
    facts=FACTS,
)
def working(facts: Facts) -> float:
    """Bytes of one layer that is being recomputed [B]."""
    recompute = facts.resolved.scenario.training.recompute
    whole, kept = (mean_activations(facts.shard, facts.machine.software, r) for r in ("none", recompute))
    return whole - kept


@metric(
    "step.layers_in_flight",
    "count",
    "layers of the stage × chunks whose backward pass is due ÷ virtual stages",
    (
        "scenario.parallelism",
        "scenario.training.global_batch",
        "scenario.training.micro_batch",
        "model.layers",
    ),
    facts=FACTS,
)
def in_flight(facts: Facts) -> float | None:
    """Layers whose activations are held at once [1]."""
    if facts.plan is None or facts.memory is None:
        return None
    plan, stage = facts.plan, facts.memory.stage
    return chunks_in_flight(plan, stage) / plan.virtual_stages * plan.stage_layers(stage)


KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "weights": (
        "bytes of a weight × parameters of the rank",
        ("software.states.{precision}.weights", "step.parameters"),
    ),
    "gradients": (
        "bytes of a gradient × parameters of the rank",
        ("software.states.{precision}.gradients", "step.parameters"),
    ),
    "optimizer": (
        "bytes of the states × parameters of the rank ÷ replicas that share them",
        ("software.states.{precision}.optimizer", "step.parameters", "scenario.parallelism.sharding", *_PLAN),
    ),
    "gathered": (
        "sharded parameters put together: layers ahead and the one that computes, embedding and logits",
        ("software.fully_sharded", "step.parameters", *_PLAN),
    ),
    "activations": (
        "layers in flight × what a layer keeps",
        ("step.layers_in_flight", "step.layer_activations"),
    ),
    "logits": (
        "logits, and what the operators of the last stage keep",
        ("software.head", "software.vocabulary_multiple", "model.vocab", "model.hidden",
         "scenario.training.micro_batch", "scenario.training.sequence_length", "scenario.parallelism.tensor",
         "scenario.parallelism.sequence_parallel"),
    ),
    "working": (
        "what the backward pass of one layer needs for the moment, beyond the room that logits leave",
        ("step.working_activations", "step.memory.logits", "model.hidden", "scenario.training.micro_batch"),
    ),
    "messages": (
        "input gathered and output not yet reduced over the tensor group × share that is not pipelined",
        ("model.hidden", "scenario.training.micro_batch", "scenario.training.sequence_length",
         "software.overlap.tensor_exposed"),
    ),
    "fragmentation": (
        "what the allocator holds beyond activations, logits and what passes",
        ("software.fragmentation", "step.memory.activations", "step.memory.logits", "step.memory.working",
         "step.memory.messages"),
    ),
    "reserved": ("context, workspaces and buffers of the libraries", ("software.reserved_memory",)),
}  # fmt: skip
"""Formula of each kind of memory, and what goes into it."""


def _declare(kind: str) -> Callable[..., float | None]:
    formula, upstream = KINDS[kind]

    @metric(f"step.memory.{kind}", "bytes", formula, upstream, facts=FACTS)
    def size(facts: Facts) -> float | None:
        """Memory of one kind [B]; none if the fullest rank holds none."""
        return None if facts.memory is None else facts.memory.kinds.get(kind)

    return size


for _kind in KINDS:
    _declare(_kind)


@metric(
    "step.memory",
    "bytes",
    "memory of the fullest rank by kind",
    tuple(f"step.memory.{kind}" for kind in KINDS),
    facts=FACTS,
)
def by_kind(facts: Facts) -> dict[str, float] | None:
    """Memory of the fullest rank [B]."""
    return None if facts.memory is None else facts.memory.kinds


@metric(
    "walls.memory.factor",
    "1",
    "memory of the accelerator ÷ memory of the fullest rank",
    ("step.memory",),
    facts=FACTS,
    capacity="accelerator.memory.capacity",
)
def headroom(facts: Facts, capacity: float) -> float | None:
    """How far the wall of memory is [1]."""
    return None if facts.memory is None else capacity / facts.memory.total
