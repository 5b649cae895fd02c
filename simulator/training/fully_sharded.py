"""Passes whose parameters arrive layer by layer and whose gradients leave layer by layer (FSDP, ZeRO-3)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from simulator.engine.play import Task
from simulator.machine.machine import Machine
from simulator.spec.fully_sharded import FullySharded
from simulator.training.blocks import Unit
from simulator.training.label import Label, Labelled
from simulator.training.pricing import Block
from simulator.training.replicas import Replicas, scaled

Add = Callable[[Labelled, tuple[int, ...], int], int]
"""Queues a task after others, for a micro-batch, and says its place."""


@dataclass
class ShardedPasses:
    """Passes of one stage.

    A layer is gathered while those before it compute, but no further ahead than the framework allows; its
    gradient is reduced while the next computes. Both slow the computing down.

    Attributes
    ----------
    stage : int
        The stage.
    rules : FullySharded
        What the framework does.
    replicas : Replicas
        Collectives.
    machine : Machine
        For the sweeps around the collectives.
    tokens : float
        Tokens of a micro-batch on this rank [1].
    add : callable
        Queues a task.
    """

    stage: int
    rules: FullySharded
    replicas: Replicas
    machine: Machine
    tokens: float
    add: Add
    _computed: list[int] = field(default_factory=list)
    """Tasks that computed with gathered parameters, in order."""
    _last_gather: int = -1
    _kinds: dict[tuple[str, bool, bool], tuple[Labelled, list[Labelled], list[Labelled]]] = field(
        default_factory=dict
    )

    def run(
        self,
        units: Sequence[tuple[Unit, int]],
        forward: bool,
        micro_batch: int,
        first: bool,
        last: bool,
    ) -> tuple[int, int, list[int]]:
        """Queue one pass of a chunk.

        Parameters
        ----------
        units : sequence of (Unit, int)
            Layers in model order, and how many of each.
        forward : bool
            Direction.
        micro_batch : int
            Micro-batch.
        first, last : bool
            Whether it is the first or last of the step.

        Returns
        -------
        int, int
            The first and the last task that compute.
        list of int
            Tasks after which its gradients have left.
        """
        gathers = self.rules.reshard or (forward and first)
        reduces = not forward and (last or self.rules.reduce_every == "micro-batch")
        reduced: list[int] = []
        later: list[Labelled] = []
        begin = index = -1
        for unit, repeat in units if forward else reversed(units):
            work, gather, reduce = self._kind(unit, forward, gathers, reduces)
            wait = self._wait([*gather, *reduce])
            for _ in range(repeat):
                arrived = self._gather(gather, micro_batch)
                waited = [self.add(task, (), micro_batch) for task in wait]
                index = self.add(work, arrived, micro_batch)
                begin = min([*waited, index]) if begin < 0 else begin
                self._computed.append(index)
                reduced += [self.add(task, (index,), micro_batch) for task in reduce]
            if reduces and not self.rules.copies_beside:
                messages = self.rules.copy_messages
                part = scaled(unit.parameters, 1.0 / messages)
                later += repeat * messages * self.replicas.reduce(self.stage, part, copies_only=True)
        reduced += [self.add(task, (index,), micro_batch) for task in later]
        return begin, index, reduced

    def _gather(self, tasks: list[Labelled], micro_batch: int) -> tuple[int, ...]:
        ahead = len(self._computed) - self.rules.prefetch
        after = (self._computed[ahead - 1],) if ahead > 0 else ()
        for task in tasks:
            self._last_gather = self.add(task, after, micro_batch)
        return (self._last_gather,) if tasks else ()

    def _kind(
        self, unit: Unit, forward: bool, gathers: bool, reduces: bool
    ) -> tuple[Labelled, list[Labelled], list[Labelled]]:
        """The tasks of one layer; those that are alike are one object."""
        key = (unit.forward.name if forward else unit.backward.name, gathers, reduces)
        if key not in self._kinds:
            gather = self.replicas.gather(self.stage, unit.parameters, "gather") if gathers else []
            without_copies = not self.rules.copies_beside
            reduce = self.replicas.reduce(self.stage, unit.parameters, without_copies) if reduces else []
            block = unit.forward if forward else unit.backward
            beside = self.replicas.seconds([*gather, *reduce])
            copied = self._copies(unit) if gathers or reduces else 0.0
            seconds = block.seconds + copied
            seconds += self.machine.software.overlap.slowdown * min(beside, seconds)
            self._kinds[key] = (self._work(block, seconds), gather, reduce)
        return self._kinds[key]

    def _wait(self, collectives: list[Labelled]) -> list[Labelled]:
        """Collectives of a layer that nothing hides."""
        seconds = self.rules.exposed * self.replicas.seconds(collectives)
        label = Label("exposed_data", "parameters in the layer", "compute", self.stage)
        return [Labelled(Task(("compute", self.stage), seconds), label)] if seconds else []

    def _copies(self, unit: Unit) -> float:
        """Casting and packing around the collectives, half of it in each direction [s]."""
        size = self.rules.copies * unit.parameters.total / 2.0
        return float(self.machine.streaming.seconds(size, self.rules.kernels)) if size else 0.0

    def _work(self, block: Block, seconds: float) -> Labelled:
        return Labelled(
            Task(("compute", self.stage), seconds),
            Label("task", block.name, "compute", self.stage, flops=block.flops, tokens=self.tokens),
        )
