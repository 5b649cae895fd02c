"""A node of an explanation: a number, or what computes it, with what it reads."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from simulator.catalogue.origins import Provenance

Kind = Literal["metric", "part", "model", "value", "spread"]


@dataclass(frozen=True)
class Node:
    """A number, or what computes it, with what it reads.

    Attributes
    ----------
    path : str
        Metric, value, part of the step or cost model.
    kind : str
        Which of these; `spread` is the relative spread of a value.
    value : object
        In base units; none for a cost model, and where what it needs is not stated.
    unit : str
        As in `Metric`; empty for a value of a file, whose `text` has its unit.
    formula : str
        How it is computed, in words; empty for a value of a file.
    text : str
        A value as the file states it.
    origin : Provenance or None
        Where a value is stated.
    details : dict
        Of a part: its block and sizes, the time of one [s], share of the step [1] and cost model.
    children : tuple of Node
        What it reads.
    above : bool
        Whether its children have been given before.
    cut : bool
        Whether its children lie below the depth asked for.
    """

    path: str
    kind: Kind
    value: Any = None
    unit: str = ""
    formula: str = ""
    text: str = ""
    origin: Provenance | None = None
    details: dict[str, Any] = field(default_factory=dict)
    children: tuple["Node", ...] = ()
    above: bool = False
    cut: bool = False

    def walk(self) -> Iterator["Node"]:
        """Give this node and all below it.

        >>> [node.path for node in Node("a", "metric", children=(Node("b", "value"),)).walk()]
        ['a', 'b']
        """
        yield self
        for child in self.children:
            yield from child.walk()
