"""A mixture of experts on one rank: router, exchange of tokens, grouped products, shared experts."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from simulator.spec.expert_layers import CapturedPart, ExpertLayers
from simulator.spec.software import Software
from simulator.workload.linear import ELEMENT, Linear, forward, gradients, recipe_of
from simulator.workload.messages import exchange
from simulator.workload.mlp import mlp_backward, mlp_forward
from simulator.workload.operators import MatrixProduct, Message, Operator, Phase, Synchronization
from simulator.workload.passes import sweeps
from simulator.workload.shard import Shard


def experts_forward(shard: Shard, software: Software, phase: Phase) -> list[Operator]:
    """Route, send tokens to experts, compute, send back, add up."""
    layers = expert_layers(software)
    up, down = _linears(shard, layers)
    shared = mlp_forward(shard, software, phase, "shared", shard.shared_width) if shard.shared_width else []
    router = [
        *forward(_router(shard), shard, software, phase),
        *sweeps(software.layer, shard, phase, "router"),
    ]
    experts = [
        *_ordered(shard, software, phase, "dispatch"),
        *_masked(shard, layers, phase, "dispatch product"),
        *_beside(_exchange(shard, "dispatch", phase, software), shared, layers),
        *_gather_tokens(shard, phase, "all_gather"),
        *forward(up, shard, software, phase),
        *sweeps(software.layer, shard, phase, "expert"),
        *forward(down, shard, software, phase),
        *_gather_tokens(shard, phase, "reduce_scatter"),
        *_exchange(shard, "combine", phase, software),
        *_masked(shard, layers, phase, "combine product"),
        *_ordered(shard, software, phase, "combine"),
    ]
    return [
        *launched(router, "router", software),
        *[Synchronization("tokens of each expert", phase)] * layers.synchronizations,
        *launched(experts, "experts", software),
    ]


def experts_backward(shard: Shard, software: Software) -> list[Operator]:
    """Gradients, along the same way back."""
    layers = expert_layers(software)
    up, down = _linears(shard, layers)
    shared = mlp_backward(shard, software, "shared", shard.shared_width) if shard.shared_width else []
    experts = [
        *_ordered(shard, software, "backward", "combine"),
        *_masked(shard, layers, "backward", "combine product", 2),
        *_beside(_exchange(shard, "combine gradient", "backward", software), shared, layers),
        *_gather_tokens(shard, "backward", "all_gather"),
        *gradients(down, shard, software),
        *sweeps(software.layer, shard, "backward", "expert"),
        *gradients(up, shard, software),
        *_gather_tokens(shard, "backward", "reduce_scatter"),
        *_exchange(shard, "dispatch gradient", "backward", software),
        *_masked(shard, layers, "backward", "dispatch product"),
        *_ordered(shard, software, "backward", "dispatch"),
    ]
    router = [
        *sweeps(software.layer, shard, "backward", "router"),
        *gradients(_router(shard), shard, software),
    ]
    return [*launched(experts, "experts", software), *launched(router, "router", software)]


def launched(operators: Sequence[Operator], part: CapturedPart, software: Software) -> list[Operator]:
    """The operators of one part of a layer, marked where a graph launches them in place of the host."""
    if software.experts is None or part not in software.experts.captured:
        return list(operators)
    return [op if isinstance(op, Synchronization) else replace(op, eager=False) for op in operators]


def expert_layers(software: Software) -> ExpertLayers:
    """How the framework runs layers with experts."""
    if software.experts is None:
        raise ValueError(f"{software.name} does not say how it runs experts")
    return software.experts


def _ordered(shard: Shard, software: Software, phase: Phase, scope: str) -> list[Operator]:
    """Tokens put in the order of their experts, or back, where the exchange does not do so itself."""
    share = expert_layers(software).permutation
    passes = sweeps(software.layer, shard, phase, scope) if share else ()
    return [replace(op, size=share * op.size, kernels=ceil(share * op.kernels)) for op in passes]


def _masked(shard: Shard, layers: ExpertLayers, phase: Phase, name: str, times: int = 1) -> list[Operator]:
    """Products of the tokens of each sequence with a mask that has a column for every place of every expert.

    Backward the mask of the way there is no number to learn; that of the way back, which holds the weights of
    the experts, is.
    """
    if not layers.masks or shard.model.moe is None:
        return []
    sequence = shard.sequence / shard.context / shard.cut
    places = sequence * shard.model.moe.top_k * (shard.capacity or 1.0)
    return [MatrixProduct(name, phase, places, shard.model.hidden, sequence, shard.batch)] * times


def _router(shard: Shard) -> Linear:
    experts = shard.model.moe.experts if shard.model.moe else 0
    return Linear("router", shard.tokens / shard.cut, experts, shard.model.hidden, low=False)


def _linears(shard: Shard, layers: ExpertLayers) -> tuple[Linear, Linear]:
    """Up and down products of all experts of the rank."""
    hidden, count = shard.model.hidden, shard.local_experts
    launches = 1 if layers.grouped else max(1, round(count))
    each = shard.received / count
    runs = (launches, min(launches, layers.streams))
    return (
        Linear("expert up", each, shard.expert_width * shard.gates, hidden, count, True, *runs),
        Linear("expert down", each, hidden, shard.expert_width, count, True, *runs),
    )


def _exchange(shard: Shard, name: str, phase: Phase, software: Software) -> list[Operator]:
    """Tokens to the ranks of their experts, or back."""
    moe, recipe = shard.model.moe, recipe_of(shard, software)
    copies = moe.top_k if moe else 1
    if moe and moe.node_limit is None and expert_layers(software).node_limited_only:
        copies = 1
    forth = recipe is not None and name == "dispatch"
    element = recipe.dispatch if recipe is not None and forth else ELEMENT
    size = element * shard.received / shard.expert_tensor * shard.model.hidden
    limit = moe.node_limit or 0 if moe else 0
    return exchange(shard, name, phase, "expert", size, copies, limit)


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
