"""Where the time of a step goes."""

import pytest

from simulator.record.row import BUCKETS, Row
from simulator.result.breakdown import step_breakdown
from simulator.schedule.plan import Plan
from tests.builders import PLANS, a_machine, a_step

SLOW_HOST = {"software__host__launch": 2e-5}


def row(kind: str, start: float, duration: float, stream: str = "compute", **fields: object) -> Row:
    whole = Row(kind, kind, "stage 0", 1, stream, "", 0, -1, start, duration, 1, 0.0, 0.0, 0.0, 1, -1)
    return whole._replace(**fields)


def found(*rows: Row, step_time: float) -> dict[str, float]:
    return {bucket: seconds for bucket, seconds in step_breakdown(rows, step_time).items() if seconds}


@pytest.mark.parametrize("software", ["megatron-lm-2021", "megatron-lm-2022", "megatron-core-2024"])
@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_the_buckets_add_up_to_the_step(plan: Plan, software: str) -> None:
    for changes in ({}, SLOW_HOST):
        step = a_step(
            plan, a_machine(software, **changes), "selective" if software.endswith("2022") else "full"
        )
        breakdown = step_breakdown(step.events.rows, step.time)
        assert tuple(breakdown) == BUCKETS
        assert min(breakdown.values()) >= 0.0
        assert sum(breakdown.values()) == pytest.approx(step.time, rel=1e-9)


def test_what_nothing_fills_is_bubble() -> None:
    assert found(row("optimizer", 1.0, 2.0), step_time=4.0) == {"optimizer": 2.0, "bubble": 2.0}


def test_communication_beside_compute_is_hidden_and_the_rest_exposed() -> None:
    rows = row("compute", 0.0, 2.0), row("exposed_data", 1.0, 3.0, "data")
    assert found(*rows, step_time=4.0) == {"compute": 2.0, "exposed_data": 2.0}


def test_an_instant_with_two_messages_counts_once_for_the_first_kind() -> None:
    rows = row("exposed_pipeline", 0.0, 2.0, "send"), row("exposed_data", 1.0, 2.0, "data")
    assert found(*rows, step_time=3.0) == {"exposed_pipeline": 2.0, "exposed_data": 1.0}


def test_a_block_counts_through_its_parts() -> None:
    rows = (
        row("task", 0.0, 10.0, name="pass"),
        row("compute", 0.0, 3.0, name="product", parent="layer", stage=-1),
        row("exposed_tensor", 2.0, 2.0, "tensor", name="sum", parent="layer", stage=-1),
        row("task", 0.0, 4.0, name="layer", parent="pass", stage=-1, repeat=2),
    )
    # Each layer: 3 s of compute, 1 s of it beside the sum, 1 s exposed; the pass ran 10 s instead of 8.
    assert found(*rows, step_time=10.0) == pytest.approx({"compute": 7.5, "exposed_tensor": 2.5})


def test_stages_count_by_the_ranks_they_represent() -> None:
    rows = row("compute", 0.0, 4.0, represents=3), row("compute", 0.0, 0.0, represents=1, stage=1)
    assert found(*rows, step_time=4.0) == {"compute": 3.0, "bubble": 1.0}
