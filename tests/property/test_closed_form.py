"""On uniform, uncontended plans the closed form and the events agree."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.engine.play import play
from simulator.schedule.closed_form import closed_form_time
from simulator.schedule.plan import Plan
from simulator.training.blocks import Block, Blocks
from simulator.training.graph import StepGraph
from simulator.workload.parameters import Parameters
from tests.builders import a_machine, a_model, a_plan, a_shard, part

seconds = st.floats(0.01, 10.0)


def free_machine(transfer: float, beside: bool) -> Any:
    """A machine on which nothing takes time but the passes, and a transfer between stages."""
    nccl = part("collectives", "nccl")
    links = {
        name: link.model_copy(update={"base": 0.0, "step": 0.0, "ramp": 0.0})
        for name, link in nccl.scale_up.items()
    }
    return a_machine(
        accelerator__scale_up__bandwidth=1e40,
        network__rate=1e40,
        network__adapter_latency=0.0,
        network__tiers=tuple(
            t.model_copy(update={"latency": 0.0}) for t in part("network", "ib-hdr-8x200").tiers
        ),
        collectives__scale_up=links,
        collectives__scale_out=nccl.scale_out.model_copy(
            update={"base": 0.0, "ring_step": 0.0, "tree_step": 0.0, "ramp": 0.0}
        ),
        software__optimizer=(),
        software__host__iteration=0.0,
        software__pipeline__synchronization=transfer,
        software__overlap__pipeline=beside,
    )


def played(plan: Plan, forward: float, backward: float, transfer: float = 0.0, beside: bool = True) -> float:
    """Time of the step in which each pass of a chunk takes the same."""
    shard = a_shard(a_model(tied_embeddings=False))
    blocks = Blocks(
        (Block("forward", forward, 0.0),) * plan.chunks,
        (Block("backward", backward, 0.0),) * plan.chunks,
        ((),) * plan.chunks,
        [],
    )
    graph = StepGraph(plan, shard, free_machine(transfer, beside), blocks, (Parameters(1.0),) * plan.pipeline)
    tasks = [task for task, _ in graph.tasks]
    return float(play(tasks, graph.after, graph.replicas.capacities()).end.max())


@st.composite
def uniform_plans(draw: Any) -> Plan:
    pipeline = draw(st.integers(1, 8))
    virtual = draw(st.integers(1, 4)) if pipeline > 1 else 1
    micro_batches = pipeline * draw(st.integers(1, 4)) if virtual > 1 else draw(st.integers(1, 20))
    schedule = "interleaved" if virtual > 1 else draw(st.sampled_from(["gpipe", "1f1b"]))
    return a_plan(
        pipeline * virtual,
        pipeline=pipeline,
        virtual_stages=virtual,
        micro_batches=micro_batches,
        schedule=schedule,
    )


def agree(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * other


@settings(max_examples=30, deadline=None)
@given(uniform_plans(), seconds, seconds)
def test_without_transfers_only_the_bubble_is_added(plan: Plan, forward: float, backward: float) -> None:
    # (m + (p − 1) / v) (f + b): Narayanan et al. 2021, arXiv:2104.04473, section 2.2.
    stage = plan.virtual_stages * (forward + backward)
    expected = (plan.micro_batches + (plan.pipeline - 1) / plan.virtual_stages) * stage
    assert agree(played(plan, forward, backward), expected)
    assert agree(closed_form_time(plan, forward, backward), expected)


@settings(max_examples=50, deadline=None)
@given(uniform_plans(), seconds, seconds, st.floats(0.0, 1.0))
def test_with_transfers_closed_form_and_events_agree(
    plan: Plan, forward: float, backward: float, share: float
) -> None:
    transfer = share * min(forward, backward)
    assert agree(
        closed_form_time(plan, forward, backward, transfer), played(plan, forward, backward, transfer)
    )


@settings(max_examples=20, deadline=None)
@given(uniform_plans(), seconds, seconds)
def test_exchanging_in_step_costs_nothing_while_transfers_are_free(
    plan: Plan, forward: float, backward: float
) -> None:
    assert agree(played(plan, forward, backward, beside=False), played(plan, forward, backward))
