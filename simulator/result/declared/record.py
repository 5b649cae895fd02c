"""The record itself: what went into it, and the plan behind it."""

from simulator.record.row import Row
from simulator.result.facts import Facts
from simulator.result.metric import FACTS, metric
from simulator.training.weeks import checkpoint_times, node_count, total_steps


@metric(
    "record.step",
    "rows",
    "one optimizer step, event by event: operators and messages of every stage, priced by the cost models",
    (
        "step.micro_batches",
        "model.layers",
        "model.tied_embeddings",
        "model.norm",
        "scenario.cluster.count",
        "scenario.training.recompute",
        "scenario.parallelism",
        "software.overlap",
        "software.host",
        "software.jitter",
        "software.experts.launch",
        "software.experts.overlap",
    ),
    facts=FACTS,
)
def record_step(facts: Facts) -> tuple[Row, ...]:
    """Rows of the step."""
    return facts.step


@metric(
    "step.micro_batches",
    "count",
    "sequences of a step ÷ (replicas × sequences of a micro-batch)",
    (
        "scenario.training.global_batch",
        "scenario.training.micro_batch",
        "scenario.parallelism.data",
        "scenario.parallelism.tensor",
        "scenario.parallelism.pipeline",
        "scenario.cluster.count",
    ),
    facts=FACTS,
)
def micro_batches(facts: Facts) -> int | None:
    """Micro-batches of one replica in a step [1]."""
    return None if facts.plan is None else facts.plan.micro_batches


@metric(
    "record.run",
    "rows",
    "steps, checkpoints, failures, repairs and spares, event by event, with random times of failure",
    (
        "run.steps",
        "step.time",
        "scenario.run.checkpoint_interval",
        "run.checkpoint_save",
        "run.checkpoint_load",
        "scenario.run.restart_time",
        "run.nodes",
        "scenario.run.spare_nodes",
        "scenario.run.failures",
        "system.reliability.mtbf",
        "system.reliability.repair_time",
        "scenario.seed",
    ),
    facts=FACTS,
)
def record_run(facts: Facts) -> tuple[Row, ...] | None:
    """Rows of the run; none if the scenario describes none."""
    return facts.run or None


@metric("run.steps", "count", "tokens of the run ÷ tokens of a step, rounded up", facts=FACTS)
def steps(facts: Facts) -> int:
    """Optimizer steps of the whole run [1]."""
    return total_steps(facts.resolved)


@metric("run.nodes", "count", "accelerators ÷ accelerators of a node, rounded up", facts=FACTS)
def nodes(facts: Facts) -> int:
    """Nodes the job trains on [1]."""
    return node_count(facts.resolved)


@metric(
    "run.checkpoint_save",
    "duration",
    "(weights + optimizer states) ÷ the smaller write bandwidth of store and nodes",
    facts=FACTS,
)
def checkpoint_save(facts: Facts) -> float:
    """Time to write a checkpoint [s]."""
    return checkpoint_times(facts.resolved)[0]


@metric(
    "run.checkpoint_load",
    "duration",
    "(weights + optimizer states) ÷ the smaller read bandwidth of store and nodes",
    facts=FACTS,
)
def checkpoint_load(facts: Facts) -> float:
    """Time to read a checkpoint [s]."""
    return checkpoint_times(facts.resolved)[1]


@metric("seed", "count", "what the scenario or `--seed` says", value="scenario.seed")
def seed(value: int) -> int:
    """Seed of the random streams."""
    return value
