"""Small models, plans and machines made of shipped parts, for tests that need real cost models."""

from functools import cache
from typing import Any

from simulator.catalogue.catalogue import Catalogue
from simulator.machine.machine import Machine
from simulator.network.topology import Topology
from simulator.schedule.plan import Plan, split_layers
from simulator.spec.model import Model
from simulator.training.step import Step, simulate_step
from simulator.workload.shard import Shard


@cache
def part(kind: str, name: str) -> Any:
    return Catalogue().load(kind, name).spec


def bend(spec: Any, **changes: Any) -> Any:
    """Copy a spec with other values; `memory__bandwidth` is the field `bandwidth` of the field `memory`."""
    for path, value in changes.items():
        name, _, rest = path.partition("__")
        inner = spec[name] if isinstance(spec, dict) and rest else getattr(spec, name, None)
        changed = bend(inner, **{rest: value}) if rest else value
        spec = {**spec, name: changed} if isinstance(spec, dict) else spec.model_copy(update={name: changed})
    return spec


def a_model(**changes: Any) -> Model:
    """A small GPT; keywords are fields of the model."""
    small = {"layers": 8, "hidden": 1024, "heads": 16, "kv_heads": 16, "head_dim": 64, "ffn_hidden": 4096}
    model: Model = part("model", "gpt-1.7b").model_copy(update={**small, "vocab": 8192, **changes})
    return model


def a_shard(model: Model | None = None, **changes: Any) -> Shard:
    model = model or a_model()
    stated = {"batch": 1, "sequence": 1024, "tensor": 1, "sequence_parallel": False, "precision": "bf16"}
    return Shard(**{"model": model, "vocab": model.vocab, **stated, **changes})  # type: ignore[arg-type]


def a_plan(depth: int = 8, **changes: Any) -> Plan:
    chunks = changes.get("pipeline", 1) * changes.get("virtual_stages", 1)
    stated = {
        "tensor": 1,
        "pipeline": 1,
        "virtual_stages": 1,
        "data": 1,
        "sequence_parallel": False,
        "schedule": "interleaved" if changes.get("virtual_stages", 1) > 1 else "1f1b",
        "sharding": "none",
        "micro_batches": 4,
        "layers": split_layers(depth, chunks),
        "overlap_gradients": False,
        "overlap_parameters": False,
    }
    return Plan(**{**stated, **changes})  # type: ignore[arg-type]


def a_machine(
    software: str = "megatron-lm-2022", accelerator: str = "nvidia-a100-sxm-80gb", **changes: Any
) -> Machine:
    """DGX nodes on HDR; keywords reach into the parts: `software__overlap__slowdown=0.0`."""
    parts = {
        "software": part("software", software),
        "accelerator": part("accelerator", accelerator),
        "collectives": part("collectives", "nccl"),
        "network": part("network", "ib-hdr-8x200"),
    }
    for path, value in changes.items():
        kind, _, rest = path.partition("__")
        parts[kind] = bend(parts[kind], **{rest: value})
    topology = Topology(per_node=8, domain=8, network=parts.pop("network"))
    return Machine(topology=topology, precision="bf16", **parts)


def a_step(plan: Plan, machine: Machine, recompute: Any = "none", model: Model | None = None) -> Step:
    shard = a_shard(model, tensor=plan.tensor, sequence_parallel=plan.sequence_parallel)
    return simulate_step(plan, shard, recompute, machine)


PLANS = {
    "one rank": a_plan(),
    "tensor": a_plan(tensor=4),
    "sequence parallel": a_plan(tensor=8, sequence_parallel=True),
    "replicas": a_plan(data=8),
    "gpipe": a_plan(pipeline=4, schedule="gpipe"),
    "1f1b": a_plan(pipeline=4),
    "uneven stages": a_plan(pipeline=3),
    "interleaved": a_plan(pipeline=4, virtual_stages=2),
    "interleaved, more micro-batches": a_plan(pipeline=2, virtual_stages=4, micro_batches=8),
    "sharded optimizer": a_plan(data=8, sharding="optimizer"),
    "all overlapped": a_plan(
        data=4, pipeline=2, sharding="optimizer", overlap_gradients=True, overlap_parameters=True
    ),
    "everything": a_plan(
        tensor=4, sequence_parallel=True, pipeline=2, virtual_stages=2, data=4, sharding="optimizer",
        overlap_gradients=True, overlap_parameters=True,
    ),
}  # fmt: skip
"""Plans of the small GPT that exercise every way of cutting it."""
