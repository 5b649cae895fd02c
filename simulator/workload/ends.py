"""What the first and the last stage do besides layers: embedding, logits and loss."""

from simulator.spec.software import Software
from simulator.workload.layer import ELEMENT, sweeps
from simulator.workload.operators import MatrixProduct, Message, Operator, Sweep, TensorOperation
from simulator.workload.shard import Shard

LOSS_ELEMENT = 4.0
"""Losses and their maxima are exchanged in fp32 [B]."""


def embedding_forward(shard: Shard, software: Software) -> list[Operator]:
    """Look-up in a table cut along the vocabulary, summed over the tensor group."""
    return [*sweeps(software.embedding, shard, "forward"), *_sum(shard, "embedding reduce")]


def embedding_backward(shard: Shard, software: Software) -> list[Operator]:
    """Scatter of the gradients into the table."""
    again = [Message("embedding gather", "backward", "all_gather", _hidden(shard))]
    gathers = again if shard.tensor > 1 and shard.sequence_parallel else []
    return [*gathers, *sweeps(software.embedding, shard, "backward")]


def head_forward(shard: Shard, software: Software) -> list[Operator]:
    """Last norm, logits and a cross-entropy that never leaves the vocabulary shards."""
    ops: list[Operator] = []
    if shard.tensor > 1 and shard.sequence_parallel:
        ops.append(Message("logits gather", "forward", "all_gather", _hidden(shard)))
    ops.append(
        MatrixProduct("logits", "forward", shard.tokens, shard.vocab / shard.tensor, shard.model.hidden)
    )
    ops += sweeps(software.head, shard, "forward")
    if shard.tensor > 1:
        # Vocabulary-parallel cross-entropy adds the maximum, the target logit and the sum of exponentials.
        size = LOSS_ELEMENT * shard.tokens
        ops += [
            Message(f"loss {part}", "forward", "all_reduce", size) for part in ("maximum", "target", "sum")
        ]
    return ops


def head_backward(shard: Shard, software: Software) -> list[Operator]:
    """Gradients of the loss, the logits and the table."""
    vocab, hidden = shard.vocab / shard.tensor, shard.model.hidden
    ops: list[Operator] = [*sweeps(software.head, shard, "backward")]
    ops.append(MatrixProduct("logits input gradient", "backward", shard.tokens, hidden, vocab))
    if shard.tensor > 1:
        operation: TensorOperation = "reduce_scatter" if shard.sequence_parallel else "all_reduce"
        beside = 1 if software.overlap.tensor_backward else 0
        ops.append(Message("logits input gradient", "backward", operation, _hidden(shard), beside))
    ops.append(MatrixProduct("logits weight gradient", "backward", vocab, hidden, shard.tokens))
    accumulated = software.weight_gradient[shard.precision] * vocab * hidden
    if accumulated:
        ops.append(Sweep("logits accumulation", "backward", accumulated, 1))
    return ops


def _sum(shard: Shard, name: str) -> list[Operator]:
    if shard.tensor == 1:
        return []
    operation: TensorOperation = "reduce_scatter" if shard.sequence_parallel else "all_reduce"
    return [Message(name, "forward", operation, _hidden(shard))]


def _hidden(shard: Shard) -> float:
    return ELEMENT * shard.tokens * shard.model.hidden
