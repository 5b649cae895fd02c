"""Operators and messages of the workload, with the machine's times, laid over the streams of one rank."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.engine.play import Task, play
from simulator.machine.machine import Machine
from simulator.record.row import Row
from simulator.schedule.plan import Plan
from simulator.workload.operators import (
    AttentionCore,
    MatrixProduct,
    Message,
    Operator,
    Sweep,
    Synchronization,
)

COMPUTE = "compute"

BUCKET = {
    "tensor": "exposed_tensor",
    "context": "exposed_context",
    "expert": "exposed_expert",
    "expert_tensor": "exposed_expert",
}
"""Where a message counts, by its group, for the time in which nothing hides it."""


@dataclass(frozen=True, slots=True)
class Block:
    """A named piece of a rank's work, its time [s] and its operations [FLOP].

    `weights` is the share of a backward block that computes weight gradients, which a schedule may put off
    [1].
    """

    name: str
    seconds: float
    flops: float
    weights: float = 0.0


def seconds(operator: Operator, machine: Machine, plan: Plan) -> float:
    """Device time of one operator [s]."""
    if isinstance(operator, MatrixProduct):
        return machine.product_seconds(
            operator.m,
            operator.n,
            operator.k,
            operator.batch,
            operator.number,
            operator.output,
            -(-operator.launches // operator.streams),
        )
    if isinstance(operator, Sweep):
        return float(machine.streaming.seconds(operator.size, operator.kernels))
    if isinstance(operator, AttentionCore):
        return float(
            machine.attention.seconds(
                operator.batch,
                operator.heads,
                operator.queries,
                operator.keys,
                operator.head_dim,
                causal=operator.causal,
                backward=operator.phase == "backward",
                value_dim=operator.value_dim,
                window=operator.window,
            )
        )
    if isinstance(operator, Synchronization):
        return machine.software.host.synchronization
    ranks, stride = plan.group(operator.group)
    time = machine.collective_seconds(
        operator.operation, operator.size, ranks, stride, _copies(operator, machine)
    )
    return time * _exposed(operator, machine) / _rate(operator, machine)


def kernels(operator: Operator) -> int:
    """Kernels the host launches for an operator [1]."""
    if isinstance(operator, Synchronization) or not operator.eager:
        return 0
    if isinstance(operator, Sweep):
        return operator.kernels
    if isinstance(operator, MatrixProduct):
        return operator.launches
    return 1


def lay_out(
    name: str, operators: Sequence[Operator], machine: Machine, plan: Plan
) -> tuple[Block, list[Row]]:
    """Play the operators of one block and record them under `name`.

    Operators run one after the other; a message with `beside` lets that many following operators run while it
    travels, which slows them down. Where the host needs longer to launch the kernels than the device to run
    them, the difference is recorded as host time.

    Returns
    -------
    Block
        The block, with its duration.
    list of Row
        Its parts, starting from the start of the block.
    """
    times = [seconds(operator, machine, plan) for operator in operators]
    _slow_down(times, operators, machine.software.overlap.slowdown)
    tasks: list[Task] = []
    afters: list[tuple[int, ...]] = []
    last: tuple[int, ...] = ()
    joins: dict[int, list[int]] = {}
    for index, operator in enumerate(operators):
        after = (*last, *joins.pop(index, ()))
        tasks.append(Task(operator.group if isinstance(operator, Message) else COMPUTE, times[index]))
        afters.append(after)
        if isinstance(operator, Message) and operator.beside:
            joins.setdefault(index + 1 + operator.beside, []).append(index)
        else:
            last = (index,)
    played = play(tasks, afters)
    device = float(played.end.max(initial=0.0))
    rows = [
        _row(name, operator, float(start), float(end - start), plan)
        for operator, start, end in zip(operators, played.start, played.end, strict=True)
    ]
    launches = machine.software.host.launch * sum(map(kernels, operators))
    if launches > device:
        rows.append(_blank("host", "kernel launches", name, device, launches - device, "host"))
    total = max(device, launches)
    weights = sum(time for time, op in zip(times, operators, strict=True) if op.phase == "weight")
    flops = sum(operator.flops for operator in operators)
    return Block(name, total, flops, weights / total if total else 0.0), rows


def _exposed(message: Message, machine: Machine) -> float:
    """Share of a message's time in which nothing that is not said here runs beside it [1]."""
    software = machine.software
    if message.beside:
        return 1.0
    if message.group == "tensor":
        return software.overlap.tensor_exposed
    if message.group == "expert" and software.experts:
        return 1.0 - software.experts.overlap
    return 1.0


def _rate(message: Message, machine: Machine) -> float:
    """Bandwidth of an exchange of tokens over that of a ring [1]."""
    experts = machine.software.experts
    if experts is None or message.group != "expert":
        return 1.0
    return experts.efficiency


def _copies(message: Message, machine: Machine) -> int:
    """Copies of a token of which a node needs one; none are saved unless the framework does so [1]."""
    experts = machine.software.experts
    return message.copies if experts is not None and experts.deduplicated else 1


def _slow_down(times: list[float], operators: Sequence[Operator], slowdown: float) -> None:
    """Stretch what computes while a message travels, for as long as it does."""
    for index, operator in enumerate(operators):
        if isinstance(operator, Message) and operator.beside:
            left = times[index]
            for beside in range(index + 1, min(index + 1 + operator.beside, len(times))):
                covered = min(left, times[beside])
                times[beside] += slowdown * covered
                left -= covered


def _row(parent: str, operator: Operator, start: float, duration: float, plan: Plan) -> Row:
    if isinstance(operator, Synchronization):
        return _blank("host", operator.name, parent, start, duration, COMPUTE)
    kind, stream, group = "recompute" if operator.phase == "recompute" else "compute", COMPUTE, 1
    if isinstance(operator, Message):
        kind, stream, group = BUCKET[operator.group], str(operator.group), plan.group(operator.group).ranks
    size = operator.size if isinstance(operator, Message | Sweep) else 0.0
    return _blank(kind, operator.name, parent, start, duration, stream)._replace(
        bytes=size, flops=operator.flops, group=group
    )


def _blank(kind: str, name: str, parent: str, start: float, duration: float, stream: str) -> Row:
    return Row(kind, name, "every rank", 1, stream, parent, -1, -1, start, duration, 1, 0.0, 0.0, 0.0, 1, -1)
