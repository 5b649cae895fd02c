"""Names the largest loss of a result in words."""

from collections.abc import Mapping
from typing import NamedTuple

from simulator.result.metrics import time_by_kind
from simulator.result.result import Result

LABELS: Mapping[str, str] = {
    "compute": "compute",
    "recompute": "recompute",
    "optimizer": "optimizer",
    "exposed_tensor": "exposed TP",
    "exposed_context": "exposed CP",
    "exposed_expert": "exposed EP",
    "exposed_pipeline": "exposed PP",
    "exposed_data": "exposed DP",
    "host": "host",
    "bubble": "bubble",
}
"""Short names of the buckets, for the screen."""

_WORDS: Mapping[str, str] = {
    "recompute": "activations are computed a second time",
    "optimizer": "the optimizer moves its states through memory",
    "exposed_tensor": "tensor-parallel communication that no computation hides",
    "exposed_context": "keys and values travel between the parts of a sequence, and nothing hides it",
    "exposed_expert": "tokens travel to their experts and back, and nothing hides it",
    "exposed_pipeline": "activations travel between stages and nothing hides it",
    "exposed_data": "gradients and parameters travel, and nothing hides it",
    "host": "the accelerators wait for the host",
    "bubble": "pipeline stages wait for each other",
    "interruption": "failures: work lost, restarts, waiting for repairs",
    "checkpoint": "the job stands still while checkpoints are written",
}

_RUN_KINDS: Mapping[str, tuple[str, ...]] = {
    "interruption": ("lost", "restart", "load", "wait"),
    "checkpoint": ("checkpoint",),
}


class Loss(NamedTuple):
    """Where time goes that does not advance the training.

    Attributes
    ----------
    name : str
        A bucket of the step, `interruption` or `checkpoint`.
    share : float
        Of the wall clock, or of the step where no run was simulated [1].
    """

    name: str
    share: float

    @property
    def words(self) -> str:
        """What happens, in words."""
        return _WORDS[self.name]


def largest_loss(result: Result) -> Loss:
    """Find what costs most time besides computing everything once."""
    times = time_by_kind(row for row in result.record.rows if row.stream == "job")
    wall, step = sum(times.values()), result.summary["step"]["time"]
    goodput = times["train"] / wall if times else 1.0
    breakdown = result.summary["step"]["breakdown"]
    losses = [Loss(name, goodput * seconds / step) for name, seconds in breakdown.items() if name in _WORDS]
    for name, kinds in _RUN_KINDS.items() if times else ():
        losses.append(Loss(name, sum(times.get(kind, 0.0) for kind in kinds) / wall))
    return max(losses, key=lambda loss: loss.share)
