"""One transformer layer, forward and backward, as operators and messages of one rank."""

from collections.abc import Iterator

from simulator.cost.attention import BACKWARD_WORK, attention_flops
from simulator.spec.software import Pass, Software
from simulator.spec.training import Recompute
from simulator.workload.operators import (
    AttentionCore,
    MatrixProduct,
    Message,
    Operator,
    Phase,
    Sweep,
    TensorOperation,
)
from simulator.workload.shard import Shard

ELEMENT = 2.0
"""Size of a bf16 or fp16 element [B]."""


def forward(shard: Shard, software: Software, phase: Phase = "forward") -> list[Operator]:
    """Operators of one layer forward; `phase` tells a first pass from a recomputed one."""
    model = shard.model
    return [
        *sweeps(software.layer, shard, phase, "projection"),
        *_gather(shard, "attention", phase),
        _linear("qkv", shard, phase, shard.qkv_width, model.hidden),
        *attention_core(shard, software, phase),
        _linear("projection", shard, phase, model.hidden, shard.attention_width),
        *_reduce(shard, "attention", phase),
        *sweeps(software.layer, shard, phase, "mlp"),
        *_gather(shard, "mlp", phase),
        _linear("mlp up", shard, phase, shard.ffn_pair_width, model.hidden),
        _linear("mlp down", shard, phase, model.hidden, shard.ffn_width),
        *_reduce(shard, "mlp", phase),
    ]


def backward(shard: Shard, software: Software, recompute: Recompute) -> list[Operator]:
    """Operators of one layer backward, after what it recomputes.

    Input and weight gradients are products of their own, so that a message can travel beside either: the
    gradient of a layer's input is reduced beside the weight gradient, and with sequence parallelism the
    input is gathered again beside the input gradient (Korthikanti et al. 2022, arXiv:2205.05198, section
    4.2.2).
    """
    model = shard.model
    again: list[Operator] = []
    if recompute == "full":
        again = forward(shard, software, "recompute")
    elif recompute == "selective":
        again = attention_core(shard, software, "recompute")
    overlap = software.overlap.tensor_backward
    return [
        *again,
        *sweeps(software.layer, shard, "backward", "mlp"),
        *_gather(shard, "mlp gradient", "backward"),
        *_gradients("mlp down", shard, software, model.hidden, shard.ffn_width),
        *_column_backward("mlp up", shard, software, shard.ffn_pair_width, model.hidden, overlap),
        *sweeps(software.layer, shard, "backward", "projection"),
        *_gather(shard, "attention gradient", "backward"),
        *_gradients("projection", shard, software, model.hidden, shard.attention_width),
        *attention_core(shard, software, "backward"),
        *_column_backward("qkv", shard, software, shard.qkv_width, model.hidden, overlap),
    ]


def attention_core(shard: Shard, software: Software, phase: Phase) -> list[Operator]:
    """Scores, softmax and context, with what the framework sweeps over between them."""
    b, s, d = shard.batch, shard.sequence, shard.model.head_dim
    passes = list(sweeps(software.layer, shard, phase, "attention"))
    if software.attention != "unfused":
        work = BACKWARD_WORK if phase == "backward" else 1.0
        flops = float(attention_flops(b, shard.heads, s, s, d, causal=True)) * work
        return [*passes, AttentionCore("attention", phase, b, shard.heads, s, d, flops)]
    scores = MatrixProduct("attention scores", phase, s, s, d, b * shard.heads)
    context = MatrixProduct("attention context", phase, s, d, s, b * shard.heads)
    if phase == "backward":
        return [context, context, *passes, scores, scores]
    return [scores, *passes, context]


def sweeps(passes: tuple[Pass, ...], shard: Shard, phase: Phase, scope: str | None = None) -> Iterator[Sweep]:
    """The memory-bound operators of `passes` that this model has."""
    for p in passes:
        if (scope is not None and p.scope != scope) or not occurs(p, shard):
            continue
        per_element, kernels = (
            (p.backward, p.backward_kernels) if phase == "backward" else (p.forward, p.forward_kernels)
        )
        if per_element or kernels:
            yield Sweep(p.name, phase, per_element * shard.elements(p.tensor), kernels)


def occurs(p: Pass, shard: Shard) -> bool:
    """Whether a memory-bound operator occurs in the model."""
    model = shard.model
    return {
        "always": True,
        "rotary": model.position == "rotary",
        "gated": model.gated,
        "plain": not model.gated,
        "biases": model.biases,
    }[p.when]


def _linear(name: str, shard: Shard, phase: Phase, out: float, into: float) -> MatrixProduct:
    return MatrixProduct(name, phase, shard.tokens, out, into)


def _gradients(name: str, shard: Shard, software: Software, out: float, into: float) -> tuple[Operator, ...]:
    """Input gradient, weight gradient and its accumulation."""
    gradient = MatrixProduct(f"{name} weight gradient", "backward", out, into, shard.tokens)
    products: tuple[Operator, ...] = (
        MatrixProduct(f"{name} input gradient", "backward", shard.tokens, into, out),
        gradient,
    )
    accumulated = software.weight_gradient[shard.precision] * out * into
    if accumulated:
        products += (Sweep(f"{name} accumulation", "backward", accumulated, 1),)
    return products


def _column_backward(
    name: str, shard: Shard, software: Software, out: float, into: float, overlap: bool
) -> list[Operator]:
    """Gradients of a column-parallel product with the messages that may travel beside them."""
    inputs, *weights = _gradients(name, shard, software, out, into)
    if shard.tensor == 1:
        return [inputs, *weights]
    size = ELEMENT * shard.tokens * shard.model.hidden
    beside = len(weights) if overlap else 0
    if not shard.sequence_parallel:
        return [inputs, Message(f"{name} input gradient", "backward", "all_reduce", size, beside), *weights]
    return [
        Message(f"{name} input", "backward", "all_gather", size, 1 if overlap else 0),
        inputs,
        Message(f"{name} input gradient", "backward", "reduce_scatter", size, beside),
        *weights,
    ]


def _gather(shard: Shard, name: str, phase: Phase) -> list[Operator]:
    """With sequence parallelism, the sequence is put together in front of a column-parallel product."""
    if shard.tensor == 1 or not shard.sequence_parallel:
        return []
    return [Message(f"{name} gather", phase, "all_gather", ELEMENT * shard.tokens * shard.model.hidden)]


def _reduce(shard: Shard, name: str, phase: Phase) -> list[Operator]:
    """The partial sums behind a row-parallel product are added over the tensor group."""
    if shard.tensor == 1:
        return []
    operation: TensorOperation = "reduce_scatter" if shard.sequence_parallel else "all_reduce"
    return [Message(f"{name} reduce", phase, operation, ELEMENT * shard.tokens * shard.model.hidden)]
