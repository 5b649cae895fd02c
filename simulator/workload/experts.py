"""A mixture of experts on one rank: router, exchange of tokens, grouped products, shared experts."""

from dataclasses import replace

from simulator.spec.software import ExpertLayers, Software
from simulator.workload.linear import ELEMENT, Linear, exchange, forward, gradients, recipe_of
from simulator.workload.mlp import mlp_backward, mlp_forward
from simulator.workload.operators import Message, Operator, Phase, Synchronization
from simulator.workload.passes import sweeps
from simulator.workload.shard import Shard


def experts_forward(shard: Shard, software: Software, phase: Phase) -> list[Operator]:
    """Route, send tokens to experts, compute, send back, add up."""
    layers = _layers(software)
    up, down = _linears(shard, layers)
    shared = mlp_forward(shard, software, phase, "shared", shard.shared_width) if shard.shared_width else []
    return [
        *forward(_router(shard), shard, software, phase),
        *sweeps(software.layer, shard, phase, "router"),
        *[Synchronization("tokens of each expert", phase)] * layers.synchronizations,
        *sweeps(software.layer, shard, phase, "dispatch"),
        *_beside(_exchange(shard, "dispatch", phase, software), shared, layers),
        *_gather_tokens(shard, phase, "all_gather"),
        *forward(up, shard, software, phase),
        *sweeps(software.layer, shard, phase, "expert"),
        *forward(down, shard, software, phase),
        *_gather_tokens(shard, phase, "reduce_scatter"),
        *_exchange(shard, "combine", phase, software),
        *sweeps(software.layer, shard, phase, "combine"),
    ]


def experts_backward(shard: Shard, software: Software) -> list[Operator]:
    """Gradients, along the same way back."""
    layers = _layers(software)
    up, down = _linears(shard, layers)
    shared = mlp_backward(shard, software, "shared", shard.shared_width) if shard.shared_width else []
    return [
        *sweeps(software.layer, shard, "backward", "combine"),
        *_beside(_exchange(shard, "combine gradient", "backward", software), shared, layers),
        *_gather_tokens(shard, "backward", "all_gather"),
        *gradients(down, shard, software),
        *sweeps(software.layer, shard, "backward", "expert"),
        *gradients(up, shard, software),
        *_gather_tokens(shard, "backward", "reduce_scatter"),
        *_exchange(shard, "dispatch gradient", "backward", software),
        *sweeps(software.layer, shard, "backward", "dispatch"),
        *sweeps(software.layer, shard, "backward", "router"),
        *gradients(_router(shard), shard, software),
    ]


def _layers(software: Software) -> ExpertLayers:
    if software.experts is None:
        raise ValueError(f"{software.name} does not say how it runs experts")
    return software.experts


def _router(shard: Shard) -> Linear:
    experts = shard.model.moe.experts if shard.model.moe else 0
    return Linear("router", shard.tokens / shard.cut, experts, shard.model.hidden, low=False)


def _linears(shard: Shard, layers: ExpertLayers) -> tuple[Linear, Linear]:
    """Up and down products of all experts of the rank."""
    hidden, count = shard.model.hidden, shard.local_experts
    launches = 1 if layers.grouped else max(1, round(count))
    each = shard.received / count
    return (
        Linear("expert up", each, shard.expert_width * shard.gates, hidden, count, launches=launches),
        Linear("expert down", each, hidden, shard.expert_width, count, launches=launches),
    )


def _exchange(shard: Shard, name: str, phase: Phase, software: Software) -> list[Operator]:
    """Tokens to the ranks of their experts, or back."""
    moe, recipe = shard.model.moe, recipe_of(shard, software)
    copies = moe.top_k if moe else 1
    if moe and moe.node_limit and _layers(software).deduplicated:
        copies = min(copies, moe.node_limit)
    forth = recipe is not None and name == "dispatch"
    element = recipe.dispatch if recipe is not None and forth else ELEMENT
    return exchange(
        shard, name, phase, "expert", element * shard.received / shard.expert_tensor * shard.model.hidden, copies
    )


def _beside(messages: list[Operator], shared: list[Operator], layers: ExpertLayers) -> list[Operator]:
    """The shared experts, beside the exchange where the framework runs them so."""
    if not layers.shared_overlap:
        return [*messages, *shared]
    return [*(replace(op, beside=len(shared)) for op in messages if isinstance(op, Message)), *shared]


def _gather_tokens(shard: Shard, phase: Phase, operation: str) -> list[Operator]:
    """Ranks that share an expert put their tokens together in front of it, and add its outputs behind it."""
    if shard.expert_tensor == 1:
        return []
    size = ELEMENT * shard.received * shard.model.hidden
    return [
        Message(
            f"expert tokens {operation}",
            phase,
            "all_gather" if operation == "all_gather" else "reduce_scatter",
            size,
            group="expert_tensor",
        )
    ]
