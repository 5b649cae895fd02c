"""One transformer layer, forward and backward, as operators and messages of one rank."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from simulator.spec.software import Software
from simulator.spec.training import Recompute
from simulator.workload.attention import attention_backward, attention_forward
from simulator.workload.experts import experts_backward, experts_forward, launched
from simulator.workload.kinds import LayerKind
from simulator.workload.mlp import mlp_backward, mlp_forward
from simulator.workload.operators import AttentionCore, MatrixProduct, Message, Operator, Phase, Sweep
from simulator.workload.passes import DENSE_ONLY, sweeps
from simulator.workload.shard import Shard


def forward(shard: Shard, kind: LayerKind, software: Software, phase: Phase = "forward") -> list[Operator]:
    """Operators of one layer forward; `phase` tells a first pass from a recomputed one."""
    parallel = shard.model.parallel_block
    own = kind._replace(cross=False)
    outer = [
        *sweeps(software.layer, shard, phase, "projection"),
        *attention_forward(shard, own, software, phase, reduced=not parallel),
        *(sweeps(software.layer, shard, phase, "projection") if kind.cross else ()),
        *(attention_forward(shard, kind, software, phase) if kind.cross else ()),
        *_mlp_passes(shard, kind, software, phase),
    ]
    if kind.experts:
        outer = launched(outer, "attention", software)
    return [*outer, *_inner_forward(shard, kind, software, phase)]


def backward(shard: Shard, kind: LayerKind, software: Software, recompute: Recompute) -> list[Operator]:
    """Operators of one layer backward, after what it recomputes."""
    parallel, own = shard.model.parallel_block, kind._replace(cross=False)
    ops: list[Operator] = list(recomputed(shard, kind, software, recompute))
    outer: list[Operator] = []
    if kind.cross:
        outer += sweeps(software.layer, shard, "backward", "projection")
        outer += attention_backward(shard, kind, software)
    outer += sweeps(software.layer, shard, "backward", "projection")
    outer += attention_backward(shard, own, software, gathered=not parallel)
    passes = _mlp_passes(shard, kind, software, "backward")
    if kind.experts:
        passes, outer = (launched(part, "attention", software) for part in (passes, outer))
        return [*ops, *passes, *experts_backward(shard, software), *outer]
    inner = mlp_backward(shard, software, "mlp", shard.ffn_width, summed=not parallel)
    return [*ops, *passes, *inner, *outer]


def _mlp_passes(shard: Shard, kind: LayerKind, software: Software, phase: Phase) -> list[Operator]:
    """Passes in front of the MLP; those over its inner activation belong to dense layers only."""
    passes = software.layer
    if kind.experts:
        passes = tuple(p for p in passes if p.tensor not in DENSE_ONLY)
    return [*sweeps(passes, shard, phase, "mlp")]


def recomputed(shard: Shard, kind: LayerKind, software: Software, recompute: Recompute) -> Sequence[Operator]:
    """What the backward pass computes again before it begins."""
    if recompute == "none":
        return []
    again = forward(shard, kind, software, "recompute")
    if recompute == "full":
        if software.early_stop:
            again = again[: _last_product(again)]
        summed = software.dead_code and shard.model.parallel_block
        return [op for op in again if not (summed and op.name == "projection")]
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
    selective = computed_again(shard, software)
    for op in operators:
        share = selective.get(op.name)
        if share is None and isinstance(op, Sweep | AttentionCore):
            share = selective.get(scopes.get(op.name, "attention"))
        if share is None and op.name.startswith("attention ") and not isinstance(op, Message):
            share = selective.get("attention")
        if share:
            yield _part(op, share)


def computed_again(shard: Shard, software: Software) -> dict[str, float]:
    """What selective recomputation computes again and which share of it, unless it waits in host memory."""
    kept = software.offloaded if shard.offload == "activations" else ()
    return {name: share for name, share in software.selective.items() if name not in kept}


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
