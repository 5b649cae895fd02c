"""Results that several tests look at."""

from collections.abc import Callable
from functools import cache

import pytest

import simulator
from simulator.result.result import Result


@cache
def _result(scenario: str, *changes: str) -> Result:
    return simulator.run(scenario, set=changes)


@pytest.fixture(scope="session")
def result_of() -> Callable[..., Result]:
    """Simulates a scenario with changes, once."""
    return _result
