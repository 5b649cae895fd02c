"""Which replica a request goes to."""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from simulator.serving.replica import Replica
from simulator.serving.request import Request

Choice = Callable[[Sequence[Replica], Request], Replica]


def make_router(name: str) -> Choice:
    """The rule of a name, with a state of its own."""
    if name == "round_robin":
        turns = count()
        return lambda replicas, request: replicas[next(turns) % len(replicas)]
    return {"least_loaded": _least_loaded, "prefix_aware": _least_missing, "slo_aware": _soonest}[name]


def _least_loaded(replicas: Sequence[Replica], request: Request) -> Replica:
    """Where fewest requests are in progress, the first of several."""
    best = replicas[0]
    least = best.in_progress
    for replica in replicas:
        if replica.in_progress < least:
            best, least = replica, replica.in_progress
    return best


def _least_missing(replicas: Sequence[Replica], request: Request) -> Replica:
    """Where fewest tokens of prompts come before its answer; of several where fewest are in progress."""

    def missing(replica: Replica) -> tuple[Any, ...]:
        return replica.queued - replica.cached(request), replica.in_progress

    return min(replicas, key=missing)


def _soonest(replicas: Sequence[Replica], request: Request) -> Replica:
    """Where its first token is expected first; of several where fewest are in progress."""

    def wait(replica: Replica) -> tuple[Any, ...]:
        return replica.expected_wait(request), replica.in_progress

    return min(replicas, key=wait)
