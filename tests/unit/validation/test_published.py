"""Rows of published runs, read from YAML and from CSV."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from simulator.catalogue.problems import SpecError
from simulator.ensemble.many import Many
from simulator.validation.published import read_files, read_rows


def written(folder: Path, rows: Any, name: str = "rows.yaml") -> Path:
    path = folder / name
    path.write_text(json.dumps(rows), encoding="utf-8")  # JSON is YAML
    return path


def flattened(row: dict[str, Any]) -> dict[str, str]:
    """The row as a CSV file has it."""
    flat: dict[str, Any] = {}
    for key, value in row.items():
        flat |= {f"{key}.{name}": v for name, v in value.items()} if isinstance(value, dict) else {key: value}
    text = {True: "true", False: "false", None: ""}
    return {
        key: "|".join(v) if isinstance(v, list) else text[v] if v is None or isinstance(v, bool) else str(v)
        for key, v in flat.items()
    }


def test_a_row_of_yaml(tmp_path: Path, row: dict[str, Any]) -> None:
    (read,) = read_rows(written(tmp_path, [row]))
    assert (read.id, read.grade, read.sequence, read.file) == ("paper-small", "A", 1024, "rows.yaml")
    assert read.plan == row["plan"]
    assert read.dimensions is None


def test_a_csv_file_says_the_same(tmp_path: Path, row: dict[str, Any]) -> None:
    row["not_stated"] = ["recompute", "sharding"]
    flat = flattened(row)
    with (tmp_path / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, flat)
        writer.writeheader()
        writer.writerow(flat)
    (read,) = read_rows(tmp_path / "rows.csv")
    assert (read.plan, read.hardware, read.measured) == (row["plan"], row["hardware"], row["measured"])
    assert read.not_stated == ("recompute", "sharding")


def test_dimensions_lie_beside_the_rows(
    tmp_path: Path, row: dict[str, Any], dimensions: dict[str, Any]
) -> None:
    written(tmp_path, {"paper-model": dimensions}, "models.yaml")
    (read,) = read_rows(written(tmp_path, [row]))
    assert read.dimensions == dimensions


def test_tokens_per_second_count_only_without_a_step_time(tmp_path: Path, row: dict[str, Any]) -> None:
    other = {**row, "measured": {"step_time": None, "tokens_per_second": 5.0, "mfu": 0.4}}
    both, one = read_rows(written(tmp_path, [row, other]))
    assert both.metrics() == {"step_time": 0.1, "peak_memory": 6e9}
    assert one.metrics() == {"tokens_per_second": 5.0}


def test_a_row_that_lacks_something_is_named(tmp_path: Path, row: dict[str, Any]) -> None:
    del row["plan"]
    with pytest.raises(SpecError, match="row paper-small: no usable `plan`"):
        read_rows(written(tmp_path, [row]))


@pytest.mark.parametrize(
    ("text", "said"),
    [("{a: 1}", "a list of rows is due"), ("[1, 2", "not YAML"), ("- 7", "row 1"), ("- {id: 7}", "row 7")],
)
def test_a_file_that_is_no_list_of_rows(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "rows.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError, match=said):
        read_rows(path)


def lines(rows: list[dict[str, Any]]) -> str:
    """A list with one row a line, as it may be cut."""
    return "# rows\n" + "".join(f"- {json.dumps(row)}\n" for row in rows)


def test_a_long_file_is_read_by_the_piece_and_says_the_same(tmp_path: Path, row: dict[str, Any]) -> None:
    rows = [{**row, "id": f"paper-{number}"} for number in range(130)]
    path = tmp_path / "rows.yaml"
    path.write_text(lines(rows), encoding="utf-8")
    whole = read_rows(written(tmp_path, rows, "whole.yaml"))
    with Many(jobs=2) as many:
        found = read_files([path], many)
    assert [(r.id, r.plan) for r in found] == [(r.id, r.plan) for r in whole]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# rows\n- {a: 1}\n- {b: 2\n- {c: 3}\n", r"rows.yaml:4:1: not YAML"),
        ("- {a: 1}\n- a: 'x\n- b: 2\n", r"rows.yaml:4:1: not YAML"),
        ("- {a: 1}\nb: 2\n", r"rows.yaml:2:1: not YAML"),
        ("- a: \x07\n", r"rows.yaml: not YAML"),
    ],
)
def test_a_mistake_is_named_by_its_line_in_the_file(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "rows.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SpecError, match=said):
        read_rows(tmp_path / "rows.yaml")


def test_a_text_that_is_cut_wrongly_is_read_whole(tmp_path: Path, row: dict[str, Any]) -> None:
    rows = [{**row, "note": "two\n- lines"}, row]
    text = lines(rows).replace("\\n- lines", "\n- lines")  # the dash begins a line inside quotes
    (tmp_path / "rows.yaml").write_text(text, encoding="utf-8")
    assert [r.id for r in read_rows(tmp_path / "rows.yaml")] == ["paper-small", "paper-small"]


def test_dimensions_are_named_models(tmp_path: Path, row: dict[str, Any]) -> None:
    (tmp_path / "models.yaml").write_text("3\n", encoding="utf-8")
    with pytest.raises(SpecError, match="models are due"):
        read_rows(written(tmp_path, [row]))


@pytest.mark.parametrize("name", ["none.yaml", "none.csv"])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(SpecError, match="cannot be read"):
        read_rows(tmp_path / name)
    (tmp_path / name).write_bytes(b"\xff\xfe\xff")
    with pytest.raises(SpecError, match="not UTF-8"):
        read_rows(tmp_path / name)
