"""Schedules with a split backward pass against what their papers state."""

import pytest

from simulator.engine.play import Task, play
from simulator.schedule.order import Work, chunks_in_flight, stage_order
from simulator.schedule.plan import Plan
from simulator.spec.training import Schedule

SPLIT: list[tuple[Schedule, int]] = [("zb-h1", 1), ("zb-v", 2), ("dualpipe", 2)]


def plan_of(schedule: Schedule, stages: int, chunks: int, micro_batches: int) -> Plan:
    layers = (1,) * (stages * chunks)
    return Plan(1, stages, chunks, 1, False, schedule, "none", micro_batches, layers, False, False)


def played(plan: Plan) -> float:
    """Time of a step whose three kinds of pass take one second for all chunks of a stage together."""
    work = [(stage, w) for stage in range(plan.pipeline) for w in stage_order(plan, stage)]
    place = {(w.phase, w.micro_batch, plan.chunk(stage, w.chunk)): i for i, (stage, w) in enumerate(work)}
    last = plan.chunks - 1

    def after(w: Work, chunk: int) -> tuple[int, ...]:
        if w.phase == "forward":
            return (place["forward", w.micro_batch, chunk - 1],) if chunk else ()
        if w.phase == "weight":
            return (place["backward", w.micro_batch, chunk],)
        turn = ("forward", w.micro_batch, chunk) if chunk == last else ("backward", w.micro_batch, chunk + 1)
        return (place[turn],)

    both = 1.0 if plan.splits_backward else 2.0
    lasts = {"forward": 1.0, "backward": both, "weight": 1.0}
    tasks = [Task(stage, lasts[w.phase] / plan.virtual_stages) for stage, w in work]
    waits = [after(w, plan.chunk(stage, w.chunk)) for stage, w in work]
    return float(play(tasks, waits).end.max())


@pytest.mark.parametrize(("schedule", "chunks"), SPLIT)
@pytest.mark.parametrize("stages", [2, 4, 8])
@pytest.mark.parametrize("rounds", [2, 3])
def test_every_pass_of_every_micro_batch_runs_once(
    schedule: Schedule, chunks: int, stages: int, rounds: int
) -> None:
    plan = plan_of(schedule, stages, chunks, rounds * stages)
    for stage in range(stages):
        order = stage_order(plan, stage)
        assert len(order) == len(set(order)) == 3 * plan.micro_batches * chunks


@pytest.mark.parametrize("stages", [2, 4, 8])
def test_h1_has_a_third_of_the_bubble(stages: int) -> None:
    # arXiv:2401.10241, table 1: (p − 1)(F + B − W) against (p − 1)(F + B + W).
    work = 3.0 * 3 * stages
    assert played(plan_of("1f1b", stages, 1, 3 * stages)) - work == pytest.approx(3 * (stages - 1))
    assert played(plan_of("zb-h1", stages, 1, 3 * stages)) - work == pytest.approx(stages - 1)


@pytest.mark.parametrize("stages", [2, 4, 8])
def test_v_waits_only_for_the_first_micro_batch_to_arrive(stages: int) -> None:
    # arXiv:2405.15362, section 4: no bubble; the last stage starts (p − 1) half passes after the first.
    work = 3.0 * 3 * stages
    assert played(plan_of("zb-v", stages, 2, 3 * stages)) - work == pytest.approx((stages - 1) / 2)


@pytest.mark.parametrize("stages", [2, 4, 8])
def test_dual_pipe_is_close_to_no_bubble(stages: int) -> None:
    work = 3.0 * 3 * stages
    assert played(plan_of("dualpipe", stages, 2, 3 * stages)) - work == pytest.approx(stages / 2)


@pytest.mark.parametrize(("schedule", "chunks"), [("zb-h1", 1), ("zb-v", 2)])
def test_activations_stay_within_those_of_the_first_stage_of_1f1b(schedule: Schedule, chunks: int) -> None:
    plan = plan_of(schedule, 4, chunks, 12)
    assert [chunks_in_flight(plan, stage) / chunks for stage in range(4)] == [4.0] * 4


def test_the_v_ends_where_it_begins() -> None:
    plan = plan_of("zb-v", 4, 2, 8)
    assert [plan.stage_of(chunk) for chunk in range(8)] == [0, 1, 2, 3, 3, 2, 1, 0]
    assert all(plan.stage_of(plan.chunk(s, v)) == s for s in range(4) for v in (0, 1))
