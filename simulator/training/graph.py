"""The tasks of one step: passes of every stage, what travels between stages and replicas, the optimizer."""

from dataclasses import dataclass, field
from functools import cached_property
from math import ceil
from typing import NamedTuple

from simulator.cost.collective import Operation, Transfer
from simulator.engine.play import Task
from simulator.machine.machine import Machine
from simulator.schedule.order import Work, stage_order
from simulator.schedule.plan import Plan
from simulator.training.blocks import Block, Blocks
from simulator.workload.shard import Shard

ELEMENT = 2.0
"""Size of an activation or weight on the wire [B]."""


class Label(NamedTuple):
    """What a task means, for the record."""

    kind: str
    name: str
    stream: str
    stage: int
    item: int
    bytes: float
    group: int
    flops: float = 0.0
    tokens: float = 0.0


@dataclass
class StepGraph:
    """Builds the tasks of a step in queue order.

    Streams of a stage: `compute`, `send` (activations, where the framework lets them travel beside compute),
    `data` (gradients and parameters between replicas).

    Attributes
    ----------
    plan, shard, machine, blocks :
        What is run, where, and how long its blocks take.
    parameters : tuple of int
        Parameters one rank holds, by stage [1].
    tasks, labels : list
        The result, in step.
    """

    plan: Plan
    shard: Shard
    machine: Machine
    blocks: Blocks
    parameters: tuple[int, ...]
    tasks: list[Task] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    _done: dict[tuple[bool, int, int], tuple[int, ...]] = field(default_factory=dict)
    """(forward, micro-batch, model chunk) → tasks after which its output is where the next chunk needs it."""
    _waits: list[tuple[int, tuple[bool, int, int]]] = field(default_factory=list)
    """Tasks and the output each waits for; filled in when every stage has been queued."""
    _reduced: dict[int, list[int]] = field(default_factory=dict)

    def build(self) -> "StepGraph":
        """All tasks of the step."""
        for stage in range(self.plan.pipeline):
            gathered = self._gather_parameters(stage)
            self._passes(stage, gathered)
        self._resolve()
        self._finish()
        return self

    def capacities(self) -> dict[tuple[str, int], float]:
        """Capacity of each link one rank of a stage uses [B/s]."""
        links: dict[tuple[str, int], float] = {}
        for stage in range(self.plan.pipeline):
            links["out", stage] = links["in", stage] = self._rate()
            links["up", stage] = self.machine.scale_up_rate
        return links

    def _rate(self) -> float:
        """What a rank can send out of its domain when nothing else does [B/s]."""
        return self.machine.topology.scale_out_rate(1, 1) or self.machine.scale_up_rate

    def _add(self, task: Task, label: Label) -> int:
        self.tasks.append(task)
        self.labels.append(label)
        return len(self.tasks) - 1

    def _passes(self, stage: int, gathered: dict[int, list[int]]) -> None:
        plan = self.plan
        pending: list[tuple[Work, int]] = []
        order = stage_order(plan, stage)
        combined = plan.virtual_stages > 1 and not self.machine.software.overlap.pipeline
        for place, work in enumerate(order):
            chunk = work.chunk * plan.pipeline + stage
            block = (self.blocks.forward if work.forward else self.blocks.backward)[chunk]
            task = self._pass(stage, work, chunk, block, gathered)
            pending.append((work, task))
            # Interleaved Megatron exchanges with both neighbours once, after a forward and a backward pass.
            follows = place + 1 < len(order) and work.forward and not order[place + 1].forward
            if combined and follows:
                continue
            self._exchange(stage, pending)
            pending = []

    def _pass(self, stage: int, work: Work, chunk: int, block: Block, gathered: dict[int, list[int]]) -> int:
        """A forward or backward pass, in pieces where gradients leave or parameters arrive meanwhile."""
        plan = self.plan
        source = chunk - 1 if work.forward else chunk + 1
        needs = (work.forward, work.micro_batch, source)
        if not work.forward and chunk == plan.chunks - 1:
            needs = (True, work.micro_batch, chunk)
        arriving = gathered.get(work.chunk, []) if work.forward and work.micro_batch == 0 else []
        leaving = not work.forward and work.micro_batch == plan.micro_batches - 1 and self._reduces_beside
        pieces = len(arriving) or (self._buckets(stage, chunk) if leaving else 1)
        beside = bool(arriving) or leaving
        seconds = block.seconds / pieces * (1.0 + self.machine.software.overlap.slowdown * beside)
        flops, tokens = block.flops / pieces, self.shard.tokens / pieces
        index = -1
        for piece in range(pieces):
            after = (arriving[piece],) if arriving else ()
            label = Label("task", block.name, "compute", stage, work.micro_batch, 0.0, 1, flops, tokens)
            index = self._add(Task(("compute", stage), seconds, after), label)
            if piece == 0 and 0 <= needs[2] < plan.chunks:
                self._waits.append((index, needs))
            if leaving:
                share = self._chunk_parameters(stage, chunk) / pieces
                self._reduced.setdefault(stage, []).append(self._reduce(stage, share, (index,)))
        return index

    @property
    def _reduces_beside(self) -> bool:
        return self.plan.overlap_gradients and self.plan.data > 1

    def _exchange(self, stage: int, pending: list[tuple[Work, int]]) -> None:
        """Send what the pending passes made to the neighbouring stages."""
        plan, software = self.plan, self.machine.software
        outgoing = [(w, task) for w, task in pending if self._target(stage, w) is not None]
        for work, task in pending:
            self._done[work.forward, work.micro_batch, work.chunk * plan.pipeline + stage] = (task,)
        if not outgoing:
            return
        transfer, gather = self._activation
        gathers = max(1 if w.forward else software.pipeline.backward_gathers for w, _ in outgoing)
        seconds = transfer.startup + gathers * gather + software.pipeline.synchronization
        size = transfer.scale_out or transfer.scale_up
        if software.overlap.pipeline:
            for work, task in outgoing:
                target = self._target(stage, work)
                assert target is not None  # narrowed: outgoing has targets only
                links = self._links(stage, target, transfer)
                stream = ("send", stage, target)
                label = Label("exposed_pipeline", _activation_name(work), "send", stage, work.micro_batch, size, 2)
                index = self._add(Task(stream, seconds, (task,), size, links), label)
                self._done[work.forward, work.micro_batch, work.chunk * plan.pipeline + stage] = (index,)
            return
        # A blocking exchange moves both directions at once, so the slower one is what the stage waits for.
        work, task = outgoing[-1]
        target = self._target(stage, work)
        assert target is not None  # narrowed: outgoing has targets only
        names = " and ".join(dict.fromkeys(_activation_name(w) for w, _ in outgoing))
        label = Label("exposed_pipeline", names, "compute", stage, work.micro_batch, size * len(outgoing), 2)
        index = self._add(
            Task(("compute", stage), seconds, (task,), size, self._links(stage, target, transfer)), label
        )
        for work, _ in outgoing:
            self._done[work.forward, work.micro_batch, work.chunk * plan.pipeline + stage] = (index,)

    def _target(self, stage: int, work: Work) -> int | None:
        """Stage that needs the output of `work`; none at the ends of the model and within a stage."""
        chunk = work.chunk * self.plan.pipeline + stage
        neighbour = chunk + 1 if work.forward else chunk - 1
        if not 0 <= neighbour < self.plan.chunks:
            return None
        target = neighbour % self.plan.pipeline
        return None if target == stage else target

    @cached_property
    def _activation(self) -> tuple[Transfer, float]:
        """One activation between stages, and the time to put scattered pieces together again [s]."""
        plan, shard, machine = self.plan, self.shard, self.machine
        size = ELEMENT * shard.tokens * shard.model.hidden
        scattered = machine.software.pipeline.scatter_gather and plan.tensor > 1
        cut = plan.tensor if scattered or plan.sequence_parallel else 1
        transfer = machine.collective("send_recv", size / cut, 2, plan.tensor * plan.data)
        again = scattered and not plan.sequence_parallel
        return transfer, machine.collective_seconds("all_gather", size, plan.tensor, 1) if again else 0.0

    def _links(self, stage: int, target: int, transfer: Transfer) -> tuple[tuple[str, int], ...]:
        return (("out", stage), ("in", target)) if transfer.scale_out else (("up", stage),)

    def _resolve(self) -> None:
        """Now that every stage is queued, tie each pass to the output it waits for."""
        for index, needs in self._waits:
            task = self.tasks[index]
            self.tasks[index] = task._replace(after=task.after + self._done[needs])

    def _chunk_parameters(self, stage: int, chunk: int) -> float:
        """Parameters of one chunk on one rank, the stage's being spread over its layers [1]."""
        return self.parameters[stage] * self.plan.layers[chunk] / max(1, self.plan.stage_layers(stage))

    def _buckets(self, stage: int, chunk: int) -> int:
        """Pieces in which a chunk's gradients leave or its parameters arrive; at most one a layer [1]."""
        wire = self.machine.software.gradient_reduction[self.shard.precision]
        size = self._chunk_parameters(stage, chunk) * wire
        return max(1, min(self.plan.layers[chunk], ceil(size / self.machine.software.overlap.bucket)))

    def _collective(self, operation: Operation, size: float, stage: int, after: tuple[int, ...], name: str) -> int:
        """A collective between the replicas of a stage."""
        plan, machine = self.plan, self.machine
        transfer = machine.collective(operation, size, plan.data, plan.tensor)
        rates = machine.rates(plan.data, plan.tensor)
        out = bool(transfer.scale_out) and transfer.scale_out / rates.scale_out >= transfer.scale_up / rates.scale_up
        # The slower tier carries the flow; its contended rate is expressed on the rank's own link.
        carried = transfer.scale_out * self._rate() / rates.scale_out if out else transfer.scale_up
        links = (("out", stage), ("in", stage)) if out else (("up", stage),)
        label = Label("exposed_data", name, "data", stage, -1, size, plan.data)
        return self._add(Task(("data", stage), transfer.startup, after, carried, links), label)

    def _reduce(self, stage: int, parameters: float, after: tuple[int, ...]) -> int:
        wire = self.machine.software.gradient_reduction[self.shard.precision]
        operation: Operation = "all_reduce" if self.plan.sharding == "none" else "reduce_scatter"
        return self._collective(operation, parameters * wire, stage, after, "gradients")

    def _gather_parameters(self, stage: int) -> dict[int, list[int]]:
        """With sharded optimizer and overlap, parameters arrive bucket by bucket before their first use."""
        plan = self.plan
        if plan.sharding == "none" or plan.data == 1 or not plan.overlap_parameters:
            return {}
        gathered: dict[int, list[int]] = {}
        for virtual in range(plan.virtual_stages):
            chunk = virtual * plan.pipeline + stage
            pieces = self._buckets(stage, chunk)
            size = self._chunk_parameters(stage, chunk) * ELEMENT / pieces
            gathered[virtual] = [
                self._collective("all_gather", size, stage, (), "parameters") for _ in range(pieces)
            ]
        return gathered

    def _finish(self) -> None:
        """Reduce what is not reduced yet, agree on the gradient norm, update, gather."""
        plan, machine = self.plan, self.machine
        last = {stage: i for i, task in enumerate(self.tasks) for name, stage, *_ in [task.stream] if name == "compute"}
        ready: list[int] = []
        for stage in range(plan.pipeline):
            reduced = self._reduced.get(stage, [])
            if not reduced and plan.data > 1:
                reduced = [self._reduce(stage, self.parameters[stage], (last[stage],))]
            ready += reduced or [last[stage]]
        ready += self._tied_embedding(tuple(ready))
        norm = machine.collective_seconds("all_reduce", 4.0, plan.tensor * plan.pipeline, 1)
        shards = plan.data if plan.sharding != "none" else 1
        for stage in range(plan.pipeline):
            label = Label("exposed_data", "gradient norm", "compute", stage, -1, 4.0, plan.ranks // plan.data)
            agreed = self._add(Task(("compute", stage), norm, tuple(ready)), label)
            for sweep in machine.software.optimizer:
                if sweep.precision not in (None, self.shard.precision):
                    continue
                size = sweep.bytes * self.parameters[stage] / (shards if sweep.sharded else 1)
                label = Label("optimizer", sweep.name, "compute", stage, -1, size, 1)
                agreed = self._add(Task(("compute", stage), machine.streaming.seconds(size), (agreed,)), label)  # type: ignore[arg-type]
            if plan.sharding != "none" and plan.data > 1 and not plan.overlap_parameters:
                agreed = self._collective(
                    "all_gather", self.parameters[stage] * ELEMENT, stage, (agreed,), "parameters"
                )
            label = Label("host", "iteration", "compute", stage, -1, 0.0, 1)
            self._add(Task(("compute", stage), machine.software.host.iteration, (agreed,)), label)

    def _tied_embedding(self, ready: tuple[int, ...]) -> list[int]:
        """First and last stage add their gradients of a table they share."""
        plan, model = self.plan, self.shard.model
        if plan.pipeline == 1 or not model.tied_embeddings:
            return []
        wire = self.machine.software.gradient_reduction[self.shard.precision]
        size = model.vocab * model.hidden / plan.tensor * wire
        stride = plan.tensor * plan.data * (plan.pipeline - 1)
        transfer = self.machine.collective("all_reduce", size, 2, stride)
        tied = []
        for stage, other in ((0, plan.pipeline - 1), (plan.pipeline - 1, 0)):
            label = Label("exposed_pipeline", "tied embedding", "data", stage, -1, size, 2)
            sent = transfer.scale_out or transfer.scale_up
            links = self._links(stage, other, transfer)
            tied.append(self._add(Task(("data", stage), transfer.startup, ready, sent, links), label))
        return tied


def _activation_name(work: Work) -> str:
    return "activation" if work.forward else "activation gradient"
