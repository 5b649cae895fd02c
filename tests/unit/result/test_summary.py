"""The summary: what it holds, and that its parts agree."""

import json
from functools import cache
from pathlib import Path

import pytest

import simulator
from simulator.result.result import Result
from simulator.workload.parameters import model_flops_per_token


@cache
def result(*changes: str) -> Result:
    return simulator.run("quickstart", set=changes)


def test_json_reads_back() -> None:
    assert json.loads(result().to_json()) == result().summary


def test_breakdown_and_memory_are_of_this_step() -> None:
    step = result().summary["step"]
    assert sum(step["breakdown"].values()) == pytest.approx(step["time"], rel=1e-9)
    assert sum(step["memory"].values()) <= result().resolved.accelerator.memory.capacity


def test_mfu_is_useful_operations_over_the_dense_peak() -> None:
    step = result().summary["step"]
    useful = model_flops_per_token(result().resolved.model, 2048) * step["tokens_per_second"]
    assert step["mfu"] == pytest.approx(useful / (8 * 312e12))
    assert step["hfu"] > step["mfu"]


def test_without_recomputation_hfu_is_mfu() -> None:
    step = result("training.recompute=none", "training.micro_batch=1").summary["step"]
    assert step["hfu"] == step["mfu"]


def test_intervals_stand_around_the_values() -> None:
    summary = result().summary
    for path, (low, middle, high) in summary["intervals"].items():
        block, name = path.split(".")
        assert low < middle == summary[block][name] < high


def test_carbon_is_energy_times_the_grid() -> None:
    run, site = result().summary["run"], result().resolved.site
    assert site is not None
    assert run["carbon"] == run["energy"] * site.carbon_intensity


def test_the_building_multiplies_energy() -> None:
    one, two = (result("run.failures=false", f"site.pue={pue}").summary["run"]["energy"] for pue in (1, 2))
    assert two == pytest.approx(2 * one)


def test_spares_cost_money_and_energy() -> None:
    few, many = (result("run.failures=false", f"run.spare_nodes={n}").summary["run"] for n in (0, 1))
    assert many["cost"] == pytest.approx(2 * few["cost"])  # one node trains
    assert many["energy"] > few["energy"]


def test_what_the_scenario_does_not_name_is_absent() -> None:
    run = result("site=null", "price=null").summary["run"]
    assert (run["energy"], run["cost"], run["carbon"]) == (None, None, None)
    assert result("run=null").summary["run"] is None


def test_the_seed_decides_the_failures(tmp_path: Path) -> None:
    often = {"system.reliability.mtbf": "5 h", "training.tokens": "10 B tokens"}
    runs = [simulator.run("quickstart", set=often, seed=seed).summary["run"] for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_a_saved_result_runs_again_to_the_same_summary(tmp_path: Path) -> None:
    result().save(tmp_path)
    again = simulator.run(tmp_path / "scenario.resolved.yaml")
    for block in ("step", "run", "intervals"):
        assert again.summary[block] == result().summary[block]
