"""Blocks of work that repeat: a layer, the embedding and the head, priced once and stacked into chunks."""

from dataclasses import dataclass, field

from simulator.machine.machine import Machine
from simulator.record.row import Row
from simulator.schedule.plan import Plan
from simulator.spec.software import Software
from simulator.spec.training import Recompute
from simulator.training.pricing import lay_out
from simulator.workload import ends, layer
from simulator.workload.operators import Operator
from simulator.workload.shard import Shard


@dataclass(frozen=True, slots=True)
class Block:
    """A named piece of a rank's work, its time [s] and its operations [FLOP]."""

    name: str
    seconds: float
    flops: float


@dataclass(frozen=True)
class Blocks:
    """Every distinct block of a step, with the rows that say what it is made of.

    Attributes
    ----------
    forward, backward : tuple of Block
        One chunk each, in model order, forward and backward.
    rows : list of Row
        Parts of the blocks; parents are block names.
    """

    forward: tuple[Block, ...]
    backward: tuple[Block, ...]
    rows: list[Row] = field(repr=False)


def block_operators(shard: Shard, software: Software, recompute: Recompute) -> dict[str, list[Operator]]:
    """Operators of every block that is priced, by its name, in the order in which they run."""
    return {
        "layer forward": layer.forward(shard, software),
        "layer backward": layer.backward(shard, software, recompute),
        "embedding forward": ends.embedding_forward(shard, software),
        "embedding backward": ends.embedding_backward(shard, software),
        "logits forward": ends.head_forward(shard, software),
        "logits backward": ends.head_backward(shard, software),
    }


def price_blocks(shard: Shard, plan: Plan, recompute: Recompute, machine: Machine) -> Blocks:
    """Price one layer, the embedding and the head, and stack them into the chunks of the plan."""
    rows: list[Row] = []
    priced: dict[str, Block] = {}
    for name, operators in block_operators(shard, machine.software, recompute).items():
        seconds, parts = lay_out(name, operators, machine, plan.tensor)
        rows.extend(parts)
        priced[name] = Block(name, seconds, sum(operator.flops for operator in operators))
    one_forward, one_backward, embed, embed_back, head, head_back = priced.values()

    stacked: dict[str, Block] = {}

    def stack(direction: str, parts: list[tuple[Block, int]]) -> Block:
        name = f"{direction} {_label(parts)}"
        if name not in stacked:
            start = 0.0
            for part, repeat in parts:
                rows.append(_span(part, name, start, repeat))
                start += repeat * part.seconds
            stacked[name] = Block(name, start, sum(repeat * part.flops for part, repeat in parts))
        return stacked[name]

    last = plan.chunks - 1
    forward, backward = [], []
    for chunk, count in enumerate(plan.layers):
        first_part = [(embed, 1)] if chunk == 0 else []
        last_part = [(head, 1)] if chunk == last else []
        forward.append(stack("forward", [*first_part, (one_forward, count), *last_part]))
        first_part = [(embed_back, 1)] if chunk == 0 else []
        last_part = [(head_back, 1)] if chunk == last else []
        backward.append(stack("backward", [*last_part, (one_backward, count), *first_part]))
    return Blocks(tuple(forward), tuple(backward), rows)


def _label(parts: list[tuple[Block, int]]) -> str:
    """`7 layers + logits`, in model order whatever the direction."""
    words = {part.name.split()[0]: repeat for part, repeat in parts}
    named: list[str] = []
    for word in ("embedding", "layer", "logits"):
        if word in words:
            plural = "" if words[word] == 1 else "s"
            named.append(f"{words[word]} layer{plural}" if word == "layer" else word)
    return " + ".join(named)


def _span(block: Block, parent: str, start: float, repeat: int) -> Row:
    return Row(
        kind="task",
        name=block.name,
        rank_class="every rank",
        represents=1,
        stream="compute",
        parent=parent,
        stage=-1,
        replica=-1,
        start=start,
        duration=block.seconds,
        repeat=repeat,
        bytes=0.0,
        flops=block.flops,
        tokens=0.0,
        group=1,
        item=-1,
    )
