"""Metrics as queries of the record."""

import pytest

from simulator.record.row import Row
from simulator.result.metrics import goodput, recomputed_share, step_time, time_by_kind, wall_clock
from simulator.spec.training import Recompute
from simulator.workload.kinds import LayerKind
from simulator.workload.layer import forward
from tests.builders import a_machine, a_plan, a_shard, a_step

ROW = Row("train", "train", "every node", 1, "job", "", -1, -1, 0.0, 2.0, 1, 0.0, 0.0, 0.0, 1, 0)


def test_a_step_lasts_until_its_last_row_ends() -> None:
    rows = [ROW, ROW._replace(start=1.0, duration=5.0), ROW._replace(start=90.0, parent="train")]
    assert step_time(rows) == 6.0


def test_time_counts_every_repetition() -> None:
    assert time_by_kind([ROW._replace(repeat=3), ROW._replace(kind="load")]) == {"train": 6.0, "load": 2.0}


def test_goodput_is_training_over_everything() -> None:
    times = {"train": 80.0, "lost": 15.0, "checkpoint": 5.0}
    assert wall_clock(times) == 100.0
    assert goodput(times) == 0.8


@pytest.mark.parametrize(("recompute", "layers_again"), [("none", 0), ("full", 1)])
def test_the_recomputed_share_is_the_forward_passes_made_again(
    recompute: Recompute, layers_again: int
) -> None:
    layer = sum(operator.flops for operator in forward(a_shard(), LayerKind(), a_machine().software))
    logits = 6 * 1024 * 1024 * 8192
    rows = a_step(a_plan(pipeline=2), a_machine(), recompute).events.rows
    assert recomputed_share(rows) == pytest.approx(layers_again * 8 * layer / (3 * 8 * layer + logits))
