"""A run whose batch grows: how many steps are made with which batch."""

from dataclasses import replace
from math import ceil
from typing import NamedTuple

from simulator.catalogue.resolved import Resolved


class Phase(NamedTuple):
    """A stretch of steps with the same batch [1]."""

    global_batch: int
    steps: int


def phases(resolved: Resolved) -> tuple[Phase, ...]:
    """Phases of the run in order; the last has the whole batch.

    As Megatron-LM's `--rampup-batch-size`: every batch from the first to the last but one gets an equal share
    of the ramp's tokens.

    Examples
    --------
    >>> from simulator import load_scenario
    >>> ramp = {"start": 256, "increment": 128, "tokens": "100 M tokens"}
    >>> phases(load_scenario("quickstart", {"training.batch_ramp": ramp}))
    (Phase(global_batch=256, steps=96), Phase(global_batch=384, steps=64), Phase(global_batch=512, steps=858))
    """
    training = resolved.scenario.training
    ramp, left, found = training.batch_ramp, float(training.tokens), []
    if ramp is not None:
        batches = range(ramp.start, training.global_batch, ramp.increment)
        for batch in batches:
            steps = ceil(ramp.tokens / len(batches) / (batch * training.sequence_length))
            found.append(Phase(batch, steps))
            left -= steps * batch * training.sequence_length
    last = ceil(left / (training.global_batch * training.sequence_length))
    return (*found, Phase(training.global_batch, last))


def with_batch(resolved: Resolved, global_batch: int) -> Resolved:
    """The same scenario with another batch throughout."""
    changes = {"global_batch": global_batch, "batch_ramp": None}
    training = resolved.scenario.training.model_copy(update=changes)
    return replace(resolved, scenario=resolved.scenario.model_copy(update={"training": training}))
