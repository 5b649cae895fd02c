"""Published rows: those that the project carries, and the truth files where they lie beside the checkout."""

from functools import cache
from pathlib import Path

import pytest

from simulator.validation.assemble import Assembler, NotSimulatedError
from simulator.validation.published import PublishedRun, carried_files, read_rows

TRUTH = Path(__file__).resolve().parents[3] / "shared" / "truth" / "training"
BESIDE = pytest.mark.skipif(not TRUTH.is_dir(), reason="no truth files beside this checkout")
ASSEMBLER = Assembler()
CARRIED = [row for file in carried_files() for row in read_rows(file)]


def test_ids_are_unique() -> None:
    ids = [row.id for row in CARRIED]
    assert len(ids) == len(set(ids)) >= 20


@pytest.mark.parametrize("row", CARRIED, ids=lambda row: row.id)
def test_every_carried_row_can_be_simulated(row: PublishedRun) -> None:
    assembled = ASSEMBLER.assemble(row)
    assert (
        set(assembled.assumed) <= {f"recompute {assembled.resolved.scenario.training.recompute}"}
        or row.not_stated
    )
    assert row.metrics()


@cache
def truth(name: str) -> list[PublishedRun]:
    return read_rows(TRUTH / name)


@BESIDE
@pytest.mark.parametrize("name", ["training_runs.yaml", "vtrain_multi.csv"])
def test_truth_files_are_read_whole(name: str) -> None:
    rows = truth(name)
    assert len({row.id for row in rows}) == len(rows) > 20
    assert {row.grade for row in rows} <= {"A", "B", "C"}
    assert all(row.metrics() for row in rows if row.grade != "C")


@BESIDE
@pytest.mark.parametrize("name", ["training_runs.yaml", "vtrain_multi.csv"])
def test_each_row_of_truth_is_assembled_or_refused_with_a_reason(name: str) -> None:
    refused = []
    for row in truth(name):
        try:
            ASSEMBLER.assemble(row)
        except NotSimulatedError as why:
            refused.append(str(why))
    assert all(refused)


@BESIDE
def test_carried_rows_say_what_truth_says() -> None:
    stated = {row.id: row for row in truth("training_runs.yaml")}
    for row in CARRIED:
        same = stated[row.id]
        assert (row.hardware, row.plan, row.sequence) == (same.hardware, same.plan, same.sequence), row.id
        assert row.measured.get("step_time") == same.measured.get("step_time"), row.id
