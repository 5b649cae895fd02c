"""Fits a collective library on one kind of scale-up link to nccl-tests results."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.calibration.cited import cited
from simulator.calibration.fits import GENERATIONS
from simulator.calibration.nccl import CollectiveRow, read_log
from simulator.calibration.outcome import Calibration, Fitted, Residuals
from simulator.calibration.search import minimise
from simulator.calibration.tables import FEWEST
from simulator.calibration.written import written
from simulator.catalogue.catalogue import Catalogue
from simulator.catalogue.problems import Problem, SpecError
from simulator.cost.collective import CollectiveLibrary, Group, Rates
from simulator.spec.collectives import LinkPerformance

Values = NDArray[np.float64]

_GAIN = 1.02
"""Smallest factor that reduction in the switch must gain, and leave of error, to be told from noise [1]."""


def calibrate_collectives(
    logs: Sequence[Path],
    accelerator: str,
    library: str = "nccl",
    operation: str | None = None,
    ranks: int | None = None,
    generations: int = GENERATIONS,
) -> Calibration:
    """Fit `scale_up.<link>` of a collective library.

    Parameters
    ----------
    logs : sequence of Path
        Outputs of nccl-tests, each run within one scale-up domain.
    accelerator : str
        Entry with the link and its bandwidth.
    library : str
        Entry of the collective library.
    operation, ranks
        As for `read_log`.
    generations : int
        Rounds of the search [1].

    Returns
    -------
    Calibration
        Parameters of one link.

    Raises
    ------
    SpecError
        If a log or an entry cannot be used, or there are too few results.
    """
    chip = Catalogue().load("accelerator", accelerator).spec
    entry = Catalogue().load("collectives", library)
    rows = [row for log in logs for row in read_log(log, operation, ranks)]
    if len(rows) < FEWEST:
        message = f"{len(rows)} results of 1 KiB and more are too few to fit; {FEWEST} is the least"
        raise SpecError(Problem(", ".join(map(str, logs)), message, hint="run from 1K to 4G, factor 2"))
    link, bandwidth = chip.scale_up.link, chip.scale_up.bandwidth
    old: LinkPerformance | None = entry.spec.scale_up.get(link)
    found, remark = _fit(rows, bandwidth, old, generations)
    measured = np.array([row.seconds for row in rows])
    path = ("scale_up", link)
    before = None if old is None else Residuals.of(_times(rows, bandwidth, old), measured)
    after = Residuals.of(_times(rows, bandwidth, found), measured)
    parameters = found.model_dump(exclude_defaults=True)
    stated = written("collectives", path, parameters)
    fitted = Fitted(path, parameters, stated, len(rows), after, before, remark)
    return Calibration("collectives", entry.id, entry.spec.name, cited(list(logs)), (fitted,))


def _fit(
    rows: Sequence[CollectiveRow], bandwidth: float, old: LinkPerformance | None, generations: int
) -> tuple[LinkPerformance, str]:
    """The link, with reduction in the switch where all-reduce is that much faster than a ring."""
    steps = {(2 if row.operation == "all_reduce" else 1) * (row.ranks - 1) for row in rows}
    # With one number of steps, start and steps cannot be told apart.
    step = None if len(steps) > 1 else (old.step if old else 0.0)
    remark = "" if step is None else "one number of steps was measured, so that `step` is not fitted"
    measured = np.log([row.seconds for row in rows])
    bounds = [(0.1, 1.0), (0.0, 1e-4), (0.0, 2e-5 if step is None else 0.0), (0.0, 1e8)]

    def best(from_ranks: int | None) -> tuple[float, LinkPerformance]:
        def loss(p: Values) -> float:
            times = _times(rows, bandwidth, _link(p, step, from_ranks))
            return float(np.abs(np.log(times) - measured).mean())

        found = minimise(loss, bounds if from_ranks is None else [*bounds, (1.0, 2.0)], generations)
        return loss(found), _link(found, step, from_ranks, digits=3)

    plain = best(None)
    reduced = {row.ranks for row in rows if row.operation == "all_reduce"}
    rings = {row.ranks for row in rows if row.operation in ("all_gather", "reduce_scatter")}
    # Only beside a ring of as many members does a faster all-reduce show.
    gains = [best(ranks) for ranks in sorted(reduced & rings) if ranks > 2]
    better = min(gains, key=lambda gain: gain[0], default=plain)
    if better[0] * _GAIN < plain[0] and better[1].switch_reduction > _GAIN:
        return better[1], remark
    return plain[1], remark


def _link(p: Values, step: float | None, from_ranks: int | None, digits: int = 17) -> LinkPerformance:
    efficiency, base, fitted_step, ramp, *gain = (float(f"{value:.{digits}g}") for value in p)
    values: dict[str, Any] = {
        "efficiency": efficiency,
        "base": base,
        "step": fitted_step if step is None else step,
        "ramp": ramp,
        **({} if from_ranks is None else {"switch_reduction": gain[0], "switch_reduction_ranks": from_ranks}),
    }
    # Durations and sizes are numbers already, which the validator would refuse.
    return LinkPerformance.model_construct(None, **values)


def _times(rows: Sequence[CollectiveRow], bandwidth: float, link: LinkPerformance) -> Values:
    """Times within one scale-up domain [s]."""
    library = CollectiveLibrary(
        base_up=link.base,
        step_up=link.step,
        ramp_up=link.ramp,
        switch_reduction=link.switch_reduction,
        switch_reduction_ranks=link.switch_reduction_ranks,
        # Nothing leaves the domain.
        base_out=0.0,
        ring_step=0.0,
        tree_step=0.0,
        ramp_out=0.0,
        tree_efficiency=1.0,
    )
    rates = Rates(link.efficiency * bandwidth, 0.0)

    def seconds(row: CollectiveRow) -> float:
        return library.transfer(row.operation, row.size, Group(row.ranks, row.ranks), rates).seconds(rates)

    return np.array([seconds(row) for row in rows])
