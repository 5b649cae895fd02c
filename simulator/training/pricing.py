"""Operators and messages of the workload, with the machine's times, laid over the streams of one rank."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.engine.play import Task, play
from simulator.machine.machine import Machine
from simulator.record.row import Row
from simulator.schedule.plan import Plan
from simulator.spec.software import Overlap, Software
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
    "host": "host",
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
        return operator.pieces * machine.product_seconds(
            operator.m / operator.pieces,
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
    if operator.group == "host":
        return operator.size / (machine.accelerator.host_link * machine.software.host.link_efficiency)
    ranks, stride = plan.group(operator.group)
    time = machine.collective_seconds(
        operator.operation, operator.size, ranks, stride, _copies(operator, machine, plan), operator.limit
    )
    return time * _exposed(operator, machine) / _rate(operator, machine, plan)


def kernels(operator: Operator) -> int:
    """Kernels the host launches for an operator [1]."""
    if isinstance(operator, Synchronization) or not operator.eager:
        return 0
    if isinstance(operator, Sweep):
        return operator.kernels
    if isinstance(operator, MatrixProduct):
        return operator.launches * operator.pieces
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
    _hide_exchange(times, operators, machine, plan)
    _slow_down(times, operators, machine.software.overlap)
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
    launches = _host_seconds(operators, times, machine.software)
    if launches > device:
        rows.append(_blank("host", "kernel launches", name, device, launches - device, "host"))
    total = max(device, launches)
    weights = sum(time for time, op in zip(times, operators, strict=True) if op.phase == "weight")
    flops = sum(operator.flops for operator in operators)
    return Block(name, total, flops, weights / total if total else 0.0), rows


def _host_seconds(operators: Sequence[Operator], times: Sequence[float], software: Software) -> float:
    """Time in which the host has launched everything [s].

    What stands behind a synchronization is launched only when the device has done all in front of it.
    """
    each = _launch(operators, software)
    waits = [i for i, op in enumerate(operators) if isinstance(op, Synchronization)]
    if not waits:
        return each * sum(map(kernels, operators))
    ready = max(sum(times[: waits[-1]]), each * sum(map(kernels, operators[: waits[-1]])))
    return ready + each * sum(map(kernels, operators[waits[-1] :]))


def _launch(operators: Sequence[Operator], software: Software) -> float:
    """Host time of one launch, which layers with experts may need more of [s]."""
    experts = software.experts
    if experts is None or experts.launch is None:
        return software.host.launch
    routed = any(op.name.startswith("router") for op in operators)
    return experts.launch if routed else software.host.launch


def _exposed(message: Message, machine: Machine) -> float:
    """Share of a message's time in which nothing that is not said here runs beside it [1]."""
    overlap = machine.software.overlap
    # In pieces, what travels beside a product has been told apart already.
    if message.beside or message.group != "tensor" or overlap.tensor_pieces > 1:
        return 1.0
    return overlap.tensor_exposed


def _hide_exchange(times: list[float], operators: Sequence[Operator], machine: Machine, plan: Plan) -> None:
    """Shorten the exchange of tokens by what another micro-batch's compute hides, in place.

    A forward pass of one micro-batch runs beside a backward pass of another, so that of compute and exchange
    the longer one stays (`overlap_moe_expert_parallel_comm` of megatron-core 0.16).
    """
    experts, (ranks, stride) = machine.software.experts, plan.group("expert")
    if experts is None or not experts.overlap:
        return
    if not experts.overlap_within and not machine.topology.leaves_domain(ranks, stride):
        return
    exchanges = [
        place
        for place, op in enumerate(operators)
        if isinstance(op, Message) and op.group == "expert" and not op.beside
    ]
    travel = sum(times[i] for i in exchanges)
    if not travel:
        return
    compute = sum(t for t, op in zip(times, operators, strict=True) if not isinstance(op, Message))
    hidden = experts.overlap * min(1.0, compute / travel)
    slowed = 1.0 + machine.software.overlap.slowdown * hidden * travel / compute
    for i, operator in enumerate(operators):
        if not isinstance(operator, Message):
            times[i] *= slowed
    for i in exchanges:
        times[i] *= 1.0 - hidden


def _rate(message: Message, machine: Machine, plan: Plan) -> float:
    """Bandwidth of an exchange of tokens over that of a ring [1]."""
    experts = machine.software.experts
    if experts is None or message.group != "expert":
        return 1.0
    leaves = machine.topology.leaves_domain(*plan.group(message.group))
    return experts.efficiency_across if leaves else experts.efficiency


def _copies(message: Message, machine: Machine, plan: Plan) -> int:
    """Copies of a token of which a node needs one; none are saved unless the framework does so [1]."""
    experts = machine.software.experts
    if experts is None or not experts.deduplicated:
        return 1
    leaves = machine.topology.leaves_domain(*plan.group(message.group))
    return message.copies if leaves or not experts.node_limited_only else 1


def _slow_down(times: list[float], operators: Sequence[Operator], overlap: Overlap) -> None:
    """Stretch what computes while a message travels, for as long as it does."""
    for index, operator in enumerate(operators):
        if isinstance(operator, Message) and operator.beside:
            tensor = operator.group == "tensor" and overlap.tensor_slowdown is not None
            slowdown = (overlap.tensor_slowdown or 0.0) if tensor else overlap.slowdown
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
