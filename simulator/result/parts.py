"""What a step is made of: every operator, message and sweep with its size, its time and its cost model."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from math import inf
from types import ModuleType
from typing import Any, NamedTuple

from simulator.cost import attention, collective, gemm, streaming
from simulator.machine.machine import Machine
from simulator.record.row import BUCKETS, Row
from simulator.result.breakdown import step_time_by
from simulator.result.facts import Facts
from simulator.result.metrics import step_time
from simulator.result.traced import reads_of
from simulator.schedule.plan import Plan
from simulator.training.blocks import block_operators
from simulator.training.exchange import Exchange
from simulator.training.parameters import rank_parameters
from simulator.training.pricing import BUCKET, seconds
from simulator.training.replicas import Replicas
from simulator.workload.operators import (
    AttentionCore,
    MatrixProduct,
    Message,
    Operator,
    Sweep,
    Synchronization,
)
from simulator.workload.parameters import Parameters

MODELS: dict[type, ModuleType] = {
    MatrixProduct: gemm,
    AttentionCore: attention,
    Sweep: streaming,
    Message: collective,
}
"""Where the cost model of each operator lives."""

_PASSES = ("layer", "embedding", "head", "optimizer")
"""Lists of memory-bound operators in a software stack."""


class Key(NamedTuple):
    """What tells the parts of a step apart."""

    bucket: str
    block: str
    name: str


@dataclass(frozen=True)
class Part:
    """Everything of one kind that runs in a step.

    Attributes
    ----------
    key : Key
        Bucket, block (empty outside of blocks) and name.
    time : float
        Time of the step that it takes, mean over the ranks [s].
    once : float
        Time of one of them [s].
    sizes : dict
        What the cost model was asked: rows and columns, bytes [B], ranks.
    model : module or None
        The cost model; none where the software states the time itself.
    reads : tuple of str
        Values that its size is made of, stated by the software.
    parameters : tuple of str
        Values that the cost model reads.
    """

    key: Key
    time: float
    once: float
    sizes: dict[str, Any]
    model: ModuleType | None
    reads: tuple[str, ...]
    parameters: tuple[str, ...]

    @property
    def model_name(self) -> str:
        """Room and file of the cost model; empty for none."""
        return f"cost.{self.model.__name__.rpartition('.')[2]}" if self.model else ""


def key_of(row: Row) -> Key:
    """Key of a row of the record."""
    return Key(row.kind, row.parent, row.name)


def step_parts(facts: Facts, plan: Plan) -> list[Part]:
    """Parts of the step, by bucket and then longest first; together with the bubble they fill the step.

    What is wholly hidden beside compute has no time of its own.
    """
    times = step_time_by(facts.step, step_time(facts.step), key_of)
    rows: dict[Key, Row] = {}
    for row in facts.step:
        rows.setdefault(key_of(row), row)
    operators = _operators(facts)
    parts = [
        _part(facts, plan, rows[key], time, operators.get(key)) for key, time in times.items() if key in rows
    ]
    return sorted(parts, key=lambda part: (BUCKETS.index(part.key.bucket), -part.time))


def _operators(facts: Facts) -> dict[Key, Operator]:
    recompute = facts.resolved.scenario.training.recompute
    found: dict[Key, Operator] = {}
    for block, operators in block_operators(facts.shard, facts.machine.software, recompute).items():
        for operator in operators:
            plain = "recompute" if operator.phase == "recompute" else "compute"
            bucket = BUCKET[operator.group] if isinstance(operator, Message) else plain
            bucket = "host" if isinstance(operator, Synchronization) else bucket
            found.setdefault(Key(bucket, block, operator.name), operator)
    return found


def _part(facts: Facts, plan: Plan, row: Row, time: float, operator: Operator | None) -> Part:
    model: ModuleType | None
    if operator is not None:
        sizes, model = _sizes(operator, plan), MODELS.get(type(operator))
        parameters = reads_of(facts, lambda f: seconds(operator, f.machine, plan))
    else:
        sizes, model = {"size": row.bytes, "ranks": row.group}, _MODELS_OUTSIDE[row.kind]
        parameters = reads_of(facts, lambda f: _OUTSIDE_BLOCKS[row.kind](f, plan, row))
    if model is not collective:
        binding = reads_of(facts, lambda f: f.machine)
        parameters = tuple(path for path in parameters if path not in binding)
    if model is None:
        return Part(key_of(row), time, row.duration, {}, None, parameters, ())
    phase = "backward" if operator is not None and operator.phase == "backward" else "forward"
    reads = tuple(_stated(facts.machine, row.name, phase))
    return Part(key_of(row), time, row.duration, sizes, model, reads, parameters)


def _sizes(operator: Operator, plan: Plan) -> dict[str, Any]:
    """Fields of an operator that say how large it is, without those that are as usual or without bound."""
    left_out = ("name", "phase", "flops", "beside")
    stated = {f: getattr(operator, f.name) for f in fields(operator) if f.name not in left_out}
    sizes = {f.name: value for f, value in stated.items() if value not in (f.default, inf)}
    return sizes | ({"ranks": plan.group(operator.group).ranks} if isinstance(operator, Message) else {})


def _stated(machine: Machine, name: str, phase: str) -> list[str]:
    """Where the software says how many bytes a memory-bound operator moves."""
    for block in _PASSES:
        for index, one in enumerate(getattr(machine.software, block)):
            if one.name == name:
                path = f"software.{block}.{index}"
                return (
                    [f"{path}.bytes"]
                    if block == "optimizer"
                    else [f"{path}.{phase}", f"{path}.{phase}_kernels"]
                )
    return [f"software.weight_gradient.{machine.precision}"] if name.endswith(" accumulation") else []


def _optimizer(facts: Facts, plan: Plan, row: Row) -> None:
    facts.machine.streaming.seconds(row.bytes)


def _data(facts: Facts, plan: Plan, row: Row) -> None:
    if row.stream == "compute":  # the gradient norm
        facts.machine.collective_seconds("all_reduce", row.bytes, row.group, 1)
        return
    replicas = Replicas(plan, facts.shard, facts.machine, rank_parameters(plan, facts.shard))
    replicas.reduce(row.stage, Parameters(1.0, 1.0))
    replicas.capacities()


def _pipeline(facts: Facts, plan: Plan, row: Row) -> None:
    if row.stream == "data":  # the tied embedding of the first and the last stage
        stride = plan.stage_ranks * (plan.pipeline - 1)
        facts.machine.collective("all_reduce", row.bytes, row.group, stride)
        return
    Exchange(plan, facts.shard, facts.machine).send(row.stage, row.stage, True, True)


def _host(facts: Facts, plan: Plan, row: Row) -> None:
    host = facts.machine.software.host
    _ = host.launch if row.parent else host.iteration


_OUTSIDE_BLOCKS: dict[str, Callable[[Facts, Plan, Row], None]] = {
    "optimizer": _optimizer,
    "exposed_data": _data,
    "exposed_pipeline": _pipeline,
    "host": _host,
}
"""Price what the step graph adds around the blocks once more, to see what that reads."""

_MODELS_OUTSIDE: dict[str, ModuleType | None] = {
    "optimizer": streaming,
    "exposed_data": collective,
    "exposed_pipeline": collective,
    "host": None,
}
