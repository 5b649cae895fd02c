"""Published rows: those that the project carries, and the truth files where they lie beside the checkout."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from simulator.ensemble.many import Many
from simulator.validation.assemble import Assembler
from simulator.validation.parts import NotSimulatedError
from simulator.validation.published import MODELS, PublishedRun, carried_files, read_files, read_rows

TRUTH = Path(__file__).resolve().parents[3] / "shared" / "truth" / "training"
BESIDE = pytest.mark.skipif(not TRUTH.is_dir(), reason="no truth files beside this checkout")
ASSEMBLER = Assembler()
FILES = carried_files()
STATED = {"id", "source", "quality", "grade", "axis", "not_stated", "model", "sequence", "hardware", "plan"}
PAPERS = ("korthikanti-2022", "megatron-2020", "mt-nlg-2022", "narayanan-2021")
SIMULATED = [row for file in FILES if file.stem in PAPERS for row in read_rows(file)]


@cache
def carried() -> list[PublishedRun]:
    with Many() as many:
        return read_files(FILES, many)


@cache
def plain(path: Path) -> Any:
    """A file as YAML says, with what the reader of rows leaves out."""
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def test_ids_are_unique() -> None:
    ids = [row.id for row in carried()]
    assert len(ids) == len(set(ids)) == 575


def test_dimensions_are_no_rows() -> None:
    assert MODELS not in {file.name for file in FILES}
    assert (FILES[0].parent / MODELS).is_file()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_file_names_source_and_licence(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    head = re.split(r"^- ", text, maxsplit=1, flags=re.MULTILINE)[0]
    assert all(line.startswith("#") for line in head.splitlines())
    assert re.search(r"arXiv:\d|github\.com/", head)
    assert re.search(r"licence", head, re.IGNORECASE)
    for row in plain(file):
        assert row.keys() >= STATED, row["id"]
        assert all(row["source"].get(key) for key in ("title", "where", "year", "licence")), row["id"]
        assert row["quality"] in {"read", "derived", "memory"}, row["id"]
        assert row["grade"] in {"A", "B", "C"}, row["id"]


def test_every_model_has_dimensions_and_no_other_is_carried() -> None:
    assert {row.model for row in carried()} == plain(FILES[0].parent / MODELS).keys()
    assert all(row.dimensions for row in carried())


@pytest.mark.parametrize("row", SIMULATED, ids=lambda row: row.id)
def test_rows_of_the_megatron_papers_can_be_simulated(row: PublishedRun) -> None:
    assembled = ASSEMBLER.assemble(row)
    assert (
        set(assembled.assumed) <= {f"recompute {assembled.resolved.scenario.training.recompute}"}
        or row.not_stated
    )
    assert row.metrics()


def refusals(rows: list[PublishedRun]) -> list[str]:
    """Why rows cannot be assembled."""
    found = []
    for row in rows:
        try:
            ASSEMBLER.assemble(row)
        except NotSimulatedError as why:
            found.append(str(why))
    return found


def test_each_carried_row_is_assembled_or_refused_with_a_reason() -> None:
    assert all(refusals(carried()))


@BESIDE
def test_carried_rows_are_those_of_truth() -> None:
    found = {row["id"]: row for file in FILES for row in plain(file)}
    assert found == {row["id"]: row for row in plain(TRUTH / "training_runs.yaml")}


@BESIDE
def test_carried_dimensions_are_those_of_truth() -> None:
    stated = plain(TRUTH / MODELS)
    for model, dimensions in plain(FILES[0].parent / MODELS).items():
        assert dimensions == stated[model], model


@BESIDE
def test_flattened_truth_is_read_whole() -> None:
    rows = read_rows(TRUTH / "vtrain_multi.csv")
    assert len({row.id for row in rows}) == len(rows) > 20
    assert all(row.metrics() for row in rows if row.grade != "C")
    assert all(refusals(rows))
