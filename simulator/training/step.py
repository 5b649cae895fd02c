"""One optimizer step, event by event, into the record."""

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.engine.collector import collector_paused
from simulator.engine.play import play
from simulator.machine.machine import Machine
from simulator.record.row import Row
from simulator.record.table import Table
from simulator.schedule.plan import Plan
from simulator.spec.training import Recompute
from simulator.training.blocks import price_blocks
from simulator.training.graph import StepGraph
from simulator.training.parameters import rank_parameters
from simulator.workload.shard import Shard


@dataclass(frozen=True)
class Step:
    """A simulated step.

    Attributes
    ----------
    time : float
        From the first task to the end of the last [s].
    events : Table
        What happened.
    """

    time: float
    events: Table


def simulate_step(plan: Plan, shard: Shard, recompute: Recompute, machine: Machine) -> Step:
    """Play one step of the plan on the machine."""
    blocks = price_blocks(shard, plan, recompute, machine)
    with collector_paused():
        graph = StepGraph(plan, shard, machine, blocks, rank_parameters(plan, shard))
        played = play([task for task, _ in graph.tasks], graph.after, graph.replicas.capacities())
        events = Table(blocks.rows)
        events.take(_rows(graph, played.start.tolist(), played.end.tolist()))
    return Step(float(played.end.max()), events)


def _rows(graph: StepGraph, starts: list[float], ends: list[float]) -> Iterator[Row]:
    """One row a task; what tasks with the same label share is laid out once."""
    ranks = graph.plan.stage_ranks
    frames: dict[int, tuple[tuple[object, ...], tuple[object, ...]]] = {}
    for task, item, start, end in zip(graph.tasks, graph.items, starts, ends, strict=True):
        frame = frames.get(id(task))  # the graph keeps every task alive, so ids are unique
        if frame is None:
            label = task.label
            frame = frames[id(task)] = (
                (label.kind, label.name, f"stage {label.stage}", ranks, label.stream, "", label.stage, -1),
                (1, label.bytes, label.flops, label.tokens, label.group),
            )
        yield Row._make((*frame[0], start, end - start, *frame[1], item))
