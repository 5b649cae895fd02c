"""Metrics of a step: time, rate, utilisation, where the time goes."""

from collections.abc import Callable

from simulator.record.row import BUCKETS, Row
from simulator.result import metrics
from simulator.result.breakdown import Shares, step_breakdown
from simulator.result.metric import metric
from simulator.spec.model import Model
from simulator.spec.training import Lora
from simulator.workload.parameters import model_flops_per_token


@metric("step.time", "duration", "from the first task of the step to the end of the last", rows="record.step")
def time(rows: tuple[Row, ...]) -> float:
    """Duration of a step [s]."""
    return metrics.step_time(rows)


@metric(
    "step.tokens",
    "tokens",
    "sequences × tokens of a sequence",
    batch="scenario.training.global_batch",
    sequence="scenario.training.sequence_length",
)
def tokens(batch: int, sequence: int) -> int:
    """Tokens of a step [tokens]."""
    return batch * sequence


@metric(
    "step.tokens_per_second",
    "tokens/s",
    "tokens of a step ÷ its time",
    tokens="step.tokens",
    time="step.time",
)
def tokens_per_second(tokens: int, time: float) -> float:
    """Training rate [tokens/s]."""
    return tokens / time


@metric(
    "step.flops_per_token",
    "flop",
    "6 (frozen 4) × parameters of matrices + 12 × layers × sequence × attention width (PaLM, appendix B)",
    model="model",
    sequence="scenario.training.sequence_length",
    document="scenario.training.document_length",
    lora="scenario.training.lora",
)
def flops_per_token(
    model: Model, sequence: int, document: int | None = None, lora: Lora | None = None
) -> float:
    """Useful work of a token [FLOP]."""
    return model_flops_per_token(model, document or sequence, frozen=lora is not None)


@metric(
    "step.mfu",
    "share",
    "model FLOPs of a token × tokens ÷ (accelerators × dense peak × step time)",
    flops="step.flops_per_token",
    tokens="step.tokens",
    accelerators="scenario.cluster.count",
    peak="accelerator.compute.peak.{peak}",
    time="step.time",
)
def mfu(flops: float, tokens: int, accelerators: int, peak: float, time: float) -> float:
    """Model FLOPs utilisation [1]."""
    return flops * tokens / (accelerators * peak * time)


@metric("step.recomputed", "share", "FLOPs made again ÷ FLOPs made once", rows="record.step")
def recomputed(rows: tuple[Row, ...]) -> float:
    """Recomputed work [1]."""
    return metrics.recomputed_share(rows)


@metric("step.hfu", "share", "MFU × (1 + recomputed FLOPs)", mfu="step.mfu", again="step.recomputed")
def hfu(mfu: float, again: float) -> float:
    """Hardware FLOPs utilisation [1]."""
    return mfu * (1.0 + again)


@metric(
    "step.breakdown",
    "duration",
    "each instant of each rank to the first bucket active in it; mean over the ranks",
    rows="record.step",
    time="step.time",
)
def breakdown(rows: tuple[Row, ...], time: float) -> Shares:
    """Time by bucket [s]."""
    return step_breakdown(rows, time)


_HOW_OFTEN = ("step.micro_batches", "model.layers", "scenario.parallelism.pipeline")

_WORDS = {
    "compute": "operators of the model, computed once",
    "recompute": "operators computed again in the backward pass",
    "optimizer": "sweeps of the optimizer over its states",
    "exposed_tensor": "messages of the tensor group with nothing beside them",
    "exposed_context": "messages of the ranks that share a sequence with nothing beside them",
    "exposed_expert": "tokens on their way to experts and back with nothing beside them",
    "exposed_pipeline": "messages between stages with nothing beside them",
    "exposed_data": "messages between replicas with nothing beside them",
    "host": "the accelerator waits for the host",
    "bubble": "what is left of the step: the stage waits for another",
}


def _declare(bucket: str) -> Callable[..., float]:
    @metric(f"step.breakdown.{bucket}", "duration", _WORDS[bucket], _HOW_OFTEN, breakdown="step.breakdown")
    def seconds(breakdown: Shares) -> float:
        """Time of one bucket [s]."""
        return breakdown[bucket]

    return seconds


for _bucket in BUCKETS:
    _declare(_bucket)
