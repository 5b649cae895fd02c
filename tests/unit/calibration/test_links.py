"""Fits of collectives find the link that logs were made with."""

from pathlib import Path

import pytest

from simulator.calibration.links import calibrate_collectives
from simulator.catalogue.problems import SpecError
from tests.measured import H100, log

GENERATIONS = 30


def test_base_step_ramp_and_efficiency_are_found(tmp_path: Path) -> None:
    logs = [log(tmp_path / f"{n}.txt", "all_reduce", n) for n in (2, 8)]
    found = calibrate_collectives(logs, H100, generations=GENERATIONS)
    (fitted,) = found.fitted
    assert (found.kind, found.id, fitted.path, fitted.rows) == (
        "collectives",
        "nccl",
        ("scale_up", "NVLink4"),
        22,
    )
    assert fitted.parameters["efficiency"] == pytest.approx(0.8, rel=0.1)
    assert fitted.parameters["base"] == pytest.approx(9e-6, rel=0.15)
    assert fitted.parameters["step"] == pytest.approx(1.2e-6, rel=0.15)
    assert "switch_reduction" not in fitted.parameters
    assert fitted.after.median < 0.03


def test_reduction_in_the_switch_shows_beside_a_ring(tmp_path: Path) -> None:
    logs = [log(tmp_path / "r.txt", "all_reduce", 8, switch=1.4), log(tmp_path / "g.txt", "all_gather", 8)]
    (fitted,) = calibrate_collectives(logs, H100, generations=GENERATIONS).fitted
    assert fitted.parameters["switch_reduction"] == pytest.approx(1.4, rel=0.1)
    assert fitted.parameters["switch_reduction_ranks"] == 8


def test_with_one_number_of_steps_the_step_is_kept(tmp_path: Path) -> None:
    logs = [log(tmp_path / f"{i}.txt", "all_gather", 8) for i in range(2)]
    (fitted,) = calibrate_collectives(logs, H100, generations=3).fitted
    assert fitted.parameters["step"] == 0.78e-6
    assert "not fitted" in fitted.remark


def test_too_few_results_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="11 results of 1 KiB and more are too few"):
        calibrate_collectives([log(tmp_path / "o.txt", "all_reduce", 2)], H100)
