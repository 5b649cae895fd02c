"""`scalewall validate`: every row simulated, figures per axis, and the floors the project holds itself to."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.catalogue.problems import SpecError
from simulator.machine.bind import bind
from simulator.result.intervals import interval
from simulator.result.spread import Spreads
from simulator.training.memory import fullest_stage
from simulator.training.plan import make_plan, make_shard
from simulator.training.step import simulate_step
from simulator.validation.assemble import Assembler, NotSimulatedError
from simulator.validation.compare import Comparison, figures
from simulator.validation.published import PublishedRun, carried_files, read_rows

MEMORY_SPREAD = 0.08
"""Relative spread of peak memory: what the allocator and the libraries hold is an estimate [1]."""

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
        """Figures of the step times of each axis, worst median first."""
        timed = [row for row in self.rows if row.metric == "step_time"]
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


def validate_files(paths: Sequence[Path] = (), progress: Progress | None = None) -> Validation:
    """Simulate the rows of files, or those that the project carries.

    Raises
    ------
    SpecError
        If a file cannot be read.
    """
    published = [row for path in (paths or carried_files()) for row in read_rows(Path(path))]
    assembler = Assembler()
    compared: list[Comparison] = []
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
    spread = Spreads(resolved).step_time(step.events.rows)
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
        chosen = [r for r in rows if r.metric == "step_time" and r.id.startswith(tuple(floor["ids"]))]
        if chosen:
            found = figures(chosen)
            reached = found["simulated"] == found["count"] and found["mean_error"] <= floor["mean_error"]
            yield {"name": floor["name"], "floor": floor["mean_error"], **found, "reached": reached}
