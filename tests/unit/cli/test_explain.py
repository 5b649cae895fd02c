"""`scalewall explain`: where a number comes from."""

import json
import os
import re
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Scalewall


def test_it_prints_the_tree_and_writes_nothing(scalewall: Scalewall, tmp_path: Path) -> None:
    done = scalewall("explain", "quickstart", "run.cost")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.match(r"run\.cost  \$\d+\.\d = rent; of owned hardware", done.stdout)
    assert "hardware/prices/" in done.stdout
    assert os.listdir(tmp_path) == []


def test_without_a_metric_it_lists_them(scalewall: Scalewall) -> None:
    done = scalewall("explain", "quickstart")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\nstep.breakdown.bubble " in done.stdout
    found = json.loads(scalewall("explain", "quickstart", "--json").stdout)
    assert "run.carbon" in [one["path"] for one in found["metrics"]]


def test_json_depth_set_and_seed_reach_the_tree(scalewall: Scalewall) -> None:
    done = scalewall(
        "explain", "quickstart", "run.carbon", "--json", "--depth", "1", "--seed", "3",
        "--set", "site.carbon_intensity=100 g/kWh",
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert found["seed"] == 3
    energy, intensity = found["metric"]["children"]
    assert energy["cut"] is True
    assert intensity["text"] == "100 g/kWh"
    assert "--set" in intensity["file"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("quickstart", "run.cst"), "did you mean `run.cost`?"),
        (("quickstart", "cost"), "did you mean `run.cost`?"),
        (("quickstart", "accelerator.memory.bandwith"), "did you mean `accelerator.memory.bandwidth`?"),
        (("quickstart", "run.cost", "--depth", "-1"), "--depth -1"),
        (("quickstrt", "run.cost"), "did you mean `quickstart`?"),
    ],
)
def test_bad_input_exits_2_with_a_message(words: tuple[str, ...], said: str, scalewall: Scalewall) -> None:
    done = scalewall("explain", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_plan_that_does_not_fit_exits_1(scalewall: Scalewall) -> None:
    done = scalewall("explain", "quickstart", "step.time", "--set", "training.micro_batch=64")
    assert (done.returncode, done.stderr) == (1, "")
    assert "does not fit in memory" in done.stdout
