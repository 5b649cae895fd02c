"""A run of weeks on a SimPy clock: whole stretches of steps, checkpoints, failures, repairs and spares."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, NamedTuple

import simpy
from numpy.random import Generator as Random

from simulator.record.row import Row
from simulator.record.table import Table


class Stretch(NamedTuple):
    """Steps that take equally long.

    Attributes
    ----------
    steps : int
        Optimizer steps to make [1].
    step_time : float
        Time of one step [s].
    interval_steps : int
        Steps between two checkpoints [1].
    """

    steps: int
    step_time: float
    interval_steps: int


@dataclass(frozen=True, slots=True)
class RunInputs:
    """What a run needs to know.

    Attributes
    ----------
    stretches : tuple of Stretch
        Phases of the run; each ends with a checkpoint.
    save_time, load_time : float
        Writing and reading a checkpoint [s].
    restart_time : float
        From an interruption until the job starts again, loading not included [s].
    nodes, spares : int
        Nodes the job trains on, and nodes held ready [1].
    mtbf : float
        Mean time between failures of one node; infinite for none [s].
    repair_time : float
        Mean time until a failed node is back [s].
    """

    stretches: tuple[Stretch, ...]
    save_time: float
    load_time: float
    restart_time: float
    nodes: int
    spares: int
    mtbf: float
    repair_time: float


def simulate_run(inputs: RunInputs, failures: Random, repairs: Random) -> Table:
    """Train to the last step.

    Between two failures nothing but identical rounds of steps and a checkpoint happen, so a stretch of them
    is one event. A failure throws back to the last checkpoint; a spare takes the place of the failed node,
    and without one the job waits for a repair.

    Parameters
    ----------
    inputs : RunInputs
        The run.
    failures, repairs : numpy.random.Generator
        Random streams of when nodes fail and how long repairs take.

    Returns
    -------
    Table
        Rows of kind `train`, `checkpoint`, `lost`, `failure` (an instant), `wait`, `restart` and `load`, in
        order of time.
    """
    job = _Job(inputs, failures, repairs)
    job.env.run(job.env.process(job.train()))
    return job.table


class _Job:
    """State of one run."""

    def __init__(self, inputs: RunInputs, failures: Random, repairs: Random) -> None:
        self.inputs = inputs
        self.failures = failures
        self.repairs = repairs
        self.env = simpy.Environment()
        self.table = Table()
        self.pool = simpy.Container(self.env, init=inputs.spares)

    def train(self) -> Generator[simpy.Event, Any, None]:
        """Alternate between stretches of training and recovery."""
        done = 0
        for stretch in self.inputs.stretches:
            end = done + stretch.steps
            while done < end:
                # Failures have no memory, so a new stretch may draw a new one.
                failure = self._time_to_failure()
                saved, kept, lost = self._progress(stretch, end - done, failure)
                yield from self._spend("train", kept * stretch.step_time, done)
                yield from self._spend("checkpoint", self.inputs.save_time, done, saved)
                done += kept
                if done < end:
                    yield from self._spend("lost", lost, done)
                    yield from self._recover(done)

    def _time_to_failure(self) -> float:
        if self.inputs.mtbf == float("inf"):
            return float("inf")
        return float(self.failures.exponential(self.inputs.mtbf / self.inputs.nodes))

    def _progress(self, stretch: Stretch, steps: int, failure: float) -> tuple[int, int, float]:
        """Checkpoints written, steps kept and time lost until `failure` or the end of the run."""
        inputs = self.inputs
        rounds, rest = divmod(steps, stretch.interval_steps)
        whole = stretch.interval_steps * stretch.step_time + inputs.save_time
        total = rounds * whole + (rest * stretch.step_time + inputs.save_time if rest else 0.0)
        if total <= failure:
            return rounds + (1 if rest else 0), steps, 0.0
        complete = min(int(failure // whole), rounds)
        return complete, complete * stretch.interval_steps, failure - complete * whole

    def _recover(self, step: int) -> Generator[simpy.Event, Any, None]:
        """Replace the node, start again, load the checkpoint."""
        self.env.process(self._repair())
        before = self.env.now
        self._take("failure", before, 0.0, step, 1)
        yield self.pool.get(1)
        if self.env.now > before:
            self._take("wait", before, self.env.now - before, step, 1)
        yield from self._spend("restart", self.inputs.restart_time, step)
        yield from self._spend("load", self.inputs.load_time, step)

    def _repair(self) -> Generator[simpy.Event, Any, None]:
        yield self.env.timeout(float(self.repairs.exponential(self.inputs.repair_time)))
        yield self.pool.put(1)

    def _spend(
        self, kind: str, seconds: float, step: int, repeat: int = 1
    ) -> Generator[simpy.Event, Any, None]:
        """Let time pass and record it."""
        if seconds * repeat > 0.0:
            self._take(kind, self.env.now, seconds, step, repeat)
            yield self.env.timeout(seconds * repeat)

    def _take(self, kind: str, start: float, seconds: float, step: int, repeat: int) -> None:
        nodes = self.inputs.nodes
        row = Row(
            kind,
            kind,
            "every node",
            nodes,
            "job",
            "",
            -1,
            -1,
            start,
            seconds,
            repeat,
            0.0,
            0.0,
            0.0,
            nodes,
            step,
        )
        self.table.take([row])
