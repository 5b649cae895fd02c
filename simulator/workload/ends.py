"""What the first and the last stage do besides layers: embedding, logits and loss."""

from simulator.spec.software import Software
from simulator.workload.linear import Linear, column_gradients, forward
from simulator.workload.messages import gather, reduce
from simulator.workload.operators import MatrixProduct, Message, Operator, Phase
from simulator.workload.passes import sweeps
from simulator.workload.shard import Shard

LOSS_ELEMENT = 4.0
"""Losses and their maxima are exchanged in fp32 [B]."""


def embedding_forward(shard: Shard, software: Software) -> list[Operator]:
    """Look-up in a table cut along the vocabulary, summed over the tensor group."""
    return [
        *_one_hot(shard, software, "forward"),
        *sweeps(software.embedding, shard, "forward"),
        *reduce(shard, "embedding", "forward"),
    ]


def embedding_backward(shard: Shard, software: Software) -> list[Operator]:
    """Scatter of the gradients into the table; nothing where the table is frozen."""
    if shard.lora:
        return []
    return [
        *gather(shard, "embedding", "backward"),
        *sweeps(software.embedding, shard, "backward"),
        *_one_hot(shard, software, "backward"),
    ]


def _one_hot(shard: Shard, software: Software, phase: Phase) -> list[Operator]:
    """The look-up as a product of one-hot rows with the table, or its gradient."""
    if not software.embedding_product:
        return []
    rows, hidden = shard.vocab / shard.tensor, shard.model.hidden
    if phase == "backward":
        return [MatrixProduct("embedding weight gradient", "weight", rows, hidden, shard.tokens)]
    return [MatrixProduct("embedding", phase, shard.tokens, hidden, rows)]


def head_forward(shard: Shard, software: Software) -> list[Operator]:
    """Last norm, logits and a cross-entropy that never leaves the vocabulary shards."""
    ops: list[Operator] = [
        *gather(shard, "logits", "forward"),
        *forward(_logits(shard), shard, software),
        *sweeps(software.head, shard, "forward"),
    ]
    if shard.tensor > 1:
        # Vocabulary-parallel cross-entropy adds the maximum, the target logit and the sum of exponentials.
        size = LOSS_ELEMENT * shard.tokens
        ops += [
            Message(f"loss {part}", "forward", "all_reduce", size) for part in ("maximum", "target", "sum")
        ]
    return ops


def head_backward(shard: Shard, software: Software) -> list[Operator]:
    """Gradients of the loss, the logits and the table."""
    return [*sweeps(software.head, shard, "backward"), *column_gradients(_logits(shard), shard, software)]


def prediction_join(shard: Shard) -> Linear:
    """The product in front of a prediction layer: a hidden state joined with the next token's embedding.

    As in DeepSeek-AI 2024, arXiv:2412.19437, section 2.2.
    """
    return Linear("join", shard.tokens / shard.cut, shard.model.hidden, 2.0 * shard.model.hidden)


def _logits(shard: Shard) -> Linear:
    return Linear("logits", shard.tokens, shard.vocab / shard.tensor, shard.model.hidden, low=False)
