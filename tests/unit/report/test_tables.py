"""Tables hold what the summary says, with units in their heads."""

import csv
import re
from io import StringIO

import pytest

from simulator.report.tables import tables
from simulator.result.result import Result


def _read(result: Result, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(tables(result)[name])))


def test_every_column_of_numbers_states_its_unit(llama: Result) -> None:
    for text in tables(llama).values():
        head, first = text.splitlines()[:2]
        for column, value in zip(head.split(","), first.split(","), strict=True):
            numeric = re.fullmatch(r"[\d.e+-]+", value) and column != "stage"
            assert bool(re.search(r" \[.+\]$", column)) == bool(numeric)


def test_each_stage_adds_up_to_the_step(llama: Result) -> None:
    for row in _read(llama, "stages.csv"):
        total = sum(float(value) for column, value in row.items() if column.endswith("[s]"))
        assert total == pytest.approx(llama.summary["step"]["time"], rel=1e-9)


def test_layers_of_all_stages_are_those_of_the_model(llama: Result) -> None:
    assert sum(int(row["layers [1]"]) for row in _read(llama, "stages.csv")) == llama.resolved.model.layers


def test_the_run_adds_up_to_the_wall_clock(llama: Result) -> None:
    total = sum(float(row["time [s]"]) for row in _read(llama, "run.csv"))
    assert total == pytest.approx(llama.summary["run"]["wall_clock"], rel=1e-9)


def test_memory_is_that_of_the_summary(quickstart: Result) -> None:
    found = {row["kind"]: float(row["memory [B]"]) for row in _read(quickstart, "memory.csv")}
    assert found == quickstart.summary["step"]["memory"]
