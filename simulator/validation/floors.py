"""The floors of accuracy that the project holds itself to, declared as data."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from simulator.validation.compare import Comparison, figures

TIMES = ("step_time", "seconds")
"""Metrics that enter the figures of an axis: of steps and of kernels."""

FEWEST = 8
"""Rows below which a set says nothing about a floor, unless the floor says so [1]."""


@cache
def declared_floors() -> tuple[Mapping[str, Any], ...]:
    """What `floors.yaml` declares."""
    from ruamel.yaml import YAML

    text = Path(__file__).with_name("floors.yaml").read_text(encoding="utf-8")
    return tuple(YAML(typ="safe", pure=True).load(text))


def floors(rows: Sequence[Comparison]) -> Iterator[dict[str, Any]]:
    """The declared floors of which the rows hold enough, with the figures and whether they are reached."""
    for floor in declared_floors():
        chosen = [row for row in rows if row.counts and belongs(row, floor)]
        if len(chosen) >= floor.get("least", FEWEST):
            found = figures(chosen)
            share = found["simulated"] / found["count"]
            reached = share >= floor.get("simulated", 1.0) and all(
                _holds(found[key], bound) for key, bound in floor["bounds"].items()
            )
            yield {"name": floor["name"], "bounds": floor["bounds"], **found, "reached": reached}


def belongs(row: Comparison, floor: Mapping[str, Any]) -> bool:
    """Whether a floor speaks of a row: by the beginning of its id or axis, its grade and its metric."""
    return (
        row.metric in floor.get("metrics", TIMES)
        and row.id.startswith(tuple(floor.get("ids", ("",))))
        and row.axis.startswith(tuple(floor.get("axes", ("",))))
        and row.grade in floor.get("grades", ("A", "B"))
    )


def _holds(figure: float | None, bound: float | Sequence[float]) -> bool:
    """Whether a figure, or its absolute value, lies below a bound, or between two."""
    if figure is None:
        return False
    if isinstance(bound, Sequence):
        low, high = bound
        return low <= figure <= high
    return abs(figure) <= bound
