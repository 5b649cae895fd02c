"""Tensor-parallel communication that travels beside the product it feeds or drains, piece by piece."""

from collections.abc import Sequence
from dataclasses import replace

from simulator.spec.software import Software
from simulator.workload.operators import MatrixProduct, Message, Operator, Sweep
from simulator.workload.shard import Shard


def pipelined(operators: Sequence[Operator], shard: Shard, software: Software) -> list[Operator]:
    """Cut products and the gathers in front of them, or the sums behind them, into pieces.

    As the user buffers of Transformer Engine do: an input arrives in one piece from each member, the own
    piece first, and a sum leaves in `tensor_pieces`. Products of fewer rows fill the chip less well. What
    stays exposed travels in front of the product or behind it.
    """
    pieces, hidden = software.overlap.tensor_pieces, 1.0 - software.overlap.tensor_exposed
    if pieces == 1 or shard.tensor == 1 or not shard.sequence_parallel or shard.lora:
        return list(operators)
    ops: list[Operator] = []
    waiting: Message | None = None
    for operator in operators:
        if waiting is not None and not isinstance(operator, Sweep):
            if isinstance(operator, MatrixProduct) and operator.phase == waiting.phase:
                ops.append(replace(waiting, size=(1.0 - hidden) * waiting.size))
                ops.append(replace(waiting, size=hidden * waiting.size, beside=1))
                ops.append(replace(operator, pieces=shard.tensor))
                waiting = None
                continue
            ops.append(waiting)
            waiting = None
        if not _alone(operator):
            ops.append(operator)
        elif isinstance(operator, Message) and operator.operation == "all_gather":
            waiting = operator
        else:
            ops += _drained(operator, ops, pieces, hidden)
    return [*ops, waiting] if waiting is not None else ops


def _alone(operator: Operator) -> bool:
    """Whether it is a gather or a sum over the tensor group that nothing runs beside."""
    return (
        isinstance(operator, Message)
        and operator.group == "tensor"
        and operator.operation in ("all_gather", "reduce_scatter")
        and not operator.beside
    )


def _drained(total: Operator, before: list[Operator], pieces: int, hidden: float) -> list[Operator]:
    """A sum behind a product, which is taken from `before` and cut up; the sum alone behind anything else."""
    product = before[-1] if before else None
    if not isinstance(total, Message) or not isinstance(product, MatrixProduct):
        return [total]
    before.pop()
    return [
        replace(total, size=hidden * total.size, beside=1),
        replace(product, pieces=pieces),
        replace(total, size=(1.0 - hidden) * total.size),
    ]
