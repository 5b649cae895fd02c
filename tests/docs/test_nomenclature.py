"""The page of words has every word a user writes or reads in a step."""

import re
from pathlib import Path

import pytest

import simulator
from simulator.record.row import BUCKETS
from simulator.schedule.plan import Plan
from simulator.spec import training
from simulator.spec.software import Software

PAGE = (Path(__file__).parents[2] / "docs" / "nomenclature.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"`([\w-]+)`", PAGE))


@pytest.mark.parametrize("block", [training.Parallelism, training.Training], ids=lambda block: block.__name__)
def test_keys_of_a_scenario(block: type[training.Parallelism | training.Training]) -> None:
    assert set(block.model_fields) <= WORDS


def test_buckets_of_the_breakdown() -> None:
    assert set(BUCKETS) <= WORDS


def test_what_a_summary_answers() -> None:
    summary = simulator.run("quickstart").summary
    answers = {*summary["step"], *summary["run"], *summary["step"]["memory"]}
    assert answers - {"breakdown"} <= WORDS


def test_degrees_are_those_of_the_plan() -> None:
    degrees = {"tensor", "pipeline", "context", "expert", "expert_tensor", "data"}
    assert degrees <= Plan.__dataclass_fields__.keys() & training.Parallelism.model_fields.keys() & WORDS


def test_words_of_stacks_are_their_fields() -> None:
    assert {"jitter", "maturity", "sustained", "calibration", "measured_on", "fully_sharded"} <= (
        Software.model_fields.keys() & WORDS
    )
