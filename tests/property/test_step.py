"""What holds for every step: nothing is lost, folding changes nothing, each degree changes what it should."""

from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simulator.record.row import Row
from simulator.result.breakdown import Blocks, step_breakdown
from simulator.schedule.plan import Plan
from simulator.workload.kinds import LayerKind
from simulator.workload.layer import backward, forward
from simulator.workload.operators import Operator
from tests.builders import a_machine, a_model, a_plan, a_shard, a_step

DEPTH = 12
STACKS = ("megatron-lm-2021", "megatron-lm-2022", "megatron-deepspeed-2022", "megatron-core-2024")
machines = st.builds(
    a_machine,
    st.sampled_from(STACKS),
    software__overlap__slowdown=st.sampled_from([0.0, 0.1]),
    software__host__launch=st.sampled_from([1e-6, 3e-5]),
)
steps = settings(max_examples=12, deadline=None)


@st.composite
def plans(draw: Any, **fixed: Any) -> Plan:
    """Any plan that a scenario could ask of a model of twelve layers."""
    pipeline = draw(st.sampled_from([1, 2, 3, 4, 6]))
    virtual = draw(st.sampled_from([v for v in (1, 2, 3) if pipeline * v <= DEPTH])) if pipeline > 1 else 1
    rounds = draw(st.integers(1, 3))
    tensor = draw(st.sampled_from([1, 2, 8]))
    sharding = draw(st.sampled_from(["none", "optimizer"]))
    options = {
        "tensor": tensor,
        "sequence_parallel": tensor > 1 and draw(st.booleans()),
        "pipeline": pipeline,
        "virtual_stages": virtual,
        "data": draw(st.sampled_from([1, 2, 8])),
        "schedule": "interleaved" if virtual > 1 else draw(st.sampled_from(["gpipe", "1f1b"])),
        "sharding": sharding,
        "micro_batches": rounds * pipeline if virtual > 1 else rounds,
        "overlap_gradients": draw(st.booleans()),
        "overlap_parameters": sharding != "none" and draw(st.booleans()),
    }
    return a_plan(DEPTH, **{**options, **fixed})


def deep() -> Any:
    return a_model(layers=DEPTH)


def passes(rows: tuple[Row, ...]) -> list[Row]:
    return [row for row in rows if row.kind == "task" and not row.parent]


@steps
@given(plans(), machines)
def test_a_breakdown_adds_up_to_its_step(plan: Plan, machine: Any) -> None:
    step = a_step(plan, machine, "full", deep())
    breakdown = step_breakdown(step.events.rows, step.time)
    assert min(breakdown.values()) >= 0.0
    assert abs(sum(breakdown.values()) - step.time) <= 1e-9 * step.time


@steps
@given(plans(), machines)
def test_every_token_passes_every_chunk_forward_and_backward(plan: Plan, machine: Any) -> None:
    rows = passes(a_step(plan, machine, "none", deep()).events.rows)
    for stage in range(plan.pipeline):
        tokens = sum(row.tokens for row in rows if row.stage == stage)
        expected = 2 * plan.virtual_stages * plan.micro_batches * 1024
        assert abs(tokens - expected) <= 1e-9 * expected


@steps
@given(plans(data=8), machines)
def test_gradients_and_parameters_travel_whole(plan: Plan, machine: Any) -> None:
    rows = a_step(plan, machine, "none", deep()).events.rows
    apart = a_step(replace(plan, overlap_gradients=False, overlap_parameters=False), machine, "none", deep())
    for name in ("gradients", "parameters"):
        sent, whole = (sum(r.bytes for r in found if r.name == name) for found in (rows, apart.events.rows))
        assert abs(sent - whole) <= 1e-9 * whole


@steps
@given(plans(), machines)
def test_each_activation_and_each_gradient_crosses_each_border_once(plan: Plan, machine: Any) -> None:
    assume(plan.pipeline > 1)
    rows = [
        row for row in a_step(plan, machine, "none", deep()).events.rows if row.name.startswith("activation")
    ]
    each = min(row.bytes for row in rows)
    crossings = 2 * plan.micro_batches * (plan.chunks - 1)
    assert abs(sum(row.bytes for row in rows) - crossings * each) <= 1e-9 * crossings * each


@steps
@given(plans(), machines, st.sampled_from(["none", "selective", "full"]))
def test_folding_changes_nothing(plan: Plan, machine: Any, recompute: Any) -> None:
    """Layers folded into one with a repeat do what all layers do, one by one."""
    rows = a_step(plan, machine, recompute, deep()).events.rows
    blocks = Blocks(rows)

    @cache
    def unfolded(name: str) -> float:
        return sum(
            row.repeat * (unfolded(row.name) if row.kind == "task" else row.flops)
            for row in blocks.parts(name)
        )

    whole = sum(row.flops for row in passes(rows))
    # A pass in several pieces is one block, whose pieces share its operations.
    blocks_run = {(row.stage, row.item, row.name) for row in passes(rows)}
    if plan.virtual_stages == 1:
        unfolded_whole = sum(unfolded(name) for _, _, name in blocks_run)
        assert abs(unfolded_whole - whole) <= 1e-9 * whole
    shard = a_shard(deep(), tensor=plan.tensor, sequence_parallel=plan.sequence_parallel)
    kind, software = LayerKind(), machine.software
    layer: list[Operator] = [*forward(shard, kind, software), *backward(shard, kind, software, recompute)]
    logits = 6 * 1024 * 1024 * 8192 / plan.tensor
    expected = plan.micro_batches * (DEPTH * sum(operator.flops for operator in layer) + logits)
    assert abs(whole - expected) <= 1e-9 * expected


@steps
@given(plans(data=1), machines, st.sampled_from([2, 8, 64]))
def test_replicas_do_not_change_what_each_computes(plan: Plan, machine: Any, data: int) -> None:
    plan = replace(plan, overlap_gradients=False, overlap_parameters=False)
    alone, many = (a_step(replace(plan, data=d), machine, "full", deep()) for d in (1, data))
    for bucket in ("compute", "recompute"):
        one, all_ = (step_breakdown(step.events.rows, step.time)[bucket] for step in (alone, many))
        assert abs(one - all_) <= 1e-9 * one


@steps
@given(plans(), machines)
def test_recomputation_adds_compute_and_nothing_else_gets_less(plan: Plan, machine: Any) -> None:
    levels = [a_step(plan, machine, level, deep()) for level in ("none", "selective", "full")]
    again = [step_breakdown(step.events.rows, step.time)["recompute"] for step in levels]
    assert again[0] == 0.0 < again[1] < again[2]
    assert levels[0].time < levels[1].time < levels[2].time
