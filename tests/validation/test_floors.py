"""The declared floors of accuracy hold on the rows that the project carries."""

from functools import cache
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from simulator.ensemble.many import Many
from simulator.report.accuracy import accuracy_screen
from simulator.validation.any_row import Assemblers, compare_any
from simulator.validation.assemble import Assembler
from simulator.validation.floors import belongs, declared_floors, floors
from simulator.validation.published import carried_files, read_files, read_rows
from simulator.validation.published_service import PublishedService
from simulator.validation.validate import Validation, validate_files

TRUTH = Path(__file__).parents[3] / "shared" / "truth"
TABLES = TRUTH / "kernels"
SERVICES = TRUTH / "serving" / "serving_runs.yaml"
OUTSIDE = TRUTH / "training" / "vtrain_multi.csv"
OF_KERNELS = ("gemm", "attention", "expert")
OF_SERVICES = [floor for floor in declared_floors() if floor["name"].startswith("serving")]
RUNS = [
    floor
    for floor in declared_floors()
    if floor not in OF_SERVICES and not floor.get("axes", ("",))[0].startswith(OF_KERNELS)
]
EVERY = pytest.mark.parametrize("floor", RUNS, ids=lambda floor: floor["name"])


@cache
def carried() -> Validation:
    """Every row that the project carries, simulated once for all tests."""
    return validate_files(carried_files())


@cache
def validated() -> Validation:
    """Every row at hand."""
    rows = (*carried().rows, *(validate_files([OUTSIDE]).rows if OUTSIDE.exists() else ()))
    return Validation(rows, tuple(floors(rows)), carried().transfers)


@EVERY
def test_it_is_reached(floor: dict[str, Any]) -> None:
    found = [reached for reached in validated().floors if reached["name"] == floor["name"]]
    if floor["name"].startswith("vTrain") and not OUTSIDE.exists():
        assert not found
    else:
        assert [(f["name"], f["reached"]) for f in found] == [(floor["name"], True)]


def test_the_readme_shows_what_is_printed() -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    shown = text.split("<!-- validate -->\n```text\n")[1].split("\n```")[0].splitlines()
    printed = {*accuracy_screen(carried()).splitlines(), "…"}
    assert [line for line in shown if line not in printed] == []


def test_every_row_is_simulated_or_says_why_not() -> None:
    for row in validated().rows:
        assert (row.predicted is None) == (row.why_not is not None)


def test_no_row_counts_on_which_a_constant_was_fitted() -> None:
    fitted = [row for row in validated().rows if row.calibration]
    assert fitted
    assert not any(row.counts for row in fitted)


def test_a_stack_is_fitted_on_a_fifth_of_its_rows_at_most() -> None:
    assembler = Assembler()
    rows = {row.id for path in carried_files() for row in read_rows(path)}
    matched: dict[str, int] = {}
    for row in validated().rows:
        if row.software and row.metric == "step_time":
            matched[row.software] = matched.get(row.software, 0) + 1
    for name in assembler.catalogue.ids("software"):
        stack = assembler.catalogue.load("software", name).spec
        own = [row for row in stack.calibration if row in rows or row.startswith("vtrain-multi")]
        assert list(stack.calibration) == own, f"{name} names rows that nobody has"
        users = [row for row in validated().rows if row.software == name and row.calibration]
        # Every fifth row, beginning with the first.
        assert len({row.id for row in users}) <= ceil(matched.get(name, 0) / 5)


def test_floors_choose_by_id_grade_and_metric() -> None:
    (row,) = [r for r in validated().rows if r.id == "korthikanti22-22B-full"]
    assert belongs(row, {"ids": ["korthikanti22-22B"], "grades": ["A"]})
    assert not belongs(row, {"ids": ["narayanan"]})
    assert not belongs(row, {"grades": ["B"]})
    assert not belongs(row, {"metrics": ["peak_memory"]})


@pytest.mark.skipif(not TABLES.exists(), reason="the kernel tables are not beside the project")
def test_kernel_floors_are_reached() -> None:
    tables = [TABLES / f"{name}.csv.gz" for name in ("gemm", "attention", "moe")]
    found = {floor["name"]: floor for floor in validate_files(kernels=tables).floors}
    others = [*RUNS, *OF_SERVICES]
    assert found.keys() == {floor["name"] for floor in declared_floors() if floor not in others}
    assert [name for name, floor in found.items() if not floor["reached"]] == []


@pytest.mark.skipif(not SERVICES.exists(), reason="the measured services are not beside the project")
def test_measured_services_are_simulated() -> None:
    with Many(jobs=1) as many:
        rows = [row for row in read_files([SERVICES], many) if isinstance(row, PublishedService)][::40]
    assemblers = Assemblers()
    compared = [found for row in rows for found in compare_any(row, assemblers)]
    assert [found.why_not for found in compared if found.predicted is None] == []
    # A sample says nothing of the floors; that most of it is near says that nothing has come loose.
    times = [abs(found.error) for found in compared if found.family == "tpot" and found.error is not None]
    assert median(times) < 0.15
