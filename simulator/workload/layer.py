"""One transformer layer, forward and backward, as operators and messages of one rank."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from simulator.spec.software import Software
from simulator.spec.training import Recompute
from simulator.workload.attention import attention_backward, attention_forward
from simulator.workload.experts import experts_backward, experts_forward
from simulator.workload.kinds import LayerKind
from simulator.workload.mlp import mlp_backward, mlp_forward
from simulator.workload.operators import AttentionCore, MatrixProduct, Message, Operator, Phase, Sweep
from simulator.workload.passes import sweeps
from simulator.workload.shard import Shard


def forward(
    shard: Shard, kind: LayerKind, software: Software, phase: Phase = "forward"
) -> list[Operator]:
    """Operators of one layer forward; `phase` tells a first pass from a recomputed one."""
    parallel = shard.model.parallel_block
    own = kind._replace(cross=False)
    return [
        *sweeps(software.layer, shard, phase, "projection"),
        *attention_forward(shard, own, software, phase, reduced=not parallel),
        *(sweeps(software.layer, shard, phase, "projection") if kind.cross else ()),
        *(attention_forward(shard, kind, software, phase) if kind.cross else ()),
        *sweeps(software.layer, shard, phase, "mlp"),
        *_inner_forward(shard, kind, software, phase),
    ]


def backward(shard: Shard, kind: LayerKind, software: Software, recompute: Recompute) -> list[Operator]:
    """Operators of one layer backward, after what it recomputes."""
    parallel, own = shard.model.parallel_block, kind._replace(cross=False)
    ops: list[Operator] = list(recomputed(shard, kind, software, recompute))
    ops += sweeps(software.layer, shard, "backward", "mlp")
    if kind.experts:
        ops += experts_backward(shard, software)
    else:
        ops += mlp_backward(shard, software, "mlp", shard.ffn_width, summed=not parallel)
    if kind.cross:
        ops += sweeps(software.layer, shard, "backward", "projection")
        ops += attention_backward(shard, kind, software)
    ops += sweeps(software.layer, shard, "backward", "projection")
    return [*ops, *attention_backward(shard, own, software, gathered=not parallel)]


def recomputed(
    shard: Shard, kind: LayerKind, software: Software, recompute: Recompute
) -> Sequence[Operator]:
    """What the backward pass computes again before it begins."""
    if recompute == "none":
        return []
    again = forward(shard, kind, software, "recompute")
    if recompute == "full":
        return again[: _last_product(again)] if software.early_stop else again
    return list(_selected(again, shard, software))


def _inner_forward(shard: Shard, kind: LayerKind, software: Software, phase: Phase) -> list[Operator]:
    if kind.experts:
        return experts_forward(shard, software, phase)
    gathered = not shard.model.parallel_block
    return mlp_forward(shard, software, phase, "mlp", shard.ffn_width, gathered)


def _last_product(operators: Sequence[Operator]) -> int:
    """Place of the last matrix product."""
    return max(place for place, op in enumerate(operators) if isinstance(op, MatrixProduct))


def _selected(operators: Sequence[Operator], shard: Shard, software: Software) -> Iterator[Operator]:
    """The operators that selective recomputation names, each by its share."""
    scopes = {p.name: p.scope for p in software.layer}
    for op in operators:
        share = software.selective.get(op.name)
        if share is None and isinstance(op, Sweep | AttentionCore):
            share = software.selective.get(scopes.get(op.name, "attention"))
        if share is None and op.name.startswith("attention ") and not isinstance(op, Message):
            share = software.selective.get("attention")
        if share:
            yield _part(op, share)


def _part(operator: Operator, share: float) -> Operator:
    """A share of an operator, as where every second one of its kind is recomputed."""
    if share == 1.0:
        return operator
    if isinstance(operator, MatrixProduct):
        return replace(operator, batch=operator.batch * share)
    if isinstance(operator, AttentionCore):
        return replace(operator, batch=operator.batch * share, flops=operator.flops * share)
    if isinstance(operator, Sweep | Message):
        return replace(operator, size=operator.size * share)
    return operator
