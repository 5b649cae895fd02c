"""What a calibration found: parameters, what they leave, and what could not be fitted."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SMALLEST_SPREAD = 0.03
"""Spread below which no fit is trusted: the same kernel differs by as much between two chips [1]."""


@dataclass(frozen=True)
class Residuals:
    """Relative errors of predicted times.

    Attributes
    ----------
    median, p90 : float
        Median and 90th percentile of the absolute error [1].
    large : float or None
        Median above 2e10 FLOP, none where that does not apply or no row is as large [1].
    """

    median: float
    p90: float
    large: float | None = None

    @classmethod
    def of(
        cls,
        predicted: NDArray[np.float64],
        measured: NDArray[np.float64],
        large: NDArray[np.bool_] | None = None,
    ) -> "Residuals":
        """Compare times.

        >>> import numpy as np
        >>> Residuals.of(np.array([1.1, 2.0, 2.7]), np.array([1.0, 2.0, 3.0]))
        Residuals(median=0.1, p90=0.1, large=None)
        """
        error = np.abs(predicted / measured - 1.0)
        figures = [float(np.median(error)), float(np.quantile(error, 0.9))]
        if large is not None and large.any():
            figures.append(float(np.median(error[large])))
        return cls(*(round(figure, 4) for figure in figures))


@dataclass(frozen=True)
class Fitted:
    """One set of parameters.

    Attributes
    ----------
    path : tuple of str
        Where the entry has them.
    parameters : dict
        Values by field, in SI units.
    written : dict
        The same as a file has them, with units.
    rows : int
        Rows fitted [1].
    after, before : Residuals
        Errors with these parameters and with the entry's old ones; none if it had none.
    remark : str
        What a reader should know besides, empty if nothing.
    assumed : dict of str to str
        Values among `written` that the rows do not tell, each with the reason for it.
    """

    path: tuple[str, ...]
    parameters: Mapping[str, object]
    written: Mapping[str, object]
    rows: int
    after: Residuals
    before: Residuals | None = None
    remark: str = ""
    assumed: Mapping[str, str] | None = None

    @property
    def spread(self) -> float:
        """Relative standard deviation that the entry states [1]."""
        return max(SMALLEST_SPREAD, round(self.after.median, 3))


@dataclass(frozen=True)
class Skipped:
    """Rows that were not fitted."""

    path: tuple[str, ...]
    rows: int
    reason: str


@dataclass(frozen=True)
class Calibration:
    """All that one command fitted.

    Attributes
    ----------
    kind : str
        Kind of the entry, `accelerator` or `collectives`.
    id, name : str
        The entry whose parameters were fitted.
    source : str
        What was measured, as the entry cites it.
    fitted, skipped : tuple
        In the order of their paths.
    """

    kind: str
    id: str
    name: str
    source: str
    fitted: tuple[Fitted, ...]
    skipped: tuple[Skipped, ...] = ()
