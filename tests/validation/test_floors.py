"""The declared floors of accuracy hold on the rows that the project carries."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import simulator.validation
from simulator.validation.published import carried_files, read_rows
from simulator.validation.validate import Validation, validate_files

FLOORS = YAML(typ="safe").load(
    Path(simulator.validation.__file__).with_name("floors.yaml").read_text(encoding="utf-8")
)
CARRIED = {file: read_rows(file) for file in carried_files()}
RUNS = [floor for floor in FLOORS if "ids" in floor]
KERNELS = [floor for floor in FLOORS if "axes" in floor]
TABLES = Path(__file__).parents[3] / "shared" / "truth" / "kernels"
EVERY = pytest.mark.parametrize("floor", RUNS, ids=lambda floor: floor["name"])


def files(floor: dict[str, Any]) -> tuple[Path, ...]:
    """Files that hold rows of a floor."""
    prefixes = tuple(floor["ids"])
    return tuple(file for file, rows in CARRIED.items() if any(row.id.startswith(prefixes) for row in rows))


@cache
def validated(paths: tuple[Path, ...]) -> Validation:
    return validate_files(paths)


@EVERY
def test_it_is_reached_with_every_row_simulated(floor: dict[str, Any]) -> None:
    (found,) = [f for f in validated(files(floor)).floors if f["name"] == floor["name"]]
    assert found["simulated"] == found["count"] >= 8
    assert all(found[key] <= bound for key, bound in floor["bounds"].items())
    assert found["reached"]


@EVERY
def test_no_row_counts_on_which_a_constant_was_fitted(floor: dict[str, Any]) -> None:
    rows = [row for row in validated(files(floor)).rows if row.id.startswith(tuple(floor["ids"]))]
    assert not [row.id for row in rows if row.calibration or row.grade == "C"]


@EVERY
def test_most_measurements_lie_in_their_interval(floor: dict[str, Any]) -> None:
    (found,) = [f for f in validated(files(floor)).floors if f["name"] == floor["name"]]
    assert found["coverage80"] >= 0.6


def test_the_floors_cover_the_papers_of_the_issue() -> None:
    assert {floor["name"]: floor["bounds"]["mean_error"] for floor in RUNS} == {
        "Korthikanti 2022, table 5": 0.04,
        "Narayanan 2021, table 1": 0.07,
    }


@pytest.mark.skipif(not TABLES.exists(), reason="the kernel tables are not beside the project")
def test_kernel_floors_are_reached() -> None:
    tables = [TABLES / f"{name}.csv.gz" for name in ("gemm", "attention", "moe")]
    found = {floor["name"]: floor for floor in validate_files(kernels=tables).floors}
    assert found.keys() == {floor["name"] for floor in KERNELS}
    assert [name for name, floor in found.items() if not floor["reached"]] == []
