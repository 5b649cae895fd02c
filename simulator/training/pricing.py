"""Operators and messages of the workload, with the machine's times, laid over the streams of one rank."""

from collections.abc import Sequence

from simulator.engine.play import Task, play
from simulator.machine.machine import Machine
from simulator.record.row import Row
from simulator.workload.operators import AttentionCore, MatrixProduct, Message, Operator, Sweep

COMPUTE = "compute"
TENSOR = "tensor"


def seconds(operator: Operator, machine: Machine, tensor: int) -> float:
    """Device time of one operator [s]."""
    if isinstance(operator, MatrixProduct):
        return float(machine.gemm.seconds(operator.m, operator.n, operator.k, operator.batch))
    if isinstance(operator, Sweep):
        return float(machine.streaming.seconds(operator.size, operator.kernels))
    if isinstance(operator, AttentionCore):
        return float(
            machine.attention.seconds(
                operator.batch,
                operator.heads,
                operator.sequence,
                operator.sequence,
                operator.head_dim,
                backward=operator.phase == "backward",
            )
        )
    time = machine.collective_seconds(operator.operation, operator.size, tensor, stride=1)
    return time if operator.beside else time * machine.software.overlap.tensor_exposed


def kernels(operator: Operator) -> int:
    """Kernels the host launches for an operator [1]."""
    return operator.kernels if isinstance(operator, Sweep) else 1


def lay_out(
    name: str, operators: Sequence[Operator], machine: Machine, tensor: int
) -> tuple[float, list[Row]]:
    """Play the operators of one block and record them under `name`.

    Operators run one after the other; a message with `beside` lets that many following operators run while it
    travels. Where the host needs longer to launch the kernels than the device to run them, the difference is
    recorded as host time.

    Returns
    -------
    float
        Duration of the block [s].
    list of Row
        Its parts, starting from the start of the block.
    """
    tasks: list[Task] = []
    afters: list[tuple[int, ...]] = []
    last: tuple[int, ...] = ()
    joins: dict[int, int] = {}
    for index, operator in enumerate(operators):
        after = last + ((joins.pop(index),) if index in joins else ())
        message = isinstance(operator, Message)
        tasks.append(Task(TENSOR if message else COMPUTE, seconds(operator, machine, tensor)))
        afters.append(after)
        if isinstance(operator, Message) and operator.beside:
            join = index + 1 + operator.beside
            joins[join] = index
        else:
            last = (index,)
    played = play(tasks, afters)
    device = float(played.end.max(initial=0.0))
    rows = [
        _row(name, operator, float(start), float(end - start), tensor)
        for operator, start, end in zip(operators, played.start, played.end, strict=True)
    ]
    launches = machine.software.host.launch * sum(map(kernels, operators))
    if launches > device:
        rows.append(_blank("host", "kernel launches", name, device, launches - device, "host"))
    return max(device, launches), rows


def _row(parent: str, operator: Operator, start: float, duration: float, tensor: int) -> Row:
    message = isinstance(operator, Message)
    kind = "exposed_tensor" if message else "recompute" if operator.phase == "recompute" else "compute"
    size = operator.size if isinstance(operator, Message | Sweep) else 0.0
    return _blank(kind, operator.name, parent, start, duration, TENSOR if message else COMPUTE)._replace(
        bytes=size, flops=operator.flops, group=tensor if message else 1
    )


def _blank(kind: str, name: str, parent: str, start: float, duration: float, stream: str) -> Row:
    return Row(kind, name, "every rank", 1, stream, parent, -1, -1, start, duration, 1, 0.0, 0.0, 0.0, 1, -1)
