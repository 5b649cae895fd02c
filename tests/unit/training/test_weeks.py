"""From a scenario to the inputs of its run."""

from math import inf

import pytest

from simulator.catalogue.scenario import load_scenario
from simulator.training.weeks import checkpoint_times, node_count, run_inputs, simulate_weeks, total_steps
from simulator.workload.parameters import total_parameters

RESOLVED = load_scenario("gpt3-175b-1024-a100")


def test_the_last_step_may_be_partly_filled() -> None:
    few = load_scenario("quickstart", {"training.tokens": "1048577 tokens"})
    assert total_steps(few) == 2


def test_nodes_are_whole() -> None:
    assert node_count(RESOLVED) == 1024 // 8


def test_a_checkpoint_is_weights_and_states_over_the_narrower_way() -> None:
    states = RESOLVED.software.states[RESOLVED.scenario.training.precision]
    size = total_parameters(RESOLVED.model) * (states.weights + states.optimizer)
    store = RESOLVED.storage
    assert store is not None
    save, load = checkpoint_times(RESOLVED)
    assert save == pytest.approx(size / min(store.write_bandwidth, 128 * store.write_bandwidth_per_node))
    assert load == pytest.approx(size / min(store.read_bandwidth, 128 * store.read_bandwidth_per_node))


def test_the_interval_is_whole_steps_and_at_least_one() -> None:
    for step_time, steps in ((1e9, 1), (1.0, round(RESOLVED.scenario.run.checkpoint_interval))):  # type: ignore[union-attr]
        inputs = run_inputs(RESOLVED, [step_time])
        assert inputs is not None
        assert inputs.stretches[-1].interval_steps == steps


def test_nodes_do_not_fail_where_the_scenario_says_so() -> None:
    inputs = run_inputs(load_scenario("quickstart", {"run.failures": False}), [1.0])
    assert inputs is not None
    assert inputs.mtbf == inf


def test_a_scenario_without_run_has_no_weeks() -> None:
    assert len(simulate_weeks(load_scenario("quickstart", {"run": None}), [1.0])) == 0
