"""A matrix product with what belongs to it: casts into its format, gradients, adapters."""

from typing import NamedTuple

from simulator.spec.recipe import Recipe
from simulator.spec.software import Software, recipe_for
from simulator.workload.operators import MatrixProduct, Message, Operator, Phase, Sweep
from simulator.workload.shard import Shard

ELEMENT = 2.0
"""Size of a bf16 or fp16 element [B]."""


class Linear(NamedTuple):
    """A product of the activations of `tokens` tokens with a matrix, or with `batch` matrices.

    `name` is what recipes and adapters know it by; a product that every precision computes in 16 bits has
    `low` false. Where several products read the same input, `parts` are the widths of their outputs.
    """

    name: str
    tokens: float
    out: float
    into: float
    batch: float = 1.0
    low: bool = True
    launches: int = 1
    streams: int = 1
    parts: tuple[float, ...] = ()

    @property
    def outs(self) -> tuple[float, ...]:
        """Widths of what the kernels compute [elements]."""
        return self.parts or (self.out,)


def recipe_of(shard: Shard, software: Software) -> Recipe | None:
    """What the framework does below 16 bits; none at 16 bits."""
    return recipe_for(software, shard.precision)


def forward(linear: Linear, shard: Shard, software: Software, phase: Phase = "forward") -> list[Operator]:
    """Cast of the input, the product, and the adapters beside it."""
    name, tokens, out, into, batch, low, launches, streams, _ = linear
    recipe = recipe_of(shard, software) if low else None
    ops: list[Operator] = []
    if recipe:
        ops += _cast(name, phase, recipe, batch * tokens * into, name in recipe.fused, launches)
        if recipe.weight_cast_every == "micro-batch" and recipe.weight_cast:
            ops.append(Sweep(f"{name} weight cast", phase, recipe.weight_cast * batch * out * into, 1))
    number = recipe.gemm if recipe else None
    ops += [
        MatrixProduct(name, phase, tokens, width, into, batch, number, ELEMENT, launches, streams)
        for width in linear.outs
    ]
    if adapted(name, shard):
        rank = shard.lora.rank if shard.lora else 0
        ops.append(MatrixProduct(f"{name} adapter in", phase, tokens, rank, into, batch))
        ops.append(MatrixProduct(f"{name} adapter out", phase, tokens, out, rank, batch))
        ops.append(Sweep(f"{name} adapter sum", phase, 3.0 * ELEMENT * batch * tokens * out, 1))
    return ops


def input_gradient(linear: Linear, shard: Shard, software: Software) -> list[Operator]:
    """Cast of the output's gradient, and the product that gives the input's."""
    name, tokens, out, into, batch, low, launches, streams, _ = linear
    recipe = recipe_of(shard, software) if low else None
    ops: list[Operator] = (
        _cast(f"{name} gradient", "backward", recipe, batch * tokens * out, False, launches) if recipe else []
    )
    number = recipe.gemm if recipe else None
    label = f"{name} input gradient"
    ops += [
        MatrixProduct(label, "backward", tokens, into, width, batch, number, ELEMENT, launches, streams)
        for width in linear.outs
    ]
    if len(linear.outs) > 1:
        # Read what each product has made, write the sum.
        moved = ELEMENT * (len(linear.outs) + 1)
        ops.append(Sweep(f"{label} sum", "backward", moved * batch * tokens * into, 1))
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
    name, tokens, out, into, batch, low, launches, streams, _ = linear
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
    number = recipe.weight_gradient if recipe else None
    products: list[Operator] = [
        MatrixProduct(
            f"{name} weight gradient", "weight", width, into, tokens, batch, number, output, launches, streams
        )
        for width in linear.outs
    ]
    if accumulated and not software.fused_accumulation:
        moved = accumulated * batch * out * into
        return [*products, Sweep(f"{name} accumulation", "weight", moved, 1)]
    return products


def gradients(linear: Linear, shard: Shard, software: Software) -> list[Operator]:
    """Input gradient, then weight gradient."""
    return [*input_gradient(linear, shard, software), *weight_gradient(linear, shard, software)]


def column_gradients(linear: Linear, shard: Shard, software: Software) -> list[Operator]:
    """Gradients of a column-parallel product with the messages that may travel beside them.

    The gradient of the input is summed beside the weight gradient, and with sequence parallelism the input is
    gathered again beside the input gradient (Korthikanti et al. 2022, arXiv:2205.05198, section 4.2.2),
    unless the framework keeps it whole.
    """
    inputs, weights = input_gradient(linear, shard, software), weight_gradient(linear, shard, software)
    if shard.tensor == 1:
        return [*inputs, *weights]
    overlap, size = software.overlap.tensor_backward, ELEMENT * linear.tokens * linear.into
    beside = len(weights) if overlap else 0
    total = f"{linear.name} input gradient"
    if not shard.sequence_parallel:
        return [*inputs, Message(total, "backward", "all_reduce", size, beside), *weights]
    again = [Message(f"{linear.name} input", "backward", "all_gather", size, len(inputs) if overlap else 0)]
    return [
        *(again if weights and software.regather else []),
        *inputs,
        Message(total, "backward", "reduce_scatter", size, beside),
        *weights,
    ]


def adapted(name: str, shard: Shard) -> bool:
    """Whether a product has an adapter."""
    return shard.lora is not None and name in shard.lora.targets


def _cast(
    name: str, phase: Phase, recipe: Recipe, elements: float, fused: bool = False, launches: int = 1
) -> list[Operator]:
    """A cast of the input of a product: a kernel for each of its launches, besides those for scales."""
    if fused or not recipe.cast:
        return []
    return [Sweep(f"{name} cast", phase, recipe.cast * elements, recipe.cast_kernels + launches - 1)]
