"""`scalewall calibrate` as a user has it: tables and logs in, YAML out, nothing damaged."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from simulator.calibration import bound, kernels, links
from simulator.cli import main
from tests.measured import H100, gemm_table, log

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two rounds of the search: what is printed is tested here, not how good it is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        kernels,
        "fit_variant",
        lambda rows, chip, variant, generations: bound.fit_variant(rows, chip, variant, 2),
    )
    minimise = links.minimise
    monkeypatch.setattr(links, "minimise", lambda loss, bounds, generations: minimise(loss, bounds, 2))


def test_the_table_and_the_block_are_printed(tmp_path: Path, capsys: Captured) -> None:
    gemm_table(tmp_path / "t.csv")
    assert main(["calibrate", "gemm", "t.csv", "--accelerator", "h100"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0] == "NVIDIA H100 SXM 80 GB"
    assert "> 2e10 FLOP" in out
    assert "kernels.gemm.bf16    24" in out
    pasted = YAML(typ="safe").load(out[out.index("sources:") :])
    assert pasted["origins"]["kernels.gemm.bf16"]["source"] == "calibration"
    assert set(pasted["kernels"]["gemm"]["bf16"]) >= {"efficiency", "tiles", "launch", "memory_efficiency"}


def test_the_written_entry_is_one_that_check_accepts(tmp_path: Path, capsys: Captured) -> None:
    gemm_table(tmp_path / "t.csv")
    out = "hardware/accelerators/my-h100.yaml"
    assert main(["calibrate", "gemm", "t.csv", "--accelerator", H100, "--out", out]) == 0
    assert f"written: {out}, which extends {H100}" in capsys.readouterr().out
    assert main(["check", out]) == 0
    first = Path(out).read_bytes()
    assert main(["calibrate", "gemm", "t.csv", "--accelerator", H100, "--out", out]) == 2
    assert "exists already, and is not touched" in capsys.readouterr().err
    assert Path(out).read_bytes() == first
    Path(out).unlink()
    assert main(["calibrate", "gemm", "t.csv", "--accelerator", H100, "--out", out]) == 0
    assert Path(out).read_bytes() == first


def test_json_is_one_document(tmp_path: Path, capsys: Captured) -> None:
    gemm_table(tmp_path / "t.csv")
    assert main(["calibrate", "gemm", "t.csv", "--accelerator", H100, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["format"], answer["kind"]) == (1, "calibration")
    assert answer["entry"] == {"kind": "accelerator", "id": H100}
    (fitted,) = answer["fitted"]
    assert fitted["path"] == "kernels.gemm.bf16"
    assert set(fitted["error"]) == set(fitted["error_before"]) == {"median", "p90", "large"}


def test_logs_become_a_link(tmp_path: Path, capsys: Captured) -> None:
    names = [log(tmp_path / f"{n}.txt", "all_reduce", n).name for n in (2, 8)]
    assert main(["calibrate", "collectives", *names, "--accelerator", H100, "--out", "my-nccl.yaml"]) == 0
    assert "scale_up.NVLink4    22" in capsys.readouterr().out
    assert main(["check", "my-nccl.yaml"]) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gemm", "none.csv", "--accelerator", H100), "none.csv: cannot be read: No such file"),
        (("gemm", "t.csv", "--accelerator", "h1000"), "unknown accelerator `h1000`; did you mean"),
        (("gemm", "t.csv"), "--accelerator requires an argument"),
        (("attention", "t.csv", "--accelerator", H100), "`scalewall calibrate gemm` reads it"),
        (("gemm", "ten.csv", "--accelerator", H100), "10 rows of kernels.gemm.bf16 are too few to fit"),
        (("gemm", "t.csv", "--accelerator", H100, "--out", "a.txt"), "the file name is the id"),
        (("collectives", "--accelerator", H100), "name the outputs to read"),
        (("collectives", "t.csv", "--accelerator", H100), "no results of nccl-tests"),
        (("collectives", "t.csv", "--accelerator", H100, "--ranks", "1"), "two members or more"),
        (("collectives", "t.csv", "--accelerator", H100, "--library", "ncl"), "unknown collectives `ncl`"),
        (("measure", "--out", "a.txt"), "the tables are CSV files"),
    ],
)
def test_bad_input_is_told_in_a_sentence(
    tmp_path: Path, capsys: Captured, words: tuple[str, ...], said: str
) -> None:
    table = gemm_table(tmp_path / "t.csv").read_text(encoding="utf-8")
    (tmp_path / "ten.csv").write_text("\n".join(table.splitlines()[:11]), encoding="utf-8")
    assert main(["calibrate", *words]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert (captured.out, "Traceback" in captured.err) == ("", False)


def test_measuring_without_an_accelerator_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "torch", None)
    assert main(["calibrate", "measure", "--quick"]) == 2
    assert "pip install torch" in capsys.readouterr().err


def test_measuring_says_what_to_type_next(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    from simulator.calibration.measuring import torch_bench

    class Bench:
        name, formats, implementations = "Stub 3000", ("bf16",), ()

        def __getattr__(self, name: str) -> Callable[..., float]:
            return lambda *arguments: 1e-4

    monkeypatch.setattr(torch_bench, "TorchBench", Bench)
    assert main(["calibrate", "measure", "--quick"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "measured Stub 3000",
        "next  scalewall calibrate gemm measured-gemm.csv --accelerator NAME --out FILE",
        "next  scalewall calibrate memory measured-memory.csv --accelerator NAME --out FILE",
    ]
