"""What data-parallel replicas of a stage exchange: gradients, and parameters of sharded states."""

from collections.abc import Hashable
from math import ceil

from simulator.cost.collective import Operation
from simulator.engine.play import Task
from simulator.machine.machine import Machine
from simulator.schedule.plan import Plan
from simulator.training.exchange import Link
from simulator.training.label import ELEMENT, Label, Labelled
from simulator.workload.shard import Shard


class Replicas:
    """Collectives between the replicas of a stage.

    Attributes
    ----------
    reduces_beside, gathers_beside : bool
        Whether gradients leave during the backward pass and parameters arrive during the forward pass.
    gathers : bool
        Whether there are sharded parameters to gather at all.
    shards : int
        Ranks that share the optimizer states [1].
    wire : float
        Bytes on the wire for each gradient [B per parameter].
    """

    def __init__(self, plan: Plan, shard: Shard, machine: Machine, parameters: tuple[int, ...]) -> None:
        self._plan = plan
        self._machine = machine
        self._parameters = parameters
        self.wire = machine.software.gradient_reduction[shard.precision]
        self._bucket = machine.software.overlap.bucket
        self.gathers = plan.sharding != "none" and plan.data > 1
        self.reduces_beside = plan.overlap_gradients and plan.data > 1
        self.gathers_beside = plan.overlap_parameters and self.gathers
        self.shards = plan.data if plan.sharding != "none" else 1

    def chunk_parameters(self, stage: int, chunk: int) -> float:
        """Parameters of one model chunk on one rank; the stage's are spread over its layers [1]."""
        layers = self._plan.stage_layers(stage)
        share = self._plan.layers[chunk] / layers if layers else 1.0 / self._plan.virtual_stages
        return self._parameters[stage] * share

    def buckets(self, stage: int, chunk: int) -> int:
        """Pieces in which a chunk's gradients leave or its parameters arrive; at most one a layer [1]."""
        size = self.chunk_parameters(stage, chunk) * self.wire
        return max(1, min(self._plan.layers[chunk], ceil(size / self._bucket)))

    def reduce(self, stage: int, parameters: float) -> Labelled:
        """Add gradients over the replicas, whole or sharded."""
        operation: Operation = "all_reduce" if self._plan.sharding == "none" else "reduce_scatter"
        return self._collective(operation, parameters * self.wire, stage, "gradients")

    def gather(self, stage: int, parameters: float) -> Labelled:
        """Put sharded parameters together again."""
        return self._collective("all_gather", parameters * ELEMENT, stage, "parameters")

    def capacities(self) -> dict[Hashable, float]:
        """Capacity of the links of one rank, by stage [B/s]."""
        links: dict[Hashable, float] = {}
        for stage in range(self._plan.pipeline):
            links["out", stage] = links["in", stage] = self._out_rate
            links["up", stage] = self._machine.scale_up_rate
        return links

    @property
    def _out_rate(self) -> float:
        """What a rank can send out of its domain when nothing else does [B/s]."""
        return self._machine.topology.scale_out_rate(1, 1) or self._machine.scale_up_rate

    def _collective(self, operation: Operation, size: float, stage: int, name: str) -> Labelled:
        """A collective as a flow on the slower of its tiers, at that tier's contended rate."""
        plan, machine = self._plan, self._machine
        transfer = machine.collective(operation, size, plan.data, plan.tensor)
        rates = machine.rates(plan.data, plan.tensor)
        out = transfer.scale_out / rates.scale_out if transfer.scale_out else 0.0
        links: tuple[Link, ...]
        if out and out >= transfer.scale_up / rates.scale_up:
            carried, links = out * self._out_rate, (("out", stage), ("in", stage))
        else:
            carried, links = transfer.scale_up, (("up", stage),)
        label = Label("exposed_data", name, "data", stage, size, plan.data)
        return Labelled(Task(("data", stage), transfer.startup, carried, links), label)
