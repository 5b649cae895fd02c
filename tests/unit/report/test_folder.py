"""A run folder is there as a whole or not at all, and the same run gives the same bytes."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

import simulator
from simulator.report import trace as trace_module
from simulator.report.folder import FolderError, check_folder, run_folder, write_run_folder
from simulator.result.result import Result


def _hashes(folder: Path) -> dict[str, str]:
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in folder.iterdir()}


def test_files_are_those_the_summary_names(quickstart: Result, tmp_path: Path) -> None:
    written = write_run_folder(quickstart, tmp_path / "a" / "run")
    assert sorted(written.summary["files"]) == sorted(os.listdir(tmp_path / "a" / "run"))
    assert (
        json.loads((tmp_path / "a" / "run" / "summary.json").read_text(encoding="utf-8")) == written.summary
    )
    assert os.listdir(tmp_path / "a") == ["run"]


def test_the_same_run_gives_the_same_bytes(quickstart: Result, tmp_path: Path) -> None:
    write_run_folder(quickstart, tmp_path / "first")
    write_run_folder(simulator.run("quickstart"), tmp_path / "second")
    assert _hashes(tmp_path / "first") == _hashes(tmp_path / "second")


def test_the_resolved_scenario_gives_the_same_result(quickstart: Result, tmp_path: Path) -> None:
    write_run_folder(quickstart, tmp_path / "run")
    again = simulator.run(tmp_path / "run" / "scenario.resolved.yaml").summary
    assert {k: v for k, v in again.items() if k not in ("catalogue", "files")} == {
        k: v for k, v in quickstart.summary.items() if k not in ("catalogue", "files")
    }


def test_an_earlier_run_is_replaced(quickstart: Result, tmp_path: Path) -> None:
    write_run_folder(quickstart, tmp_path / "run")
    before = _hashes(tmp_path / "run")
    (tmp_path / "run" / "memory.csv").write_text("stale", encoding="utf-8")
    write_run_folder(quickstart, tmp_path / "run")
    assert _hashes(tmp_path / "run") == before


def test_other_peoples_files_are_left_alone(quickstart: Result, tmp_path: Path) -> None:
    write_run_folder(quickstart, tmp_path / "run")
    (tmp_path / "run" / "notes.txt").write_text("mine", encoding="utf-8")
    for attempt in (
        lambda: check_folder(tmp_path / "run"),
        lambda: write_run_folder(quickstart, tmp_path / "run"),
    ):
        with pytest.raises(FolderError, match=r"holds `notes\.txt`, which no run wrote"):
            attempt()
    assert (tmp_path / "run" / "notes.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("summary", ["{}", "[]", "not json", '{"format": 1, "kind": "training"}'])
def test_a_folder_with_another_summary_is_not_ours(summary: str, tmp_path: Path) -> None:
    (tmp_path / "summary.json").write_text(summary, encoding="utf-8")
    with pytest.raises(FolderError, match="which no run wrote"):
        check_folder(tmp_path)


def test_an_empty_folder_is_used(quickstart: Result, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    write_run_folder(quickstart, tmp_path / "run")
    assert (tmp_path / "run" / "summary.json").exists()


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("", encoding="utf-8")
    with pytest.raises(FolderError, match="is a file, not a run folder"):
        check_folder(tmp_path / "run")
    with pytest.raises(FolderError, match="not a directory"):
        check_folder(tmp_path / "run" / "below")


def test_checking_leaves_nothing_behind(tmp_path: Path) -> None:
    check_folder(tmp_path / "a" / "b" / "run")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "raised", [KeyboardInterrupt(), OSError(28, "No space left on device"), ValueError("bug")]
)
@pytest.mark.parametrize("before", [False, True])
def test_whatever_goes_wrong_nothing_half_written_is_left(
    raised: BaseException, before: bool, quickstart: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out" / "run"
    if before:
        write_run_folder(quickstart, folder)
    hashes = _hashes(folder) if before else {}

    def fail(*_: object) -> None:
        raise raised

    monkeypatch.setattr(trace_module, "write_trace", fail)
    expected = FolderError if isinstance(raised, OSError) else type(raised)
    with pytest.raises(expected):
        write_run_folder(quickstart, folder)
    if before:
        assert _hashes(folder) == hashes
        assert os.listdir(folder.parent) == ["run"]
    else:
        assert os.listdir(tmp_path) == []


def test_the_earlier_run_comes_back_if_the_last_rename_fails(
    quickstart: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run"
    write_run_folder(quickstart, folder)
    replace = os.replace

    def fail_for_new(source: Path, target: Path) -> None:
        if source.name == "new":
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail_for_new)
    with pytest.raises(KeyboardInterrupt):
        write_run_folder(quickstart, folder)
    assert os.listdir(tmp_path) == ["run"]
    assert (folder / "summary.json").exists()


def test_duckdb_errors_are_those_of_the_system(quickstart: Result, tmp_path: Path) -> None:
    (tmp_path / "events.parquet").mkdir()
    with pytest.raises(OSError, match=r"."):
        quickstart.save(tmp_path)


def test_a_run_is_named_after_its_file(result_of: Callable[..., Result], tmp_path: Path) -> None:
    assert run_folder(result_of("quickstart").resolved, Path("out")) == Path("out/quickstart")
    write_run_folder(result_of("quickstart"), tmp_path / "kept")
    again = simulator.load_scenario(tmp_path / "kept" / "scenario.resolved.yaml")
    assert run_folder(again, Path("out")) == Path("out/kept")
