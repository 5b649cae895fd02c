"""Fits every variant in a kernel table to the entry of one accelerator."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.calibration.bound import fit_variant, predict_variant
from simulator.calibration.cited import cited
from simulator.calibration.fits import GENERATIONS, LARGE
from simulator.calibration.outcome import Calibration, Fitted, Residuals, Skipped
from simulator.calibration.predict import column, is_backward
from simulator.calibration.tables import FEWEST, KernelRow, TableKind, enough, read_table
from simulator.calibration.variants import Variant, obstacle, variant_of
from simulator.calibration.written import written
from simulator.catalogue.catalogue import Catalogue, Entry
from simulator.catalogue.problems import Problem, SpecError
from simulator.machine.kernels import UnsupportedError, kernels_of
from simulator.spec.accelerator import Accelerator, Kernels


def calibrate_kernels(
    path: Path,
    kind: TableKind,
    accelerator: str,
    generations: int = GENERATIONS,
    say: Callable[[str], None] | None = None,
) -> Calibration:
    """Fit the rows of one accelerator.

    Parameters
    ----------
    path : Path
        The table.
    kind : str
        Kind of table that is expected.
    accelerator : str
        Id, alias or path of the entry; rows that name no accelerator count as its own.
    generations : int
        Rounds of the search [1].
    say : callable, optional
        Takes words for what is being fitted.

    Returns
    -------
    Calibration
        At least one set of parameters.

    Raises
    ------
    SpecError
        If the table or the entry cannot be used, or nothing in it can be fitted.
    UnsupportedError
        If the entry has no kernel parameters that new ones could be laid over.
    """
    entry = Catalogue().load("accelerator", accelerator)
    chip: Accelerator = entry.spec
    kernels_of(chip)
    rows = _own(read_table(path, kind), kind, entry, path)
    groups: dict[Variant, list[KernelRow]] = defaultdict(list)
    for row in rows:
        groups[variant_of(row)].append(row)
    fitted, skipped = [], []
    for variant, group in sorted(groups.items()):
        members = fastest(group) if kind == "expert" else group
        if reason := obstacle(variant, chip) or _too_few(variant, members):
            skipped.append(Skipped(variant.path, len(members), reason))
            continue
        if say:
            say(f"fitting {'.'.join(variant.path)} to {len(members):,} rows")
        fitted.append(_fitted(members, chip, variant, generations))
    if not fitted:
        if len(skipped) == 1 and not obstacle(next(iter(groups)), chip):
            enough(rows, path, ".".join(skipped[0].path))
        raise SpecError(
            *(Problem(str(path), f"{'.'.join(s.path)}, {s.rows} rows: {s.reason}") for s in skipped)
        )
    return Calibration("accelerator", entry.id, chip.name, cited([path]), tuple(fitted), tuple(skipped))


def _own(rows: Sequence[KernelRow], kind: TableKind, entry: Entry, path: Path) -> list[KernelRow]:
    """The rows of the accelerator; says what the table has if there are none."""
    if not rows:
        raise SpecError(Problem(str(path), "the table has a header and no rows"))
    if rows[0].kind != kind:
        hint = f"`scalewall calibrate {rows[0].kind}` reads it"
        message = f"a table of {rows[0].kind} times, {kind} is due"
        raise SpecError(Problem(str(path), message, 1, 1, hint=hint))
    names = {"", entry.id, *entry.spec.aliases}
    own = [row for row in rows if row.accelerator in names]
    if not own:
        others = ", ".join(sorted({row.accelerator for row in rows})[:8])
        raise SpecError(Problem(str(path), f"no row of {entry.id}", hint=f"the table has {others}"))
    return own


def fastest(rows: Sequence[KernelRow]) -> list[KernelRow]:
    """The fastest kernel of each case: where a library has several, it takes that one."""
    best: dict[tuple[object, ...], KernelRow] = {}
    for row in rows:
        case = (row.texts["routing"], *row.numbers.values())
        if case not in best or row.seconds < best[case].seconds:
            best[case] = row
    return list(best.values())


def _too_few(variant: Variant, rows: Sequence[KernelRow]) -> str:
    """Backward rows alone say nothing of the forward rate."""
    count = int((~is_backward(rows)).sum()) if variant.block == "attention" else len(rows)
    forward = " of phase `context`" if count < len(rows) else ""
    return f"{count} rows{forward} are too few to fit; {FEWEST} is the least" if count < FEWEST else ""


def _fitted(rows: Sequence[KernelRow], chip: Accelerator, variant: Variant, generations: int) -> Fitted:
    fit = fit_variant(rows, chip, variant, generations)
    parameters, assumed = _complete(fit.parameters, chip, variant)
    stated = written("accelerator", variant.path, parameters)
    before = None
    with suppress(UnsupportedError):  # the entry may have had nothing for this variant
        before = _residuals(rows, chip, variant)
    after = _residuals(rows, _with(chip, variant, stated), variant)
    return Fitted(variant.path, parameters, stated, len(rows), after, before, assumed=assumed)


def _complete(
    found: dict[str, object], chip: Accelerator, variant: Variant
) -> tuple[dict[str, object], dict[str, str]]:
    """Add a backward rate where none was measured: its share of the forward rate stays what it was."""
    if variant.block != "attention" or "backward_efficiency" in found:
        return found, {}
    known = kernels_of(chip).attention
    name = variant.name if variant.name in known else next(iter(known), "")
    if not name:
        message = "has no attention whose backward rate could be followed"
        raise SpecError(Problem(chip.name, message, hint="add rows of phase `backward`"))
    share = known[name].backward_efficiency / known[name].forward_efficiency
    backward = float(f"{min(1.0, float(str(found['forward_efficiency'])) * share):.3g}")
    why = f"not measured; the share of the forward rate that `{name}` of {chip.name} had"
    return {**found, "backward_efficiency": backward}, {"backward_efficiency": why}


def _residuals(rows: Sequence[KernelRow], chip: Accelerator, variant: Variant) -> Residuals:
    measured = np.array([row.seconds for row in rows])
    return Residuals.of(predict_variant(rows, chip, variant), measured, _large(rows, variant))


def _large(rows: Sequence[KernelRow], variant: Variant) -> NDArray[np.bool_] | None:
    if variant.block != "gemm":
        return None
    flops = 2.0 * np.prod([column(rows, name) for name in "mnk"], axis=0)
    return np.asarray(flops > LARGE)


def _with(chip: Accelerator, variant: Variant, stated: dict[str, object]) -> Accelerator:
    """The accelerator as if its entry stated these parameters."""
    data: dict[str, Any] = {"kernels": kernels_of(chip).model_dump(mode="json")}
    block = data
    for key in variant.path:
        block = block.setdefault(key, {})
    block.update(stated)
    return chip.model_copy(update={"kernels": Kernels.model_validate(data["kernels"])})
