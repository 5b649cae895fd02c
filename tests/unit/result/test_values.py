"""Values by path."""

from collections.abc import Callable

import pytest

from simulator.result.declared import METRICS
from simulator.result.facts import Facts
from simulator.result.result import Result
from simulator.result.values import Values

SCENARIOS = ["quickstart", "llama3-405b-16k-h100"]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_finished_result_gives_its_summary_again(scenario: str, result_of: Callable[..., Result]) -> None:
    result = result_of(scenario)
    values = Values(Facts.of(result))
    for block in ("step", "run"):
        for name, value in result.summary[block].items():
            assert values.of(f"{block}.{name}") == value


def test_every_metric_can_be_asked_without_a_run(result_of: Callable[..., Result]) -> None:
    values = Values(Facts.of(result_of("quickstart", "run=null", "site=null", "price=null")))
    absent = {path for path in METRICS if values.of(path) is None}
    assert {"run.wall_clock", "run.cost", "record.run", "intervals.run.energy"} <= absent
    # Neither sharded parameters nor a tensor group: these take no memory.
    without = {"step.memory.gathered", "step.memory.messages"}
    assert {path for path in absent if path.startswith("step.")} == without


def test_paths_follow_what_the_scenario_chose(result_of: Callable[..., Result]) -> None:
    values = Values(Facts.of(result_of("quickstart")))
    assert values.of("accelerator.compute.peak.{precision}") == 312e12
    assert values.of("±accelerator.compute.peak.{precision}") == 0.0
    assert values.of("accelerator.compute.peak.fp3") is None
