"""The fleet: replicas, the router in front of them, and the source of requests."""

from collections.abc import Generator
from typing import Any

import simpy

from simulator.engine.collector import collector_paused
from simulator.serving.ledger import Ledger
from simulator.serving.plan import ServingPlan
from simulator.serving.replica import Replica
from simulator.serving.traffic import Requests


class UnstableError(Exception):
    """Requests arrive faster than the fleet can serve them."""


def serve(requests: Requests, plan: ServingPlan) -> Ledger:
    """Serve all requests and note when.

    Parameters
    ----------
    requests : Requests
        What arrives.
    plan : ServingPlan
        Replicas, their engine, and the costs of its iterations.
    """
    with collector_paused():
        fleet = _Fleet(requests, plan)
        fleet.env.run()
    return fleet.ledger


class _Fleet:
    """State of one simulation."""

    def __init__(self, requests: Requests, plan: ServingPlan) -> None:
        self.env = simpy.Environment()
        self.requests = requests
        self.plan = plan
        self.ledger = Ledger(requests)
        self.fronts = [
            self._replica(number, pool, self._prompt_done if plan.split else self._done)
            for number, pool in enumerate(plan.fronts)
        ]
        self.backs = [
            self._replica(len(self.fronts) + number, pool, self._done) for number, pool in enumerate(plan.backs)
        ]
        self._turn = 0
        self._next = 0
        self._left = 0
        if requests.at_once:
            for _ in range(min(requests.at_once, len(requests))):
                self._submit_next()
        else:
            self.env.process(self._arrivals())

    def _replica(self, number: int, pool: Any, done: Any) -> Replica:
        return Replica(
            self.env, number, self.plan.scheduler, pool.limits, pool.cost, self.ledger, done, pool.only
        )

    def _arrivals(self) -> Generator[simpy.Event, Any, None]:
        for time in self.requests.arrival.tolist():
            if time > self.env.now:
                yield simpy.Timeout(self.env, time - self.env.now)
            self._submit_next()

    def _submit_next(self) -> None:
        """The next request arrives now."""
        request = self._next
        self._next += 1
        self._left += 1
        self.ledger.arrival[request] = self.env.now
        self._choose(self.fronts).submit(request)

    def _choose(self, replicas: list[Replica]) -> Replica:
        if len(replicas) == 1:
            return replicas[0]
        if self.plan.router == "round_robin":
            self._turn += 1
            return replicas[self._turn % len(replicas)]
        return min(replicas, key=lambda replica: replica.in_progress)

    def _prompt_done(self, request: int) -> None:
        """The cache of a prompt travels to an instance that makes answers."""
        seconds = self.plan.transfer * self.ledger.prompt[request]
        timer = simpy.Timeout(self.env, seconds)
        timer.callbacks.append(lambda _: self._choose(self.backs).submit(request))

    def _done(self, request: int) -> None:
        """A closed loop replaces what is done; one that works in rounds waits for all."""
        self._left -= 1
        requests = self.requests
        if requests.at_once and self._next < len(requests):
            if not requests.rounds:
                self._submit_next()
            elif self._left == 0:
                for _ in range(min(requests.at_once, len(requests) - self._next)):
                    self._submit_next()
