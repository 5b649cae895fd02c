"""A calibration becomes an entry of its own; files that exist stay as they are."""

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.calibration.block import block
from simulator.calibration.entry import check_out, write_entry
from simulator.calibration.outcome import Calibration, Fitted, Residuals
from simulator.catalogue.catalogue import Catalogue
from simulator.catalogue.check import check
from simulator.catalogue.problems import SpecError
from tests.measured import H100

LINK = Fitted(
    ("kernels",),
    {"memory_efficiency": 0.9, "launch": 4e-6},
    {"memory_efficiency": 0.9, "launch": "4 us"},
    24,
    Residuals(0.01, 0.02),
)
FOUND = Calibration("accelerator", H100, "NVIDIA H100 SXM 80 GB", "t.csv", (LINK,))


def test_the_entry_extends_the_old_one_and_credits_only_what_was_fitted(tmp_path: Path) -> None:
    out = tmp_path / "hardware" / "accelerators" / "my-h100.yaml"
    write_entry(out, FOUND, H100, "scalewall calibrate …")
    assert check([out]) == []
    spec = Catalogue().load("accelerator", str(out)).spec
    old = Catalogue().load("accelerator", H100).spec
    assert (spec.kernels.launch, spec.kernels.memory_efficiency) == (4e-6, 0.9)
    assert spec.kernels.gemm == old.kernels.gemm
    assert spec.origins["kernels.launch"].source == "calibration"
    assert spec.origins["kernels.launch"].spread == 0.03
    assert spec.origins["kernels.gemm.bf16.efficiency"].source == "aiconfigurator"


def test_an_entry_given_by_its_path_is_extended_by_its_path(tmp_path: Path) -> None:
    first, second = tmp_path / "a" / "my-h100.yaml", tmp_path / "b" / "my-second-h100.yaml"
    write_entry(first, FOUND, H100, "")
    write_entry(second, replace(FOUND, id="my-h100"), str(first), "")
    assert 'extends: "../a/my-h100.yaml"' in second.read_text(encoding="utf-8")
    assert Catalogue().load("accelerator", str(second)).spec.kernels.launch == 4e-6


def test_a_file_that_exists_is_never_touched(tmp_path: Path) -> None:
    out = tmp_path / "mine.yaml"
    out.write_text("precious", encoding="utf-8")
    for attempt in (lambda: check_out(out, "accelerator", H100), lambda: write_entry(out, FOUND, H100, "")):
        with pytest.raises(SpecError, match="exists already, and is not touched"):
            attempt()
    assert out.read_text(encoding="utf-8") == "precious"
    assert list(tmp_path.iterdir()) == [out]


def test_what_would_not_be_a_valid_entry_leaves_nothing(tmp_path: Path) -> None:
    wrong = replace(FOUND, fitted=(replace(LINK, written={"memory_efficiency": 1.9, "launch": "4 us"}),))
    with pytest.raises(SpecError, match="memory_efficiency"):
        write_entry(tmp_path / "new" / "mine.yaml", wrong, H100, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Mine.yaml", "the file name is the id"),
        ("mine.csv", "the file name is the id"),
        (f"{H100}.yaml", "an entry cannot extend the one that it hides"),
    ],
)
def test_names_under_which_no_entry_would_be_found_are_refused(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        check_out(tmp_path / name, "accelerator", "h100")


def test_assumed_values_are_credited_as_estimates() -> None:
    path, written = ("kernels", "attention", "cudnn"), {"forward_efficiency": 0.5, "backward_efficiency": 0.4}
    fitted = replace(LINK, path=path, written=written, assumed={"backward_efficiency": "not measured"})
    lines = block(replace(FOUND, fitted=(fitted,))).splitlines()
    (origin,) = [line for line in lines if "backward_efficiency: {" in line]
    assert "status: estimated, spread: 0.06" in origin
