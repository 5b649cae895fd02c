"""One optimizer step, event by event, into the record."""

from dataclasses import dataclass

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
    graph = StepGraph(plan, shard, machine, blocks, rank_parameters(plan, shard)).build()
    played = play(graph.tasks, graph.capacities())
    ranks = plan.tensor * plan.data
    classes = [f"stage {stage}" for stage in range(plan.pipeline)]
    events = Table(blocks.rows)
    events.take(
        Row(
            label.kind, label.name, classes[label.stage], ranks, label.stream, "", label.stage, -1,
            start, end - start, 1, label.bytes, label.flops, label.tokens, label.group, label.item,
        )  # fmt: skip
        for label, start, end in zip(graph.labels, played.start.tolist(), played.end.tolist(), strict=True)
    )
    return Step(float(played.end.max()), events)
