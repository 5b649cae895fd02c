"""The memory-bound operators of a software stack that a layer of a model has."""

from collections.abc import Iterator

from simulator.spec.passes import Pass
from simulator.workload.operators import Phase, Sweep
from simulator.workload.shard import Shard

DENSE_ONLY = ("ffn", "ffn_pair")
"""Tensors that layers with experts do not have."""


def sweeps(passes: tuple[Pass, ...], shard: Shard, phase: Phase, scope: str | None = None) -> Iterator[Sweep]:
    """Those of `passes` that occur, in one scope if it is given."""
    for p in passes:
        if (scope is not None and p.scope != scope) or not occurs(p, shard):
            continue
        per_element, kernels = (
            (p.backward, p.backward_kernels) if phase == "backward" else (p.forward, p.forward_kernels)
        )
        if per_element or kernels:
            yield Sweep(p.name, phase, per_element * shard.elements(p.tensor) / p.rate, kernels)


def occurs(p: Pass, shard: Shard) -> bool:
    """Whether a memory-bound operator occurs in the model."""
    model = shard.model
    return {
        "always": True,
        "rotary": model.position == "rotary",
        "gated": model.gated,
        "plain": not model.gated,
        "biases": model.biases,
        "qk_norm": model.qk_norm,
        "latent": model.mla is not None,
        "context": shard.context > 1,
        "shared": shard.shared_width > 0.0,
        "tensor": shard.tensor > 1,
    }[p.when]
