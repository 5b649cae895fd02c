"""`scalewall hardware`: screens, JSON, exit codes."""

import json
import re
from pathlib import Path

import pytest

from simulator.cli import main


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_list_prints_a_table_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hardware", "list", "--kind", "accelerator", "--vendor", "NVIDIA"]) == 0
    screen = capsys.readouterr().out
    line = next(line for line in screen.splitlines() if "nvidia-a100-sxm-80gb" in line)
    assert re.split(r" {2,}", line.strip()) == [
        "nvidia-a100-sxm-80gb", "79.15 GiB", "2.039 TB/s", "312 TFLOP/s", "400 W", "datasheet",
        "NVIDIA A100 SXM 80 GB",
    ]  # fmt: skip
    assert main(["hardware", "list", "--kind", "storage", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"format", "kind", "parts"}
    assert (document["format"], document["kind"]) == (1, "hardware")
    assert all(list(part) == ["kind", "id", "name", "status", "file"] for part in document["parts"])
    assert all(part["kind"] == "storage" for part in document["parts"])


def test_an_unknown_filter_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hardware", "list", "--vendor", "nvida"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "did you mean `NVIDIA`?" in err


@pytest.mark.parametrize("id", ["nvidia-a100-sxm-40gb", "dgx-h100", "gpt-175b", "megatron-core-2024", "nccl"])
def test_show_fits_the_page_and_names_the_file(id: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hardware", "show", id]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"`{id}`" in lines[0]
    assert lines[1].endswith(f"{id}.yaml")
    assert any(line.startswith("[1] ") for line in lines)


def test_show_json_has_numbers_and_origins(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hardware", "show", "a100-sxm-40gb", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    clock = next(v for v in document["values"] if v["path"] == "compute.clock")
    assert (clock["value"], clock["number"], clock["status"]) == ("1410 MHz", 1.41e9, "datasheet")
    assert clock["file"].endswith("nvidia-a100-sxm-80gb.yaml")
    assert document["part"]["id"] == "nvidia-a100-sxm-40gb"


def test_show_says_where_a_name_has_a_second_meaning(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hardware", "show", "tpu-v5p"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[0].startswith("Google TPU v5p")
    assert err == "`tpu-v5p` is also the system `tpu-v5p-pod`: add --kind system\n"
    assert main(["hardware", "show", "tpu-v5p", "--kind", "system"]) == 0
    assert "`tpu-v5p-pod`" in capsys.readouterr().out


def test_show_of_an_unknown_name_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hardware", "show", "nothing-like-that"]) == 2
    assert "no part of that name" in capsys.readouterr().err


@pytest.mark.parametrize("more", [[], ["--all"]])
def test_diff_is_at_most_100_columns_wide(more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hardware", "diff", "h100-sxm", "b200", *more]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 100
    row = next(line for line in lines if line.startswith("memory.bandwidth"))
    assert row.split() == ["memory.bandwidth", "3.35", "TB/s", "8.0", "TB/s", "2.39×"]
    assert any(line.startswith("kernels.gemm.bf16") for line in lines) == bool(more)


def test_diff_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hardware", "diff", "iowa", "oregon", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["kind"], document["a"]["id"], document["b"]["id"]) == ("difference", "iowa", "oregon")
    assert {"path", "a", "b", "ratio"} == set(document["rows"][0])


def test_add_then_check_then_fill_in(capsys: pytest.CaptureFixture[str]) -> None:
    add = ["hardware", "add", "mine", "--extends", "h100", "--set", "memory.bandwidth=4 TB/s"]
    assert main(add) == 0
    assert "3 values to fill in" in capsys.readouterr().out
    path = Path("hardware/accelerators/mine.yaml")
    assert main(["hardware", "check", str(path)]) == 2
    assert "`sources.datasheet` is still to be filled in" in capsys.readouterr().err
    text = path.read_text(encoding="utf-8")
    text = text.replace("datasheet: FILL_IN", "datasheet: A talk").replace(
        "status: FILL_IN", "status: announced"
    )
    path.write_text(text.replace("name: FILL_IN", "name: Mine"), encoding="utf-8")
    assert main(["hardware", "check", str(path)]) == 0
    assert main(add) == 2
    assert main(["hardware", "add", "mine"]) == 2


def test_a_new_accelerator_runs_a_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    settings = ["name=Next", "status=announced", "sources.a=A talk", "memory.bandwidth=4 TB/s"]
    assert main(["hardware", "add", "next", "--extends", "h100", *(f"--set={s}" for s in settings)]) == 0
    cluster = {"system": "null", "accelerator": "next", "per_node": "8", "scale_up": "8"}
    node = [f"--set=cluster.{key}={value}" for key, value in cluster.items()]
    rest = [f"--set={key}=null" for key in ("site", "price", "run")]
    capsys.readouterr()
    assert main(["run", "quickstart", *node, *rest, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["step"]["time"] > 0


def test_a_warning_has_a_code_and_exits_0(capsys: pytest.CaptureFixture[str]) -> None:
    settings = ["name=Hot", "status=announced", "sources.a=A talk", "power.idle=600 W"]
    assert main(["hardware", "add", "hot", "--extends", "h100", *(f"--set={s}" for s in settings)]) == 0
    capsys.readouterr()
    assert main(["hardware", "check", "hardware/accelerators/hot.yaml"]) == 0
    out, err = capsys.readouterr()
    assert out == "1 file checked, no errors, 1 warning.\n"
    assert re.match(r"warning: hardware/accelerators/hot.yaml:\d+:\d+: .* \[W14\]", err)


def test_the_whole_catalogue_is_checked_with_the_users_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hardware", "check"]) == 0
    clean = capsys.readouterr().out
    assert re.match(r"\d{3} files checked, no errors\.\n", clean)
    bad = Path("hardware/sites/bad.yaml")
    bad.parent.mkdir(parents=True)
    bad.write_text("format: 1\nkind: site\nname: Bad\npue: 0.4\n", encoding="utf-8")
    assert main(["hardware", "check"]) == 2
    err = capsys.readouterr().err
    assert "hardware/sites/bad.yaml:1:1: `sources` is missing" in err
    assert "an overhead of 40 % is 1.4" in err
