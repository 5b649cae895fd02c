"""Plays tasks on a SimPy clock: each stream works through its queue in order, flows share links."""

from collections.abc import Generator, Hashable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import simpy
from numpy.typing import NDArray

from simulator.engine.flows import Flows


class Task(NamedTuple):
    """Something that occupies a stream; tasks that are alike may be the same object.

    Attributes
    ----------
    stream : hashable
        Stream whose queue the task stands in.
    seconds : float
        Time it takes, or the start-up of its flow [s].
    size : float
        What it sends once started [B].
    links : tuple
        Links the flow passes.
    """

    stream: Hashable
    seconds: float
    size: float = 0.0
    links: tuple[Hashable, ...] = ()


class Played(NamedTuple):
    """When each task started and ended [s], shape (tasks,)."""

    start: NDArray[np.float64]
    end: NDArray[np.float64]


class DeadlockError(RuntimeError):
    """Tasks wait for each other; a schedule that does so is a bug."""


def play(
    tasks: Sequence[Task],
    after: Sequence[Sequence[int]],
    capacities: Mapping[Hashable, float] | None = None,
) -> Played:
    """Run all tasks and say when.

    A task begins when its stream has finished the tasks queued before it and all it comes after have ended.

    Parameters
    ----------
    tasks : sequence of Task
        In queue order within each stream.
    after : sequence of sequences of int
        For each task, the tasks that must have ended first, by their place in the list.
    capacities : mapping, optional
        Capacity of each link [B/s].

    Raises
    ------
    DeadlockError
        If some tasks never become ready.

    Examples
    --------
    >>> played = play([Task("a", 2.0), Task("b", 1.0), Task("a", 3.0)], [(), (0,), (1,)])
    >>> played.start.tolist(), played.end.tolist()
    ([0.0, 2.0, 3.0], [2.0, 3.0, 6.0])
    """
    env = simpy.Environment()
    flows = Flows(env, capacities or {})
    starts, ends = [-1.0] * len(tasks), [-1.0] * len(tasks)
    awaited: dict[int, simpy.Event] = {}
    queues: dict[Hashable, list[int]] = {}
    for index, task in enumerate(tasks):
        queues.setdefault(task.stream, []).append(index)

    def ended(index: int) -> Generator[simpy.Event, Any, float]:
        if ends[index] < 0.0:
            event = awaited.get(index)
            if event is None:
                event = awaited[index] = simpy.Event(env)
            yield event
        return ends[index]

    def work(queue: list[int]) -> Generator[simpy.Event, Any, None]:
        # A stream runs ahead of the clock for as long as it knows when what it comes after ends; only a flow,
        # whose rate depends on who else sends, has to wait until the clock is there.
        now = 0.0
        for index in queue:
            _, seconds, size, links = tasks[index]
            for other in after[index]:
                end = ends[other]
                now = max(now, end if end >= 0.0 else (yield from ended(other)))
            starts[index] = now
            now += seconds
            if size:
                if now > env.now:
                    yield simpy.Timeout(env, now - env.now)
                yield from flows.send(size, links)
                now = env.now
            ends[index] = now
            if index in awaited:
                awaited.pop(index).succeed()

    for queue in queues.values():
        env.process(work(queue))
    env.run()
    played = Played(np.asarray(starts), np.asarray(ends))
    _must_have_ended(played, tasks)
    return played


def _must_have_ended(played: Played, tasks: Sequence[Task]) -> None:
    stuck = np.flatnonzero(played.end < 0.0)
    if stuck.size:
        raise DeadlockError(
            f"{stuck.size} of {len(tasks)} tasks never became ready, the first is {tasks[stuck[0]]}"
        )
