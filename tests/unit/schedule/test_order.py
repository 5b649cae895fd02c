"""The order in which stages work."""

from itertools import accumulate
from typing import Literal

import pytest

from simulator.schedule.order import Work, chunks_in_flight, stage_order, warm_up_forwards
from simulator.schedule.plan import Plan
from tests.builders import a_plan

PLANS = [
    a_plan(64, schedule=schedule, pipeline=p, virtual_stages=v, micro_batches=m)
    for schedule, p, v, m in [
        ("gpipe", 4, 1, 6),
        ("1f1b", 1, 1, 3),
        ("1f1b", 4, 1, 2),
        ("1f1b", 4, 1, 9),
        ("interleaved", 4, 2, 4),
        ("interleaved", 4, 3, 8),
        ("interleaved", 2, 4, 10),
    ]
]
PHASES: tuple[Literal["forward", "backward"], ...] = ("forward", "backward")
EVERY = pytest.mark.parametrize(
    "plan", PLANS, ids=lambda p: f"{p.schedule}-{p.pipeline}x{p.virtual_stages}-{p.micro_batches}"
)


def in_flight(plan: Plan, stage: int) -> int:
    """Most forward passes whose backward pass is still due."""
    return max(accumulate(1 if work.forward else -1 for work in stage_order(plan, stage)))


@EVERY
def test_each_micro_batch_passes_each_chunk_once_forward_and_once_backward(plan: Plan) -> None:
    everything = {
        Work(phase, micro_batch, chunk)
        for phase in PHASES
        for micro_batch in range(plan.micro_batches)
        for chunk in range(plan.virtual_stages)
    }
    for stage in range(plan.pipeline):
        order = stage_order(plan, stage)
        assert len(order) == len(everything)
        assert set(order) == everything


@EVERY
def test_backward_comes_after_forward(plan: Plan) -> None:
    for stage in range(plan.pipeline):
        place = {work: index for index, work in enumerate(stage_order(plan, stage))}
        assert all(place[w._replace(phase="forward")] < index for w, index in place.items() if not w.forward)


@EVERY
def test_memory_in_flight_is_what_the_order_holds(plan: Plan) -> None:
    for stage in range(plan.pipeline):
        assert chunks_in_flight(plan, stage) == in_flight(plan, stage)


@pytest.mark.parametrize("micro_batches", [2, 4, 20])
def test_1f1b_holds_no_more_than_the_stages_that_follow(micro_batches: int) -> None:
    plan = a_plan(pipeline=4, micro_batches=micro_batches)
    assert [in_flight(plan, stage) for stage in range(4)] == [min(4 - s, micro_batches) for s in range(4)]


def test_gpipe_holds_everything() -> None:
    assert in_flight(a_plan(pipeline=4, schedule="gpipe", micro_batches=20), 3) == 20


def test_interleaved_warm_up_of_megatron() -> None:
    # Megatron-LM: 2 (p − stage − 1) + (v − 1) p.
    plan = a_plan(64, pipeline=4, virtual_stages=3, micro_batches=16)
    assert [warm_up_forwards(plan, stage) for stage in range(4)] == [14, 12, 10, 8]


def test_interleaved_with_one_round_runs_all_forward_passes_first() -> None:
    plan = a_plan(64, pipeline=4, virtual_stages=3, micro_batches=4)
    assert [warm_up_forwards(plan, stage) for stage in range(4)] == [12] * 4


def test_interleaved_goes_through_all_chunks_in_rounds_of_one_micro_batch_per_stage() -> None:
    plan = a_plan(64, pipeline=2, virtual_stages=2, micro_batches=4)
    forward = [(work.micro_batch, work.chunk) for work in stage_order(plan, 0) if work.forward]
    backward = [(work.micro_batch, work.chunk) for work in stage_order(plan, 0) if not work.forward]
    assert forward == [(0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (3, 0), (2, 1), (3, 1)]
    assert backward == [(0, 1), (1, 1), (0, 0), (1, 0), (2, 1), (3, 1), (2, 0), (3, 0)]
