"""One published row simulated, and each of its metrics compared."""

from typing import Any

from simulator.catalogue.problems import SpecError
from simulator.catalogue.resolved import Resolved
from simulator.machine.bind import bind
from simulator.machine.kernels import UnsupportedError
from simulator.result.facts import Facts
from simulator.result.intervals import interval
from simulator.result.values import Values
from simulator.training.blocks import price_blocks
from simulator.training.memory import fullest_stage
from simulator.training.plan import make_plan, make_shard
from simulator.training.step import Step, simulate_step
from simulator.validation.assemble import Assembler
from simulator.validation.compare import Comparison
from simulator.validation.parts import NotSimulatedError
from simulator.validation.published import PublishedRun

MEMORY_SPREAD = 0.08
"""Relative spread of peak memory: what the allocator and the libraries hold is an estimate [1]."""

WORTHWHILE = 20
"""Rows that take as long to simulate as a process takes to start and to load the catalogue."""


def compare_row(row: PublishedRun, assembler: Assembler, lender: str | None = None) -> list[Comparison]:
    """Simulate one row and compare each of its metrics.

    Parameters
    ----------
    row : PublishedRun
        What was measured.
    assembler : Assembler
        Makes a scenario of it.
    lender : str, optional
        Stack whose constants are used; those of the stack that the row's text matches if left out.

    Returns
    -------
    list of Comparison
        One for each metric, without a prediction where the row cannot be simulated.
    """
    measured = row.metrics()
    about: dict[str, Any] = {
        "calibration": assembler.is_calibration(row),
        "software": _stack(row, assembler),
        "accelerator": str(row.hardware["accelerator"]),
    }

    def compared(metric: str, **found: Any) -> Comparison:
        return Comparison(
            id=row.id,
            axis=row.axis,
            grade=row.grade,
            metric=metric,
            measured=measured[metric],
            **about,
            **found,
        )

    try:
        assembled = assembler.assemble(row, lender)
        resolved = assembled.resolved
        step = _step(resolved)
        alternative = assembled.alternative
        slower = step.time * _work(alternative) / _work(resolved) if alternative else 0.0
    except (NotSimulatedError, SpecError, UnsupportedError) as error:
        why = error.problems[0].message if isinstance(error, SpecError) else str(error)
        return [compared(metric, why_not=why) for metric in measured]
    spread = Values(Facts(resolved, step.events.rows)).of("spread.step.time")
    tokens = resolved.scenario.training.global_batch * row.sequence
    predicted = {
        "step_time": (step.time, spread),
        "tokens_per_second": (tokens / step.time, spread),
        "peak_memory": (_memory(resolved), MEMORY_SPREAD),
    }
    found = []
    for metric in measured:
        value, relative = predicted[metric]
        low, _, high = interval(value, relative)
        # The interval reaches as far as what the source leaves open.
        if metric == "step_time":
            high = max(high, slower)
        elif metric == "tokens_per_second" and slower:
            low = min(low, tokens / slower)
        found.append(compared(metric, predicted=value, low=low, high=high, assumed=assembled.assumed))
    return found


def _step(resolved: Resolved) -> Step:
    recompute = resolved.scenario.training.recompute
    return simulate_step(make_plan(resolved), make_shard(resolved), recompute, bind(resolved))


def _work(resolved: Resolved) -> float:
    """Longest pass forward and backward of a chunk, which sets the pace of a step [s]."""
    recompute = resolved.scenario.training.recompute
    blocks = price_blocks(make_shard(resolved), make_plan(resolved), recompute, bind(resolved))
    return max(f.seconds + b.seconds for f, b in zip(blocks.forward, blocks.backward, strict=True))


def _memory(resolved: Resolved) -> float:
    """What the fullest rank holds [B]."""
    recompute = resolved.scenario.training.recompute
    return fullest_stage(make_plan(resolved), make_shard(resolved), recompute, bind(resolved)).total


def _stack(row: PublishedRun, assembler: Assembler) -> str | None:
    """Id of the stack that the row's text matches."""
    try:
        return assembler.stack(row)
    except NotSimulatedError:
        return None
