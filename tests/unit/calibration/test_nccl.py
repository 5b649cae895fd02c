"""Outputs of nccl-tests are read, or refused with the line."""

from pathlib import Path

import pytest

from simulator.calibration.nccl import read_log
from simulator.catalogue.problems import SpecError
from tests.measured import log


def test_header_and_results_are_read(tmp_path: Path) -> None:
    rows = read_log(log(tmp_path / "out.txt", "all_reduce", 8))
    assert {(row.operation, row.ranks) for row in rows} == {("all_reduce", 8)}
    assert [row.size for row in rows[:2]] == [2048.0, 8192.0]  # 512 B is left out
    assert rows[0].place == "out.txt:18"
    assert rows[0].seconds == pytest.approx(9e-6 + 14 * 1.2e-6, rel=0.3)


def test_several_runs_in_one_output_are_kept_apart(tmp_path: Path) -> None:
    parts = [
        log(tmp_path / f"{n}.txt", operation, n) for operation, n in (("all_reduce", 4), ("send_recv", 2))
    ]
    both = tmp_path / "both.txt"
    both.write_text("".join(part.read_text(encoding="utf-8") for part in parts), encoding="utf-8")
    assert {(row.operation, row.ranks) for row in read_log(both)} == {("all_reduce", 4), ("send_recv", 2)}


def test_what_the_output_does_not_tell_comes_from_its_name_or_the_options(tmp_path: Path) -> None:
    bare = log(tmp_path / "bare.txt", "all_gather", 4, header=False)
    named = log(tmp_path / "all_gather-4.log", "all_gather", 4, header=False)
    assert {row.operation for row in read_log(named, ranks=4)} == {"all_gather"}
    assert {row.operation for row in read_log(bare, "reduce_scatter", 4)} == {"reduce_scatter"}
    with pytest.raises(SpecError, match=r"bare.txt:5:1: nothing tells which operation was run"):
        read_log(bare)
    with pytest.raises(SpecError, match="no `# Rank` lines tell how many took part"):
        read_log(named)


def test_prefixes_of_launchers_are_skipped(tmp_path: Path) -> None:
    path = log(tmp_path / "o.txt", "all_reduce", 2, adjust=lambda line: f"[1,0]<stdout>:  {line}")
    assert len(read_log(path)) == 11


@pytest.mark.parametrize(
    ("adjust", "said"),
    [
        (lambda line: line.replace("      0 ", "      3 ", 1), "3 results are wrong"),
        (lambda line: " ".join([*line.split()[:5], "-1.0", *line.split()[6:]]), "the time is `-1.0`"),
        (lambda line: " ".join([*line.split()[:5], "N/A", *line.split()[6:]]), "the time is `N/A`"),
        (lambda line: "", "no results of nccl-tests"),
    ],
)
def test_results_that_are_none_are_refused(tmp_path: Path, adjust: object, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        read_log(log(tmp_path / "o.txt", "all_reduce", 2, adjust=adjust))  # type: ignore[arg-type]


def test_several_hosts_are_one_domain_only_if_the_user_says_so(tmp_path: Path) -> None:
    path = log(tmp_path / "o.txt", "all_reduce", 4, hosts=2)
    with pytest.raises(SpecError, match=r"spans 2 hosts.*add --ranks 4"):
        read_log(path)
    assert {row.ranks for row in read_log(path, ranks=4)} == {4}


def test_an_operation_that_is_not_modelled_is_refused(tmp_path: Path) -> None:
    path = log(tmp_path / "o.txt", "all_reduce", 2, header=False)
    with pytest.raises(SpecError, match="`alltoall` is not modelled"):
        read_log(path, "alltoall", 2)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(bytes(range(256)))
    for name in ("binary", "none", "."):
        with pytest.raises(SpecError, match="cannot be read"):
            read_log(tmp_path / name)
