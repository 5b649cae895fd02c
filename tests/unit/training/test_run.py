"""A run of weeks: checkpoints, failures, spares."""

from dataclasses import replace
from math import inf

import pytest

from simulator.engine.random import random_stream
from simulator.record.table import Table
from simulator.result.metrics import goodput, interruptions, time_by_kind, wall_clock
from simulator.training.run import RunInputs, Stretch, simulate_run

QUIET = RunInputs(
    stretches=(Stretch(steps=1050, step_time=2.0, interval_steps=100),),
    save_time=7.0,
    load_time=11.0,
    restart_time=13.0,
    nodes=10,
    spares=3,
    mtbf=inf,
    repair_time=100.0,
)
ROUGH = replace(QUIET, stretches=(Stretch(20000, 2.0, 100),), mtbf=20000.0)


def simulate(inputs: RunInputs, seed: int = 0) -> Table:
    return simulate_run(inputs, random_stream(seed, "failures"), random_stream(seed, "repairs"))


@pytest.mark.parametrize(("steps", "saves"), [(1050, 11), (1000, 10), (99, 1), (1, 1)])
def test_without_failures_a_run_is_its_steps_and_its_checkpoints(steps: int, saves: int) -> None:
    times = time_by_kind(simulate(replace(QUIET, stretches=(Stretch(steps, 2.0, 100),))).rows)
    assert times == {"train": steps * 2.0, "checkpoint": saves * 7.0}


def test_free_checkpoints_leave_no_row() -> None:
    assert set(time_by_kind(simulate(replace(QUIET, save_time=0.0)).rows)) == {"train"}


@pytest.mark.parametrize("seed", range(5))
def test_the_steps_that_are_kept_add_up_to_the_run(seed: int) -> None:
    rows = simulate(ROUGH, seed).rows
    assert interruptions(rows) > 5
    assert time_by_kind(rows)["train"] == pytest.approx(20000 * 2.0, rel=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_rows_follow_each_other_without_gap(seed: int) -> None:
    rows, now = simulate(ROUGH, seed).rows, 0.0
    for row in rows:
        assert row.start == pytest.approx(now, abs=1e-6)
        now = row.start + row.duration * row.repeat
    assert now == pytest.approx(wall_clock(time_by_kind(rows)), rel=1e-12)


def test_every_interruption_loses_less_than_one_round_and_is_followed_by_a_restart() -> None:
    rows = simulate(ROUGH).rows
    lost = [row.duration for row in rows if row.kind == "lost"]
    assert 0.0 < max(lost) < 100 * 2.0 + 7.0
    assert len(lost) == interruptions(rows) == sum(row.kind == "load" for row in rows)


def test_failures_cost_goodput() -> None:
    calm, rough = (goodput(time_by_kind(simulate(r).rows)) for r in (replace(ROUGH, mtbf=inf), ROUGH))
    assert rough < calm < 1.0


def test_the_number_of_failures_is_that_of_the_nodes_and_their_mtbf() -> None:
    long = (Stretch(2_000_000, 2.0, 100),)
    rows = simulate(replace(ROUGH, stretches=long, restart_time=1e-6, load_time=0.0, spares=10**6)).rows
    expected = wall_clock(time_by_kind(rows)) * 10 / 20000.0
    assert interruptions(rows) == pytest.approx(expected, abs=4 * expected**0.5)


def test_an_interruption_counts_even_if_restarting_takes_no_time() -> None:
    assert interruptions(simulate(replace(ROUGH, restart_time=0.0)).rows) > 0


def test_without_a_spare_the_job_waits_for_the_repair() -> None:
    none, many = (time_by_kind(simulate(replace(ROUGH, spares=s)).rows) for s in (0, 1000))
    assert none["wait"] > 0.0
    assert "wait" not in many


def test_the_seed_alone_decides() -> None:
    assert simulate(ROUGH, 1).rows == simulate(ROUGH, 1).rows
    assert simulate(ROUGH, 1).rows != simulate(ROUGH, 2).rows


def test_stretches_follow_each_other() -> None:
    both = replace(QUIET, stretches=(Stretch(150, 1.0, 200), Stretch(1000, 2.0, 100)))
    times = time_by_kind(simulate(both).rows)
    assert times == {"train": 150 * 1.0 + 1000 * 2.0, "checkpoint": (1 + 10) * 7.0}
