"""The tasks of one step: passes of every stage, what travels between stages and replicas, the optimizer."""

from typing import NamedTuple

from simulator.engine.play import Task
from simulator.machine.machine import Machine
from simulator.schedule.order import Work, stage_order, warm_up_forwards
from simulator.schedule.plan import Plan
from simulator.training.blocks import Blocks
from simulator.training.exchange import Exchange, links
from simulator.training.label import Label, Labelled
from simulator.training.replicas import Replicas
from simulator.workload.shard import Shard


class Pass(NamedTuple):
    """What all passes of a model chunk in one direction share."""

    work: Labelled
    chunk: int
    source: int
    """Output it waits for: its place in `StepGraph._done`, less the micro-batch; −1 for none."""
    output: int
    """Where its own output is noted, less the micro-batch."""
    target: int
    """Stage that needs the output; −1 for none."""


class StepGraph:
    """Builds the tasks of a step, in queue order within each stream.

    Streams of a stage: `compute`; `send`, one to each neighbour, where the framework lets activations
    travel beside compute; `data`, for gradients and parameters between replicas.

    Parameters
    ----------
    plan, shard, machine, blocks
        What is run, where, and how long its blocks take.
    parameters
        Parameters one rank holds, by stage [1].

    Attributes
    ----------
    tasks : list of Labelled
        What runs, and what it means.
    after : list of tuple of int
        Tasks that must have ended before each, by their place.
    items : list of int
        Micro-batch of each task; −1 for none.
    """

    def __init__(
        self, plan: Plan, shard: Shard, machine: Machine, blocks: Blocks, parameters: tuple[int, ...]
    ) -> None:
        self.plan = plan
        self.shard = shard
        self.machine = machine
        self.blocks = blocks
        self.parameters = parameters
        self.exchange = Exchange(plan, shard, machine)
        self.replicas = Replicas(plan, shard, machine, parameters)
        self.tasks: list[Labelled] = []
        self.after: list[tuple[int, ...]] = []
        self.items: list[int] = []
        self._waits: list[tuple[int, int]] = []
        """Tasks, and the place in `_done` of the output each waits for."""
        self._done = [-1] * (2 * plan.chunks * plan.micro_batches)
        """Task after which each output is where the next chunk needs it."""
        self._ready: list[int] = []
        """Tasks after which all gradients are complete."""
        for stage in range(plan.pipeline):
            self._queue_stage(stage)
        for index, output in self._waits:
            self.after[index] = (*self.after[index], self._done[output])
        self._finish()

    def _add(self, task: Labelled, after: tuple[int, ...] = (), item: int = -1) -> int:
        self.tasks.append(task)
        self.after.append(after)
        self.items.append(item)
        return len(self.tasks) - 1

    def _queue_stage(self, stage: int) -> None:
        """Queue all passes of a stage, what they send, and what the replicas exchange beside them."""
        plan, exchange = self.plan, self.exchange
        kinds = {
            (forward, virtual): self._kind(stage, forward, virtual)
            for forward in (True, False)
            for virtual in range(plan.virtual_stages)
        }
        gathered = self._gather_parameters(stage)
        reduced: list[int] = []
        last_micro_batch = plan.micro_batches - 1
        pending: list[tuple[Work, Pass]] = []
        order, warm_up = stage_order(plan, stage), warm_up_forwards(plan, stage)
        index = -1
        for place, work in enumerate(order):
            forward, micro_batch, virtual = work
            kind = kinds[forward, virtual]
            if kind.source >= 0:
                self._waits.append((len(self.tasks), kind.source + micro_batch))
            if forward and micro_batch == 0 and virtual in gathered:
                index = self._forward_as_parameters_arrive(kind, gathered[virtual])
            elif not forward and micro_batch == last_micro_batch and self.replicas.reduces_beside:
                index = self._backward_as_gradients_leave(kind, stage, micro_batch, reduced)
            else:
                index = self._add(kind.work, (), micro_batch)
            self._done[kind.output + micro_batch] = index
            pending.append((work, kind))
            # In the steady phase passes alternate, and the backward pass of a pair follows its forward pass.
            if not (exchange.combined and forward and place >= warm_up):
                self._send(stage, pending, index)
                pending = []
        if plan.data > 1 and not reduced:
            reduced = [self._add(self.replicas.reduce(stage, self.parameters[stage]), (index,))]
        self._ready += reduced or [index]

    def _kind(self, stage: int, forward: bool, virtual: int) -> Pass:
        plan = self.plan
        chunk = virtual * plan.pipeline + stage
        block = (self.blocks.forward if forward else self.blocks.backward)[chunk]
        last = plan.chunks - 1
        turn = (
            not forward and chunk == last
        )  # the loss turns the last forward pass into the first backward pass
        source = chunk if turn else chunk - 1 if forward else chunk + 1
        target = chunk + 1 if forward else chunk - 1
        neighbour = target % plan.pipeline
        return Pass(
            work=Labelled(
                Task(("compute", stage), block.seconds),
                Label(
                    "task", block.name, "compute", stage, flops=block.flops, tokens=float(self.shard.tokens)
                ),
            ),
            chunk=chunk,
            source=self._place(forward or turn, source) if source >= 0 else -1,
            output=self._place(forward, chunk),
            target=neighbour if 0 <= target <= last and neighbour != stage else -1,
        )

    def _place(self, forward: bool, chunk: int) -> int:
        return (chunk if forward else self.plan.chunks + chunk) * self.plan.micro_batches

    def _send(self, stage: int, pending: list[tuple[Work, Pass]], last: int) -> None:
        """Send the outputs of the pending passes to the stages that need them, in one task."""
        outgoing = [(work, kind) for work, kind in pending if kind.target >= 0]
        if not outgoing:
            return
        (first, _), (work, kind) = outgoing[0], outgoing[-1]
        sent = self.exchange.send(stage, kind.target, first.forward, not work.forward)
        index = self._add(sent, (last,), work.micro_batch)
        for work, kind in outgoing:
            self._done[kind.output + work.micro_batch] = index

    def _pieces(self, kind: Pass, pieces: int) -> Labelled:
        """One of equal pieces of a pass that shares the chip with a collective."""
        task, label = kind.work
        seconds = task.seconds / pieces * (1.0 + self.machine.software.overlap.slowdown)
        return Labelled(
            task._replace(seconds=seconds),
            label._replace(flops=label.flops / pieces, tokens=label.tokens / pieces),
        )

    def _forward_as_parameters_arrive(self, kind: Pass, arriving: list[int]) -> int:
        piece = self._pieces(kind, len(arriving))
        return [self._add(piece, (gather,), item=0) for gather in arriving][-1]

    def _backward_as_gradients_leave(self, kind: Pass, stage: int, item: int, reduced: list[int]) -> int:
        pieces = self.replicas.buckets(stage, kind.chunk)
        share = self.replicas.chunk_parameters(stage, kind.chunk) / pieces
        piece, reduction = self._pieces(kind, pieces), self.replicas.reduce(stage, share)
        index = -1
        for _ in range(pieces):
            index = self._add(piece, item=item)
            reduced.append(self._add(reduction, (index,)))
        return index

    def _gather_parameters(self, stage: int) -> dict[int, list[int]]:
        """With a sharded optimizer, parameters may arrive bucket by bucket before their first use."""
        if not self.replicas.gathers_beside:
            return {}
        gathered = {}
        for virtual in range(self.plan.virtual_stages):
            chunk = virtual * self.plan.pipeline + stage
            pieces = self.replicas.buckets(stage, chunk)
            gather = self.replicas.gather(stage, self.replicas.chunk_parameters(stage, chunk) / pieces)
            gathered[virtual] = [self._add(gather) for _ in range(pieces)]
        return gathered

    def _finish(self) -> None:
        """Add up a tied embedding, agree on the gradient norm, update, gather."""
        plan, machine = self.plan, self.machine
        ready = (*self._ready, *self._tied_embedding())
        norm = machine.collective_seconds("all_reduce", 4.0, plan.tensor * plan.pipeline, 1)
        for stage in range(plan.pipeline):
            stream = ("compute", stage)
            label = Label("exposed_data", "gradient norm", "compute", stage, 4.0, plan.tensor * plan.pipeline)
            index = self._add(Labelled(Task(stream, norm), label), ready)
            for sweep in machine.software.optimizer:
                if sweep.precision in (None, self.shard.precision):
                    shards = self.replicas.shards if sweep.sharded else 1
                    size = sweep.bytes * self.parameters[stage] / shards
                    seconds = float(machine.streaming.seconds(size))
                    label = Label("optimizer", sweep.name, "compute", stage, size)
                    index = self._add(Labelled(Task(stream, seconds), label), (index,))
            if self.replicas.gathers and not self.replicas.gathers_beside:
                index = self._add(self.replicas.gather(stage, self.parameters[stage]), (index,))
            iteration = Task(stream, machine.software.host.iteration)
            self._add(Labelled(iteration, Label("host", "iteration", "compute", stage)), (index,))

    def _tied_embedding(self) -> list[int]:
        """First and last stage add their gradients of a table they share."""
        plan, model = self.plan, self.shard.model
        if plan.pipeline == 1 or not model.tied_embeddings:
            return []
        size = self.shard.vocab * model.hidden / plan.tensor * self.replicas.wire
        stride = plan.tensor * plan.data * (plan.pipeline - 1)
        transfer = self.machine.collective("all_reduce", size, 2, stride)
        sent, ready = transfer.scale_out or transfer.scale_up, tuple(self._ready)
        tied = []
        for stage, other in ((0, plan.pipeline - 1), (plan.pipeline - 1, 0)):
            label = Label("exposed_pipeline", "tied embedding", "data", stage, size, 2)
            task = Task(("data", stage), transfer.startup, sent, links(stage, other, transfer))
            tied.append(self._add(Labelled(task, label), ready))
        return tied
