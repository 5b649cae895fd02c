"""A batch that grows at the beginning of a run."""

from simulator.catalogue.scenario import load_scenario
from simulator.simulate import simulate
from simulator.training.ramp import phases

RAMP = {
    "training.batch_ramp.start": 128,
    "training.batch_ramp.increment": 128,
    "training.batch_ramp.tokens": "300 M tokens",
}


def test_no_token_is_lost() -> None:
    resolved = load_scenario("quickstart", RAMP)
    training = resolved.scenario.training
    found = phases(resolved)
    assert [phase.global_batch for phase in found] == [128, 256, 384, 512]
    tokens = sum(phase.global_batch * phase.steps for phase in found) * training.sequence_length
    assert 0 <= tokens - training.tokens < training.global_batch * training.sequence_length


def test_a_ramp_takes_longer_than_the_whole_batch_at_once() -> None:
    quiet = {"run.failures": False}
    with_ramp = simulate(load_scenario("quickstart", RAMP | quiet)).summary["run"]
    without = simulate(load_scenario("quickstart", quiet)).summary["run"]
    assert with_ramp["wall_clock"] > without["wall_clock"]
