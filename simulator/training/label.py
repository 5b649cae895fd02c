"""What a task of a step means, for the record."""

from typing import NamedTuple

from simulator.engine.play import Task


class Label(NamedTuple):
    """One label serves all tasks that are alike; the fields are those of `record.Row`."""

    kind: str
    name: str
    stream: str
    stage: int
    bytes: float = 0.0
    group: int = 1
    flops: float = 0.0
    tokens: float = 0.0


class Labelled(NamedTuple):
    """A task and its meaning; tasks that are alike share one."""

    task: Task
    label: Label


ELEMENT = 2.0
"""Size of an activation or a weight on the wire [B]."""
