"""Simulated against measured: errors of single rows and figures over them."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Comparison:
    """One metric of one row.

    Attributes
    ----------
    measured, predicted : float
        In the metric's unit; no prediction for a row that cannot be simulated.
    error : float or None
        (predicted − measured) ÷ measured [1].
    low, high : float or None
        80 % interval, in the metric's unit.
    why_not : str or None
        Why there is no prediction.
    assumed : tuple of str
        What the source does not state and was assumed.
    software : str or None
        Software stack the row was matched to, or was simulated with in its place.
    accelerator : str or None
        Accelerator the row names.
    """

    id: str
    axis: str
    grade: str
    calibration: bool
    metric: str
    measured: float
    predicted: float | None = None
    low: float | None = None
    high: float | None = None
    why_not: str | None = None
    assumed: tuple[str, ...] = ()
    software: str | None = None
    accelerator: str | None = None

    @property
    def error(self) -> float | None:
        """Signed relative error [1].

        >>> Comparison("r", "a", "A", False, "step_time", 10.0, 9.5).error
        -0.05
        """
        return None if self.predicted is None else (self.predicted - self.measured) / self.measured

    @property
    def family(self) -> str:
        """What a metric is one figure of: `ttft` of its mean and quantiles, `throughput` of all rates.

        >>> Comparison("r", "a", "A", False, "tpot_p99", 10.0).family
        'tpot'
        """
        return "throughput" if self.metric.endswith("per_second") else self.metric.split("_")[0]

    @property
    def counts(self) -> bool:
        """Whether the row enters any figure: calibration rows and grade C do not."""
        return not self.calibration and self.grade != "C"

    def as_dict(self) -> dict[str, Any]:
        """The comparison as JSON has it."""
        return {**asdict(self), "error": self.error, "assumed": list(self.assumed)}


def figures(rows: Sequence[Comparison]) -> dict[str, Any]:
    """Count, share simulated, median, 90th percentile and mean of the absolute error, bias and coverage.

    Examples
    --------
    >>> rows = [Comparison("r", "a", "A", False, "step_time", 10.0, p) for p in (9.0, 10.5)]
    >>> {k: round(v, 3) for k, v in figures(rows).items() if v is not None}
    {'count': 2, 'simulated': 2, 'median_error': 0.075, 'p90_error': 0.095, 'mean_error': 0.075, 'bias':
    -0.025}
    """
    counted = [row for row in rows if row.counts]
    signed = [row.error for row in counted if row.error is not None]
    absolute = [abs(error) for error in signed]
    inside = [
        row.low <= row.measured <= row.high for row in counted if row.low is not None and row.high is not None
    ]
    return {
        "count": len(counted),
        "simulated": len(signed),
        "median_error": median(absolute) if absolute else None,
        "p90_error": float(np.quantile(absolute, 0.9)) if absolute else None,
        "mean_error": math.fsum(absolute) / len(absolute) if absolute else None,
        "bias": median(signed) if signed else None,
        "coverage80": sum(inside) / len(inside) if inside else None,
    }
