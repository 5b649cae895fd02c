"""What ranks send each other around products: sequences put together, sums, exchanges."""

from simulator.spec.software import Software
from simulator.workload.linear import ELEMENT, recipe_of
from simulator.workload.operators import Collective, Message, MessageGroup, Operator, Phase
from simulator.workload.shard import Shard


def gather(shard: Shard, name: str, phase: Phase, software: Software | None = None) -> list[Operator]:
    """With sequence parallelism, the sequence is put together in front of a column-parallel product.

    In 16 bits, unless the `software` is given and its recipe sends what the product reads.
    """
    if shard.tensor == 1 or not shard.sequence_parallel:
        return []
    recipe = recipe_of(shard, software) if software else None
    element = recipe.tensor_gather if recipe else ELEMENT
    return [Message(f"{name} gather", phase, "all_gather", element * shard.tokens * shard.model.hidden)]


def reduce(shard: Shard, name: str, phase: Phase) -> list[Operator]:
    """The partial sums behind a row-parallel product are added over the tensor group."""
    if shard.tensor == 1:
        return []
    size = ELEMENT * shard.tokens * shard.model.hidden
    operation: Collective = "reduce_scatter" if shard.sequence_parallel else "all_reduce"
    return [Message(f"{name} reduce", phase, operation, size)]


def exchange(
    shard: Shard, name: str, phase: Phase, group: MessageGroup, size: float, copies: int = 1, limit: int = 0
) -> list[Operator]:
    """An all-to-all of `size` bytes that each member of a group sends; nothing in a group of one."""
    ranks = {"context": shard.context, "expert": shard.expert}[group]
    if ranks == 1:
        return []
    return [Message(name, phase, "all_to_all", size, group=group, copies=copies, limit=limit)]
