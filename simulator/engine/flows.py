"""Fluid flows over shared links, at max-min fair rates, on a SimPy clock."""

from collections.abc import Generator, Hashable, Mapping
from functools import partial
from typing import Any

import simpy

from simulator.network.fair_share import max_min_rates


class Flow:
    """Bytes on their way; `done` exists once another flow has changed the rate."""

    __slots__ = ("done", "left", "links", "rate", "since", "wake")

    def __init__(self, size: float, links: tuple[Hashable, ...], now: float) -> None:
        self.left = size
        self.links = links
        self.rate = 0.0
        self.since = now
        self.wake: simpy.Event | None = None
        self.done: simpy.Event | None = None


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
        self._routes: dict[tuple[Hashable, ...], tuple[float, tuple[dict[Flow, None], ...]]] = {}
        """Rate of a lone flow, and what is on its links, by route."""

    def send(self, size: float, links: tuple[Hashable, ...]) -> Generator[simpy.Event, Any, None]:
        """Send `size` bytes and wait until the last has arrived.

        A flow that meets no other ends when its first timer does. Meeting one makes it slower, so that
        timer comes early, and the flow waits on for the event that its last timer fires.
        """
        rate, on_links = self._route(links)
        flow = Flow(size, links, self._env.now)
        crowded = False
        for on_link in on_links:
            if on_link:
                crowded = True
            on_link[flow] = None
        if crowded:
            self._share(flow)
        else:
            flow.rate = rate
            flow.wake = simpy.Timeout(self._env, size / rate)
            yield flow.wake
        if flow.done is not None:
            yield flow.done
        for on_link in on_links:
            del on_link[flow]
            if on_link:
                crowded = True
        if crowded:
            self._share(flow)

    def _route(self, links: tuple[Hashable, ...]) -> tuple[float, tuple[dict[Flow, None], ...]]:
        if links not in self._routes:
            rate = min(self._capacities[link] for link in links)
            self._routes[links] = rate, tuple(self._on_link[link] for link in links)
        return self._routes[links]

    def _share(self, changed: Flow) -> None:
        """Set new rates for every flow tied to `changed` through shared links."""
        tied = self._tied(changed)
        now = self._env.now
        for flow, rate in zip(
            tied, max_min_rates([flow.links for flow in tied], self._capacities), strict=True
        ):
            if rate == flow.rate:
                continue
            flow.left -= flow.rate * (now - flow.since)
            flow.rate, flow.since = rate, now
            flow.wake = simpy.Timeout(self._env, max(0.0, flow.left) / rate)
            if flow.done is None:
                flow.done = simpy.Event(self._env)
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

    @staticmethod
    def _arrive(flow: Flow, event: simpy.Event) -> None:
        """End a flow, unless its rate has changed since this timer was set."""
        if flow.wake is event and flow.done is not None and not flow.done.triggered:
            flow.done.succeed()
