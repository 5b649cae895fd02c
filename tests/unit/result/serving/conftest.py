"""Results that several tests look at."""

from collections.abc import Callable
from functools import cache

import pytest

import simulator
from simulator.result.serving.result import ServingResult

CHAT = "chat-llama2-7b-a100"


@cache
def _served(*changes: str) -> ServingResult:
    result = simulator.run(CHAT, set=["traffic.requests=200", *changes])
    assert isinstance(result, ServingResult)
    return result


@pytest.fixture(scope="session")
def served() -> Callable[..., ServingResult]:
    """Simulates a small chat service with changes, once."""
    return _served
