"""The path of the data, from a scenario to a result."""

from pathlib import Path

import pytest

import simulator
from simulator.catalogue.problems import SpecError
from simulator.training.fit import DoesNotFitError

QUICKSTART = Path(__file__).resolve().parents[2] / "scenarios" / "training" / "quickstart.yaml"


def test_a_name_and_a_path_give_the_same() -> None:
    assert simulator.run("quickstart").to_json() == simulator.run(QUICKSTART).to_json()


def test_values_that_are_set_win() -> None:
    one, two = (simulator.run("quickstart", set={"training.global_batch": batch}) for batch in (512, 1024))
    assert two.summary["step"]["time"] > 1.9 * one.summary["step"]["time"]


def test_a_whole_block_can_be_set() -> None:
    cluster = {"system": "dgx-a100", "count": 8, "network": "ib-hdr-8x200", "storage": "lustre-generic"}
    assert (
        simulator.run("quickstart", set={"cluster": cluster}).summary["step"]
        == (simulator.run("quickstart").summary["step"])
    )


def test_the_seed_is_that_of_the_call() -> None:
    assert simulator.run("quickstart", seed=7).summary["seed"] == 7


def test_a_step_and_its_run_share_one_record() -> None:
    result = simulator.run("quickstart")
    assert len(result.events) == len(result.record)
    assert {"train", "checkpoint", "compute", "optimizer", "host"} <= set(result.events["kind"])


def test_a_plan_that_cannot_run_says_why() -> None:
    with pytest.raises(SpecError, match="the cluster has 8 accelerators"):
        simulator.run("quickstart", set={"parallelism.data": 3})


def test_a_plan_that_does_not_fit_says_what_does() -> None:
    with pytest.raises(DoesNotFitError) as caught:
        simulator.run("quickstart", set={"training.recompute": "none"})
    assert caught.value.fit is not None
    simulator.run("quickstart", set={"training.recompute": "none", **caught.value.fit.changes})
