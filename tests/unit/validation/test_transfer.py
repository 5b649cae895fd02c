"""The rows of one stack, simulated with the constants of another."""

from typing import Any

import pytest

from simulator.catalogue.origins import Provenance
from simulator.ensemble.many import Many
from simulator.validation.assemble import Assembler
from simulator.validation.compare import Comparison
from simulator.validation.lending import borrowed
from simulator.validation.published import PublishedRun
from simulator.validation.row import compare_row
from simulator.validation.transfer import Transfer, transfer

LENDER, BORROWER = "megatron-lm-2021", "megatron-lm-2022"
DECLARED = {
    "bounds": {"mean_error": 0.1},
    "pairs": [{"from": LENDER, "to": BORROWER, "reason": "one year later"}],
}


def published(row: dict[str, Any], dimensions: dict[str, Any] | None, id: str, software: str) -> PublishedRun:
    fields = {key: row[key] for key in ("grade", "axis", "model", "sequence", "hardware", "measured")}
    plan = {**row["plan"], "software": software}
    return PublishedRun(id=id, plan=plan, not_stated=(), dimensions=dimensions, file="rows.yaml", **fields)


def found(rows: list[PublishedRun]) -> tuple[list[Comparison], list[Transfer]]:
    assembler = Assembler()
    compared = [comparison for row in rows for comparison in compare_row(row, assembler)]
    with Many(jobs=1) as many:
        return compared, transfer(rows, compared, many, DECLARED)


def test_rows_are_simulated_with_the_neighbour(row: dict[str, Any], dimensions: dict[str, Any]) -> None:
    old = published(row, dimensions, "old", "Megatron-LM 2021")
    new = published(row, dimensions, "new", "Megatron-LM 2022")
    compared, (lent,) = found([old, new])
    assert (lent.lender, lent.borrower, lent.count, lent.simulated) == (LENDER, BORROWER, 1, 1)
    own = {c.id: abs(c.error or 0.0) for c in compared if c.metric == "step_time"}
    assert lent.own_error == pytest.approx(own["new"])
    assert lent.mean_error is not None
    assert lent.reached is (lent.mean_error <= 0.1)


def test_fitted_and_estimated_numbers_are_lent_and_facts_stay() -> None:
    assembler = Assembler()
    lender, borrower = (
        assembler.catalogue.load("software", name) for name in ("megatron-lm-2022", "nemo-2025")
    )
    origins = {"host.iteration": Provenance("f", 1, "s", "fitted", None, None),
               "overlap.pipeline": Provenance("f", 1, "s", "datasheet", None, None)}  # fmt: skip
    made = borrowed(borrower, lender, origins).spec
    assert made.host.iteration == lender.spec.host.iteration != borrower.spec.host.iteration
    assert made.overlap.pipeline == borrower.spec.overlap.pipeline != lender.spec.overlap.pipeline
    assert made.layer == borrower.spec.layer


@pytest.mark.parametrize("missing", ["Megatron-LM 2021", "Megatron-LM 2022"])
def test_both_stacks_have_rows(missing: str, row: dict[str, Any], dimensions: dict[str, Any]) -> None:
    there = {"Megatron-LM 2021", "Megatron-LM 2022"} - {missing}
    _, lent = found([published(row, dimensions, "one", there.pop())])
    assert lent == []


def test_at_most_two_dozen_rows_of_a_pair_evenly_picked(row: dict[str, Any]) -> None:
    rows = [published(row, None, str(n), "Megatron-LM 2022") for n in range(100)]
    compared = [
        Comparison(r.id, r.axis, "A", False, "step_time", 1.0, 1.1, software=BORROWER) for r in rows
    ] + [Comparison("old", "scale", "A", False, "step_time", 1.0, 1.1, software=LENDER)]
    with Many(jobs=1) as many:
        (lent,) = transfer(rows, compared, many, DECLARED)
    assert lent.count == 24
    assert lent.own_error == pytest.approx(0.1)
    # The rows have no dimensions: none can be simulated, and the floor is not reached.
    assert (lent.simulated, lent.mean_error, lent.reached) == (0, None, False)
