"""What a step is made of."""

from collections.abc import Callable

import pytest

from simulator.result.facts import Facts
from simulator.result.parts import step_parts
from simulator.result.result import Result

SCENARIOS = ["quickstart", "llama3-405b-16k-h100", "megatron-1t-3072-a100"]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_parts_fill_the_breakdown(scenario: str, result_of: Callable[..., Result]) -> None:
    result = result_of(scenario)
    breakdown = dict(result.summary["step"]["breakdown"])
    parts = step_parts(Facts.of(result), result.plan)
    found = dict.fromkeys(breakdown, 0.0)
    for part in parts:
        found[part.key.bucket] += part.time
    assert breakdown.pop("bubble") == pytest.approx(
        result.summary["step"]["time"] - sum(part.time for part in parts), abs=1e-9
    )
    assert {bucket: found[bucket] for bucket in breakdown} == pytest.approx(breakdown, abs=1e-9)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_each_part_has_a_price_from_the_catalogue(scenario: str, result_of: Callable[..., Result]) -> None:
    result = result_of(scenario)
    for part in step_parts(Facts.of(result), result.plan):
        assert part.parameters or part.reads, part.key
        assert part.model is None or part.sizes, part.key
        if part.model_name == "cost.streaming":
            assert any(path.startswith("software.") for path in part.reads), part.key
