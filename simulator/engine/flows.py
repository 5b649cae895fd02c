"""Fluid flows over shared links, at max-min fair rates, on a SimPy clock."""

from collections.abc import Hashable, Mapping
from functools import partial

import simpy

from simulator.network.fair_share import max_min_rates


class Flow:
    """Bytes on their way."""

    __slots__ = ("done", "left", "links", "rate", "since", "wake")

    def __init__(self, size: float, links: tuple[Hashable, ...], done: simpy.Event) -> None:
        self.left = size
        self.links = links
        self.done = done
        self.rate = 0.0
        self.since = 0.0
        self.wake: simpy.Event | None = None


class Flows:
    """All flows of a simulation; rates change only when a flow that shares a link comes or goes.

    Parameters
    ----------
    env : simpy.Environment
        The clock.
    capacities : mapping
        Capacity of each link [B/s].
    """

    def __init__(self, env: simpy.Environment, capacities: Mapping[Hashable, float]) -> None:
        self._env = env
        self._capacities = capacities
        self._on_link: dict[Hashable, dict[Flow, None]] = {link: {} for link in capacities}

    def send(self, size: float, links: tuple[Hashable, ...]) -> simpy.Event:
        """Start a flow of `size` bytes; the event fires when the last has arrived."""
        flow = Flow(size, links, simpy.Event(self._env))
        flow.since = self._env.now
        for link in links:
            self._on_link[link][flow] = None
        self._share(flow)
        return flow.done

    def _share(self, changed: Flow) -> None:
        """Set new rates for every flow tied to `changed` through shared links."""
        tied = self._tied(changed)
        if not tied:
            return
        if len(tied) == 1:
            rates = [min(self._capacities[link] for link in tied[0].links)]
        else:
            rates = max_min_rates([flow.links for flow in tied], self._capacities)
        now = self._env.now
        for flow, rate in zip(tied, rates, strict=True):
            if rate == flow.rate:
                continue
            flow.left -= flow.rate * (now - flow.since)
            flow.rate, flow.since = rate, now
            flow.wake = simpy.Timeout(self._env, max(0.0, flow.left) / rate)
            flow.wake.callbacks.append(partial(self._arrive, flow))

    def _tied(self, changed: Flow) -> list[Flow]:
        seen: dict[Flow, None] = {}
        fresh = [flow for link in changed.links for flow in self._on_link[link]]
        while fresh:
            flow = fresh.pop()
            if flow not in seen:
                seen[flow] = None
                fresh += [other for link in flow.links for other in self._on_link[link]]
        return list(seen)

    def _arrive(self, flow: Flow, event: simpy.Event) -> None:
        """End a flow, unless its rate has changed since this event was planned."""
        if flow.wake is not event:
            return
        for link in flow.links:
            del self._on_link[link][flow]
        self._share(flow)
        flow.done.succeed()
