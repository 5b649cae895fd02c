"""What each way of cutting a model must leave as it is, and what it must change."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simulator.schedule.plan import GroupName, Plan
from simulator.spec.expert_layers import ExpertLayers
from simulator.spec.fully_sharded import FullySharded
from simulator.spec.model import Experts, LatentAttention, Window
from simulator.spec.training import Lora, Sharding
from simulator.training.blocks import block_operators
from simulator.training.memory import stage_memory
from simulator.training.parameters import rank_parameters
from simulator.training.step import Step, simulate_step
from simulator.workload import layer
from simulator.workload.attention import core
from simulator.workload.kinds import LayerKind, prediction_kind
from simulator.workload.operators import AttentionCore, MatrixProduct, Message, Operator
from simulator.workload.shard import Shard
from tests.builders import a_machine, a_model, a_plan, a_shard, bend, part

FSDP = FullySharded(gather=2.0, prefetch=1, reshard=True, reduce_every="micro-batch", copies=0.0)
EXPERTS = ExpertLayers(deduplicated=False, grouped=True, synchronizations=0)
STACK = bend(part("software", "megatron-core-2024"), fully_sharded=FSDP, experts=EXPERTS)
PLAIN, WINDOWED, ROUTED = LayerKind(), LayerKind(window=True), LayerKind(experts=True)
S, H = 1024, 1024
PARALLEL = settings(max_examples=40, deadline=None)
DEGREES = st.sampled_from([1, 2, 4, 8])


def both(shard: Shard, kind: LayerKind = PLAIN) -> list[Operator]:
    return [*layer.forward(shard, kind, STACK), *layer.backward(shard, kind, STACK, "none")]


def flops(operators: Iterable[Operator]) -> float:
    return sum(operator.flops for operator in operators)


def products(operators: Iterable[Operator]) -> Counter[tuple[float, ...]]:
    """Sizes of the matrix products, whatever their names, without the router's."""
    return Counter(
        (op.m, op.n, op.k, op.batch)
        for op in operators
        if isinstance(op, MatrixProduct) and not op.name.startswith("router")
    )


def sent(operators: Iterable[Operator], name: str) -> list[float]:
    return [op.size for op in operators if isinstance(op, Message) and op.name == name]


def mixture(experts: int, top_k: int, width: int = 4096, **changes: Any) -> Any:
    return a_model(moe=Experts(experts=experts, top_k=top_k, ffn_hidden=width), **changes)


def step(plan: Plan, shard: Shard, rules: FullySharded = FSDP) -> Step:
    machine = a_machine("megatron-core-2024", software__fully_sharded=rules, software__experts=EXPERTS)
    return simulate_step(plan, shard, "none", machine)


def carried(found: Step, name: str) -> float:
    """Bytes of all messages of a name."""
    return sum(row.bytes for row in found.events.where(name=name, parent=""))


def computed(found: Step) -> float:
    return sum(row.flops for row in found.events.where(kind="task", parent=""))


# Experts.


@pytest.mark.parametrize("width", [1024, 4096])
@pytest.mark.parametrize("gated", [False, True])
def test_one_expert_that_all_tokens_go_to_is_an_mlp(width: int, gated: bool) -> None:
    dense = a_shard(a_model(ffn_hidden=width, gated=gated))
    routed = replace(dense, model=mixture(1, 1, width, gated=gated))
    assert products(both(routed, ROUTED)) == products(both(dense))


@PARALLEL
@given(DEGREES, st.sampled_from([1, 2]), st.sampled_from([1, 2, 4]), st.booleans())
def test_balanced_experts_get_the_tokens_that_are_sent(
    expert: int, expert_tensor: int, tensor: int, sequence_parallel: bool
) -> None:
    shard = a_shard(mixture(16, 2), tensor=tensor, sequence_parallel=sequence_parallel and tensor > 1)
    shard = replace(shard, expert=expert, expert_tensor=expert_tensor)
    routed = 2 * S / shard.cut
    found = layer.forward(shard, ROUTED, STACK)
    (up,) = [op for op in found if op.name == "expert up" and isinstance(op, MatrixProduct)]
    # Those that share an expert see each other's tokens, and each computes its part of the width.
    assert up.m * up.batch == pytest.approx(routed * expert_tensor)
    assert up.flops == pytest.approx(2 * routed * H * 4096)
    assert sent(found, "dispatch") == sent(found, "combine") == [2 * routed * H] * (expert > 1)


@PARALLEL
@given(st.sampled_from([2, 4, 8]), st.floats(1.01, 1.6))
def test_the_busiest_rank_gets_more_tokens_but_no_more_than_there_are(expert: int, skew: float) -> None:
    shard = a_shard(mixture(16, 2), expert=expert)
    skewed = replace(shard, skew=skew)
    assert shard.received == shard.routed
    assert shard.received <= skewed.received * (1 + 1e-9) <= shard.routed * expert * (1 + 1e-6)


def test_experts_filled_to_the_mean_get_what_balanced_ones_get() -> None:
    shard = a_shard(mixture(16, 2), expert=4)
    assert replace(shard, capacity=1.0).received == shard.received
    assert replace(shard, capacity=1.5).received == 1.5 * shard.received


# Context.

METHODS = st.sampled_from(["ring", "all_gather", "all_to_all"])


@PARALLEL
@given(DEGREES, METHODS, st.sampled_from(["forward", "backward"]), st.sampled_from([1, 2]))
def test_the_ranks_of_a_context_group_do_the_attention_of_the_whole_sequence(
    context: int, method: Any, phase: Any, tensor: int
) -> None:
    whole = a_shard(tensor=tensor)
    cut = replace(whole, context=context, context_method=method)
    of_all = context * flops(op for op in core(cut, PLAIN, STACK, phase) if isinstance(op, AttentionCore))
    assert of_all == pytest.approx(flops(core(whole, PLAIN, STACK, phase)), rel=1e-12)


@PARALLEL
@given(DEGREES, METHODS)
def test_the_ranks_of_a_context_group_do_all_products(context: int, method: Any) -> None:
    whole = a_shard()
    cut = replace(whole, context=context, context_method=method)
    assert context * flops(both(cut)) == pytest.approx(flops(both(whole)), rel=1e-12)


@PARALLEL
@given(st.sampled_from([2, 4, 8]), st.sampled_from([4, 16]))
def test_keys_and_values_go_round_a_ring_once(context: int, kv_heads: int) -> None:
    model = a_model(kv_heads=kv_heads)
    size = 2.0 * 2 * kv_heads * 64 * S  # of all keys and values
    ring, gathered = (
        sent(
            layer.forward(a_shard(model, context=context, context_method=method), PLAIN, STACK),
            "keys and values",
        )
        for method in ("ring", "all_gather")
    )
    # Each rank passes on all pieces but the one that is its neighbour's own.
    assert context * sum(ring) == pytest.approx((context - 1) * size)
    assert gathered == [pytest.approx(size)]


# Replicas.

SHARDINGS: tuple[Sharding, ...] = ("none", "optimizer", "gradients", "parameters")


def test_sharding_changes_memory_and_messages_and_not_what_is_computed() -> None:
    shard = a_shard()
    plans = [a_plan(data=8, sharding=sharding) for sharding in SHARDINGS]
    work = [computed(step(plan, shard)) for plan in plans]
    assert work == [pytest.approx(work[0])] * 4
    held = [
        sum(
            stage_memory(plan, shard, "none", STACK, 0)[kind]
            for kind in ("weights", "gradients", "optimizer")
        )
        for plan in plans
    ]
    assert held == sorted(held, reverse=True)
    assert len(set(held)) == 4
    assert held[3] == held[0] / 8


@pytest.mark.parametrize("micro_batches", [1, 3])
@pytest.mark.parametrize(("reshard", "times"), [(True, 2), (False, None)])
def test_parameters_are_gathered_in_each_direction_unless_they_stay(
    micro_batches: int, reshard: bool, times: int | None
) -> None:
    plan, shard = a_plan(data=8, sharding="parameters", micro_batches=micro_batches), a_shard()
    found = step(plan, shard, bend(FSDP, reshard=reshard))
    (parameters,) = rank_parameters(plan, shard)
    assert carried(found, "parameters") == 2.0 * parameters.total * (times * micro_batches if times else 1)


@pytest.mark.parametrize(("every", "times"), [("micro-batch", 3), ("step", 1)])
def test_gradients_leave_as_often_as_the_framework_says(every: str, times: int) -> None:
    plan, shard = a_plan(data=8, sharding="parameters", micro_batches=3), a_shard()
    (parameters,) = rank_parameters(plan, shard)
    element = STACK.gradient_reduction["bf16"]
    found = carried(step(plan, shard, bend(FSDP, reduce_every=every)), "gradients")
    assert found == element * parameters.total * times


def test_hybrid_sharding_over_all_replicas_is_full_sharding() -> None:
    shard = a_shard()
    full = a_plan(data=8, sharding="parameters")
    hybrid = replace(full, sharding="hybrid", shard_group=8)
    assert step(hybrid, shard).time == step(full, shard).time
    assert stage_memory(hybrid, shard, "none", STACK, 0) == stage_memory(full, shard, "none", STACK, 0)


@PARALLEL
@given(st.sampled_from([1, 2, 4, 8]), st.sampled_from(["none", "optimizer", "parameters", "hybrid"]))
def test_shards_times_copies_are_the_replicas(group: int, sharding: Any) -> None:
    plan = a_plan(tensor=2, data=8, context=2, expert=4, sharding=sharding)
    plan = replace(plan, shard_group=group if sharding == "hybrid" else None)
    names: tuple[GroupName, ...] = ("data", "expert_data")
    for name in names:
        assert plan.shards(name).ranks * plan.copies(name).ranks == plan.group(name).ranks


@PARALLEL
@given(DEGREES, DEGREES, DEGREES, DEGREES, DEGREES, st.sampled_from([1, 2]))
def test_groups_multiply_to_the_ranks(
    tensor: int, context: int, data: int, pipeline: int, expert: int, expert_tensor: int
) -> None:
    assume(tensor * context * data % (expert * expert_tensor) == 0)
    plan = a_plan(tensor=tensor, context=context, data=data, pipeline=pipeline)
    plan = replace(plan, expert=expert, expert_tensor=expert_tensor)
    dense = plan.group("tensor").ranks * plan.group("data").ranks
    routed = plan.group("expert_tensor").ranks * plan.group("expert").ranks * plan.group("expert_data").ranks
    assert dense == routed == plan.stage_ranks
    assert plan.ranks == dense * pipeline == tensor * context * data * pipeline


@pytest.mark.parametrize("batch", [1, 2, 4])
def test_micro_batches_share_the_tokens(batch: int) -> None:
    shard = a_shard(batch=batch)
    found = step(a_plan(micro_batches=4 // batch), shard)
    assert computed(found) == pytest.approx(computed(step(a_plan(micro_batches=1), a_shard(batch=4))))
    passes = found.events.where(kind="task", parent="")
    assert sum(row.tokens for row in passes) == pytest.approx(2 * 4 * S)


# What is trained.


@pytest.mark.parametrize("targets", [(), ("qkv",), ("qkv", "projection", "mlp up", "mlp down")])
def test_frozen_matrices_have_no_weight_gradient(targets: Any) -> None:
    full = [op for op in both(a_shard()) if isinstance(op, MatrixProduct)]
    tuned = both(a_shard(lora=Lora(rank=16, targets=targets)))
    matrices = [op for op in tuned if isinstance(op, MatrixProduct)]
    frozen = [op for op in matrices if "adapter" not in op.name]
    # 4 instead of 6 operations for each parameter and token.
    assert not [op for op in frozen if op.phase == "weight"]
    assert flops(frozen) == pytest.approx(flops(full) * 4 / 6)
    adapters = {op.name.split(" adapter")[0] for op in matrices if "adapter" in op.name}
    assert adapters == set(targets)


@PARALLEL
@given(st.sampled_from([2, 4, 8]), st.booleans())
def test_sequence_parallelism_computes_the_same(tensor: int, gated: bool) -> None:
    apart, along = (
        a_shard(a_model(gated=gated), tensor=tensor, sequence_parallel=parallel) for parallel in (False, True)
    )
    assert flops(both(apart)) == flops(both(along))


# What attention sees.


@PARALLEL
@given(st.integers(1, 4 * S))
def test_a_window_as_long_as_the_sequence_hides_nothing(tokens: int) -> None:
    shard = a_shard(a_model(window=Window(tokens=tokens)))
    windowed, full = flops(both(shard, WINDOWED)), flops(both(shard))
    assert windowed <= full * (1 + 1e-12)
    if tokens >= S:
        assert windowed == full


def test_a_document_as_long_as_the_sequence_is_the_sequence() -> None:
    assert both(a_shard(document=S)) == both(a_shard())
    whole, halves = (flops(core(a_shard(document=d), PLAIN, STACK, "forward")) for d in (S, S // 2))
    assert halves == whole / 2


def test_latent_attention_with_the_widths_of_plain_attention_has_its_core() -> None:
    mla = LatentAttention(
        q_lora_rank=256, kv_lora_rank=128, qk_nope_head_dim=32, qk_rope_head_dim=32, v_head_dim=64
    )
    plain, latent = a_shard(), a_shard(a_model(mla=mla))
    assert core(latent, PLAIN, STACK, "forward") == core(plain, PLAIN, STACK, "forward")
    outputs = [
        [op for op in layer.forward(shard, PLAIN, STACK) if op.name == "projection"]
        for shard in (plain, latent)
    ]
    assert outputs[0] == outputs[1]


def test_predicting_a_further_token_takes_a_layer_and_logits_more() -> None:
    model = a_model(multi_token_prediction=1)
    one, two = (block_operators(a_shard(one_of), STACK, "none") for one_of in (a_model(), model))
    further = sum(flops(two[name]) - flops(one[name]) for name in one)
    logits, join = 6 * S * H * 8192, 6 * S * 2 * H * H
    assert further == pytest.approx(flops(both(a_shard(model), prediction_kind(model))) + logits + join)
