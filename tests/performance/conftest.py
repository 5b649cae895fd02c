"""A reference loop, so that benchmarks report ratios that mean the same on every machine."""

from collections.abc import Callable
from heapq import heappop, heappush
from time import perf_counter
from typing import Any

import pytest


def reference_loop(events: int = 50_000) -> int:
    """Push and pop a clock's worth of events, as any event simulation in Python must."""
    heap: list[tuple[float, int]] = []
    for number in range(events):
        heappush(heap, (number * 0.618 % 1.0, number))
    last = 0
    while heap:
        _, last = heappop(heap)
    return last


@pytest.fixture(scope="session")
def reference_seconds() -> float:
    """Best of three passes of the reference loop [s]."""

    def seconds() -> float:
        begin = perf_counter()
        reference_loop()
        return perf_counter() - begin

    return min(seconds() for _ in range(3))


@pytest.fixture
def measure(benchmark: Any, request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Run a function, timed with `--benchmark-enable`, and note its time over that of the reference loop."""

    def run(function: Callable[..., Any], *arguments: Any, rounds: int = 3) -> Any:
        found = benchmark.pedantic(function, args=arguments, rounds=rounds, warmup_rounds=1)
        if not benchmark.disabled:
            reference = request.getfixturevalue("reference_seconds")
            benchmark.extra_info["ratio_to_reference"] = benchmark.stats.stats.min / reference
        return found

    return run
