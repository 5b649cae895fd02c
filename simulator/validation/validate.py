"""`scalewall validate`: every row simulated, figures per axis, and the floors the project holds itself to."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.catalogue.problems import SpecError
from simulator.machine.bind import bind
from simulator.result.facts import Facts
from simulator.result.intervals import interval
from simulator.result.values import Values
from simulator.training.memory import fullest_stage
from simulator.training.plan import make_plan, make_shard
from simulator.training.step import simulate_step
from simulator.validation.assemble import Assembler, NotSimulatedError
from simulator.validation.compare import Comparison, figures
from simulator.validation.kernels import compare_kernels
from simulator.validation.published import PublishedRun, carried_files, read_rows

MEMORY_SPREAD = 0.08
"""Relative spread of peak memory: what the allocator and the libraries hold is an estimate [1]."""

TIMES = ("step_time", "seconds")
"""Metrics that enter the figures of an axis: of steps and of kernels."""

Progress = Callable[[int, int, str], None]
"""Called with rows done, rows in all, and the id of the next."""


@dataclass(frozen=True)
class Validation:
    """Published rows against simulated ones."""

    rows: tuple[Comparison, ...]
    floors: tuple[dict[str, Any], ...]

    @property
    def passed(self) -> bool:
        """Whether every floor with rows is reached."""
        return all(floor["reached"] for floor in self.floors)

    def axes(self) -> dict[str, dict[str, Any]]:
        """Figures of the times of each axis, worst median first."""
        timed = [row for row in self.rows if row.metric in TIMES]
        found = {
            axis: figures([r for r in timed if r.axis == axis]) for axis in sorted({r.axis for r in timed})
        }
        return dict(sorted(found.items(), key=lambda item: -(item[1]["median_error"] or 0.0)))

    def to_json(self) -> str:
        """The document of `--json`."""
        document = {
            "format": 1,
            "kind": "validation",
            "rows": [row.as_dict() for row in self.rows],
            "axes": self.axes(),
            "floors": list(self.floors),
        }
        return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def validate_files(
    paths: Sequence[Path] = (), kernels: Sequence[Path] = (), progress: Progress | None = None
) -> Validation:
    """Simulate the rows of files, or those that the project carries where neither files nor tables are given.

    Parameters
    ----------
    paths : sequence of Path
        Files of published runs.
    kernels : sequence of Path
        Tables of measured kernel times.
    progress : callable, optional
        Told how far it is.

    Raises
    ------
    SpecError
        If a file cannot be read.
    """
    files = paths or ([] if kernels else carried_files())
    published = [row for path in files for row in read_rows(Path(path))]
    assembler = Assembler()
    compared = compare_kernels(kernels) if kernels else []
    for place, row in enumerate(published):
        if progress:
            progress(place, len(published), row.id)
        compared += compare_row(row, assembler)
    compared.sort(key=lambda row: (row.error is None, -abs(row.error or 0.0), row.id, row.metric))
    return Validation(tuple(compared), tuple(_floors(compared)))


def compare_row(row: PublishedRun, assembler: Assembler) -> list[Comparison]:
    """Simulate one row and compare each of its metrics."""
    measured = row.metrics()
    calibration = assembler.is_calibration(row)

    def compared(metric: str, **found: Any) -> Comparison:
        return Comparison(row.id, row.axis, row.grade, calibration, metric, measured[metric], **found)

    try:
        assembled = assembler.assemble(row)
        resolved = assembled.resolved
        plan, shard, machine = make_plan(resolved), make_shard(resolved), bind(resolved)
        recompute = resolved.scenario.training.recompute
        step = simulate_step(plan, shard, recompute, machine)
    except (NotSimulatedError, SpecError) as error:
        why = error.problems[0].message if isinstance(error, SpecError) else str(error)
        return [compared(metric, why_not=why) for metric in measured]
    spread = Values(Facts(resolved, step.events.rows)).of("spread.step.time")
    tokens = resolved.scenario.training.global_batch * row.sequence
    predicted = {
        "step_time": (step.time, spread),
        "tokens_per_second": (tokens / step.time, spread),
        "peak_memory": (fullest_stage(plan, shard, recompute, machine).total, MEMORY_SPREAD),
    }
    found = []
    for metric in measured:
        value, relative = predicted[metric]
        low, _, high = interval(value, relative)
        found.append(compared(metric, predicted=value, low=low, high=high, assumed=assembled.assumed))
    return found


def _floors(rows: Sequence[Comparison]) -> Iterable[dict[str, Any]]:
    """The declared floors of which the rows hold any."""
    from ruamel.yaml import YAML

    declared = YAML(typ="safe", pure=True).load(
        Path(__file__).with_name("floors.yaml").read_text(encoding="utf-8")
    )
    for floor in declared:
        beginnings, of = (floor["ids"], "id") if "ids" in floor else (floor["axes"], "axis")
        chosen = [r for r in rows if r.metric in TIMES and getattr(r, of).startswith(tuple(beginnings))]
        if chosen:
            found = figures(chosen)
            complete = found["simulated"] == found["count"] > 0
            reached = complete and all(found[key] <= bound for key, bound in floor["bounds"].items())
            yield {"name": floor["name"], "bounds": floor["bounds"], **found, "reached": reached}
