"""How well the constants of one software stack serve a neighbour, without a refit."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.ensemble.many import Many
from simulator.validation.assemble import Assembler
from simulator.validation.compare import Comparison
from simulator.validation.published import PublishedRun
from simulator.validation.row import WORTHWHILE, compare_row

_MOST = 24
"""Rows simulated for a pair; more would say little more and take their time."""


@dataclass(frozen=True)
class Transfer:
    """Rows of one stack simulated with the constants of its neighbour.

    Attributes
    ----------
    lender, borrower : str
        Stack whose constants are used, and stack of the rows.
    reason : str
        Why they are neighbours.
    count, simulated : int
        Rows chosen, and those the lender's constants can simulate.
    mean_error, own_error : float or None
        Mean absolute error of the step time with the lender's constants, and with the rows' own [1].
    bound : float
        Largest mean error that is accepted [1].
    """

    lender: str
    borrower: str
    reason: str
    count: int
    simulated: int
    mean_error: float | None
    own_error: float | None
    bound: float

    @property
    def reached(self) -> bool:
        """Whether every row could be simulated and the mean error is within the bound."""
        return self.simulated == self.count and self.mean_error is not None and self.mean_error <= self.bound


def together(transfers: Sequence[Transfer]) -> Transfer:
    """All pairs as one, each row counting once for every pair it is in; this is what the floor is held to."""
    simulated = sum(found.simulated for found in transfers)

    def mean(name: str) -> float | None:
        parts = [(found.simulated, getattr(found, name)) for found in transfers if found.simulated]
        return math.fsum(count * error for count, error in parts) / simulated if simulated else None

    return Transfer(
        lender="a neighbour",
        borrower="a stack",
        reason=f"{len(transfers)} pairs",
        count=sum(found.count for found in transfers),
        simulated=simulated,
        mean_error=mean("mean_error"),
        own_error=mean("own_error"),
        bound=transfers[0].bound,
    )


def transfer(
    rows: Sequence[PublishedRun],
    compared: Sequence[Comparison],
    many: Many,
    declared: Mapping[str, Any] | None = None,
) -> list[Transfer]:
    """Simulate rows of a stack with its neighbour's constants, for each pair that both have rows of.

    Parameters
    ----------
    rows : sequence of PublishedRun
        What was measured.
    compared : sequence of Comparison
        The same rows simulated with their own stacks; those that count and were simulated are used again.
    many : Many
        Processes to run on.
    declared : mapping, optional
        Bounds and pairs of stacks; those of `neighbours.yaml` if left out.

    Returns
    -------
    list of Transfer
        In the order of the pairs.
    """
    declared = _declared() if declared is None else declared
    stacks = {comparison.software for comparison in compared}
    pairs = [pair for pair in declared["pairs"] if {pair["from"], pair["to"]} <= stacks]
    chosen = {pair["to"]: _chosen(compared, pair["to"]) for pair in pairs}
    published = {row.id: row for row in rows}
    runs = [(published[own.id], pair["from"]) for pair in pairs for own in chosen[pair["to"]]]
    again = iter(many.map_with(Assembler, _compare, runs, WORTHWHILE))
    found = []
    for pair in pairs:
        own = chosen[pair["to"]]
        lent = [next(again) for _ in own]
        if own:
            found.append(
                Transfer(
                    lender=pair["from"],
                    borrower=pair["to"],
                    reason=pair["reason"],
                    count=len(own),
                    simulated=sum(error is not None for error in lent),
                    mean_error=_mean(lent),
                    own_error=_mean([comparison.error for comparison in own]),
                    bound=declared["bounds"]["mean_error"],
                )
            )
    return found


def _chosen(compared: Sequence[Comparison], software: str) -> list[Comparison]:
    """Step times of a stack that were simulated and count, evenly picked if there are many."""
    usable = [
        row
        for row in compared
        if row.software == software and row.metric == "step_time" and row.counts and row.predicted is not None
    ]
    number = min(_MOST, len(usable))
    return [usable[place * len(usable) // number] for place in range(number)]


def _compare(run: tuple[PublishedRun, str], assembler: Assembler) -> float | None:
    """Error of a row's step time with the constants of another stack."""
    row, lender = run
    (error,) = [found.error for found in compare_row(row, assembler, lender) if found.metric == "step_time"]
    return error


def _mean(errors: Sequence[float | None]) -> float | None:
    found = [abs(error) for error in errors if error is not None]
    return math.fsum(found) / len(found) if found else None


def _declared() -> Any:
    from ruamel.yaml import YAML

    text = Path(__file__).with_name("neighbours.yaml").read_text(encoding="utf-8")
    return YAML(typ="safe", pure=True).load(text)
