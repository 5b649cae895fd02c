"""Errors of single rows and figures over them."""

import pytest

from simulator.validation.compare import Comparison, figures


def compared(
    measured: float, predicted: float | None, grade: str = "A", calibration: bool = False
) -> Comparison:
    low, high = (None, None) if predicted is None else (0.95 * predicted, 1.05 * predicted)
    return Comparison("row", "axis", grade, calibration, "step_time", measured, predicted, low, high)


ROWS = [compared(10.0, 9.0), compared(10.0, 10.2), compared(10.0, 10.4), compared(10.0, None)]


def test_the_error_is_signed_and_relative_to_the_measurement() -> None:
    assert [row.error for row in ROWS] == pytest.approx([-0.1, 0.02, 0.04, None])


def test_figures_over_rows() -> None:
    assert figures(ROWS) == pytest.approx(
        {
            "count": 4,
            "simulated": 3,
            "median_error": 0.04,
            "p90_error": 0.088,
            "mean_error": 0.16 / 3,
            "bias": 0.02,
            "coverage80": 2 / 3,
        }
    )


def test_calibration_rows_and_grade_c_never_count() -> None:
    left_out = [compared(10.0, 99.0, grade="C"), compared(10.0, 99.0, calibration=True)]
    assert figures(ROWS + left_out) == figures(ROWS)


def test_no_rows_have_no_figures() -> None:
    found = figures([])
    assert found.pop("count") == found.pop("simulated") == 0
    assert set(found.values()) == {None}
