"""The MLP of one layer on one rank, dense or shared by all tokens."""

from simulator.spec.software import Software
from simulator.workload.linear import Linear, column_gradients, forward, gradients
from simulator.workload.messages import gather, reduce
from simulator.workload.operators import Operator, Phase
from simulator.workload.shard import Shard


def mlp_forward(
    shard: Shard, software: Software, phase: Phase, name: str, width: float, gathered: bool = True
) -> list[Operator]:
    """Up, down, and the messages around them; `gathered` says whether the input is put together here."""
    up, down = _linears(shard, software, name, width)
    return [
        *(gather(shard, name, phase, software) if gathered else ()),
        *forward(up, shard, software, phase),
        *forward(down, shard, software, phase),
        *reduce(shard, name, phase),
    ]


def mlp_backward(
    shard: Shard, software: Software, name: str, width: float, summed: bool = True
) -> list[Operator]:
    """Gradients of down and up; `summed` says whether the input's is added over the tensor group here."""
    up, down = _linears(shard, software, name, width)
    return [
        *gather(shard, f"{name} gradient", "backward", software),
        *gradients(down, shard, software),
        *(column_gradients if summed else gradients)(up, shard, software),
    ]


def _linears(shard: Shard, software: Software, name: str, width: float) -> tuple[Linear, Linear]:
    hidden = shard.model.hidden
    parts = (width, width) if software.separate and shard.model.gated else ()
    return (
        Linear(f"{name} up", shard.tokens, width * shard.gates, hidden, parts=parts),
        Linear(f"{name} down", shard.tokens, hidden, width),
    )
