"""Named random streams."""

from simulator.engine.random import random_stream


def test_a_stream_depends_on_its_seed_and_its_name_only() -> None:
    draws = {
        (seed, name): random_stream(seed, name).random(4).tolist()
        for seed in (0, 1)
        for name in ("failures", "repairs", "failure", "s")
    }
    assert len({tuple(numbers) for numbers in draws.values()}) == len(draws)
    assert random_stream(1, "repairs").random(4).tolist() == draws[1, "repairs"]
