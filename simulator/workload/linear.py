"""A matrix product with what belongs to it: casts into its format, gradients, adapters, messages."""

from typing import NamedTuple

from simulator.spec.software import Recipe, Software, recipe_for
from simulator.workload.operators import Collective, MatrixProduct, Message, MessageGroup, Operator, Phase, Sweep
from simulator.workload.shard import Shard

ELEMENT = 2.0
"""Size of a bf16 or fp16 element [B]."""


class Linear(NamedTuple):
    """A product of the activations of `tokens` tokens with a matrix, or with `batch` matrices.

    `name` is what recipes and adapters know it by; a product that every precision computes in 16 bits has
    `low` false.
    """

    name: str
    tokens: float
    out: float
    into: float
    batch: float = 1.0
    low: bool = True
    launches: int = 1
    streams: int = 1


def recipe_of(shard: Shard, software: Software) -> Recipe | None:
    """What the framework does below 16 bits; none at 16 bits."""
    return recipe_for(software, shard.precision)


def forward(linear: Linear, shard: Shard, software: Software, phase: Phase = "forward") -> list[Operator]:
    """Cast of the input, the product, and the adapters beside it."""
    name, tokens, out, into, batch, low, launches, streams = linear
    recipe = recipe_of(shard, software) if low else None
    ops: list[Operator] = []
    if recipe:
        ops += _cast(name, phase, recipe, batch * tokens * into, name in recipe.fused)
        if recipe.weight_cast_every == "micro-batch" and recipe.weight_cast:
            ops.append(Sweep(f"{name} weight cast", phase, recipe.weight_cast * batch * out * into, 1))
    number = recipe.gemm if recipe else None
    ops.append(MatrixProduct(name, phase, tokens, out, into, batch, number, ELEMENT, launches, streams))
    if adapted(name, shard):
        rank = shard.lora.rank if shard.lora else 0
        ops.append(MatrixProduct(f"{name} adapter in", phase, tokens, rank, into, batch))
        ops.append(MatrixProduct(f"{name} adapter out", phase, tokens, out, rank, batch))
        ops.append(Sweep(f"{name} adapter sum", phase, 3.0 * ELEMENT * batch * tokens * out, 1))
    return ops


def input_gradient(linear: Linear, shard: Shard, software: Software) -> list[Operator]:
    """Cast of the output's gradient, and the product that gives the input's."""
    name, tokens, out, into, batch, low, launches, streams = linear
    recipe = recipe_of(shard, software) if low else None
    ops: list[Operator] = _cast(f"{name} gradient", "backward", recipe, batch * tokens * out) if recipe else []
    number = recipe.gemm if recipe else None
    ops.append(
        MatrixProduct(
            f"{name} input gradient", "backward", tokens, into, out, batch, number, ELEMENT, launches, streams
        )
    )
    if adapted(name, shard):
        rank = shard.lora.rank if shard.lora else 0
        ops.append(MatrixProduct(f"{name} adapter out gradient", "backward", tokens, rank, out, batch))
        ops.append(MatrixProduct(f"{name} adapter in gradient", "backward", tokens, into, rank, batch))
        ops.append(
            Sweep(f"{name} adapter gradient sum", "backward", 3.0 * ELEMENT * batch * tokens * into, 1)
        )
    return ops


def weight_gradient(linear: Linear, shard: Shard, software: Software) -> list[Operator]:
    """The product that gives the weights' gradient, and its accumulation over micro-batches."""
    name, tokens, out, into, batch, low, launches, streams = linear
    if shard.lora:
        if not adapted(name, shard):
            return []
        rank = shard.lora.rank
        return [
            MatrixProduct(f"{name} adapter weight gradients", "weight", out, rank, tokens, batch),
            MatrixProduct(f"{name} adapter weight gradients", "weight", rank, into, tokens, batch),
        ]
    recipe = recipe_of(shard, software) if low else None
    accumulated = software.weight_gradient[shard.base]
    output = accumulated if software.fused_accumulation and accumulated else ELEMENT
    product = MatrixProduct(
        f"{name} weight gradient",
        "weight",
        out,
        into,
        tokens,
        batch,
        recipe.weight_gradient if recipe else None,
        output,
        launches,
        streams,
    )
    if accumulated and not software.fused_accumulation:
        return [product, Sweep(f"{name} accumulation", "weight", accumulated * batch * out * into, 1)]
    return [product]


def gradients(linear: Linear, shard: Shard, software: Software) -> list[Operator]:
    """Input gradient, then weight gradient."""
    return [*input_gradient(linear, shard, software), *weight_gradient(linear, shard, software)]


def column_gradients(linear: Linear, shard: Shard, software: Software) -> list[Operator]:
    """Gradients of a column-parallel product with the messages that may travel beside them.

    The gradient of the input is summed beside the weight gradient, and with sequence parallelism the input is
    gathered again beside the input gradient (Korthikanti et al. 2022, arXiv:2205.05198, section 4.2.2).
    """
    inputs, weights = input_gradient(linear, shard, software), weight_gradient(linear, shard, software)
    if shard.tensor == 1:
        return [*inputs, *weights]
    overlap, size = software.overlap.tensor_backward, ELEMENT * linear.tokens * linear.into
    beside = len(weights) if overlap else 0
    total = f"{linear.name} input gradient"
    if not shard.sequence_parallel:
        return [*inputs, Message(total, "backward", "all_reduce", size, beside), *weights]
    again = [
        Message(
            f"{linear.name} input", "backward", "all_gather", size, len(inputs) if overlap else 0
        )
    ]
    return [
        *(again if weights else []),
        *inputs,
        Message(total, "backward", "reduce_scatter", size, beside),
        *weights,
    ]


def gather(shard: Shard, name: str, phase: Phase) -> list[Operator]:
    """With sequence parallelism, the sequence is put together in front of a column-parallel product."""
    if shard.tensor == 1 or not shard.sequence_parallel:
        return []
    return [Message(f"{name} gather", phase, "all_gather", ELEMENT * shard.tokens * shard.model.hidden)]


def reduce(shard: Shard, name: str, phase: Phase) -> list[Operator]:
    """The partial sums behind a row-parallel product are added over the tensor group."""
    if shard.tensor == 1:
        return []
    size = ELEMENT * shard.tokens * shard.model.hidden
    operation: Collective = "reduce_scatter" if shard.sequence_parallel else "all_reduce"
    return [Message(f"{name} reduce", phase, operation, size)]


def exchange(
    shard: Shard, name: str, phase: Phase, group: MessageGroup, size: float, copies: int = 1
) -> list[Operator]:
    """An all-to-all of `size` bytes that each member of a group sends; nothing in a group of one."""
    ranks = {"context": shard.context, "expert": shard.expert}[group]
    if ranks == 1:
        return []
    return [Message(name, phase, "all_to_all", size, group=group, copies=copies)]


def adapted(name: str, shard: Shard) -> bool:
    """Whether a product has an adapter."""
    return shard.lora is not None and name in shard.lora.targets


def _cast(
    name: str, phase: Phase, recipe: Recipe, elements: float, fused: bool = False
) -> list[Operator]:
    if fused or not recipe.cast:
        return []
    return [Sweep(f"{name} cast", phase, recipe.cast * elements, recipe.cast_kernels)]
