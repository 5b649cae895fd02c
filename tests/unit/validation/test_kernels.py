"""Tables of measured kernel times are compared row by row."""

from pathlib import Path

import pytest

from simulator.catalogue.catalogue import Catalogue
from simulator.catalogue.problems import SpecError
from simulator.machine.kernels import bind_gemm
from simulator.validation.compare import Comparison
from simulator.validation.kernels import compare_kernels

H100 = "nvidia-h100-sxm-80gb"


def table(folder: Path, *rows: str, head: str = "accelerator,dtype,m,n,k,seconds") -> Path:
    path = folder / "table.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def only(path: Path) -> Comparison:
    (row,) = compare_kernels([path])
    return row


def test_a_row_is_predicted_by_the_bound_cost_model(tmp_path: Path) -> None:
    gemm = bind_gemm(Catalogue().load("accelerator", H100).spec, "bf16")
    row = only(table(tmp_path, f"{H100},bfloat16,4096,4096,4096,0.0002"))
    assert row.predicted == gemm.seconds(4096, 4096, 4096)
    assert row.low is not None
    assert row.high is not None
    assert row.low < row.predicted < row.high
    assert (row.metric, row.axis) == ("seconds", "gemm bf16 large")


def test_small_products_have_an_axis_of_their_own(tmp_path: Path) -> None:
    assert only(table(tmp_path, f"{H100},fp8,16,1024,1024,1e-5")).axis == "gemm fp8 small"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("nvidia-h900,bfloat16,64,64,64,1e-5", "unknown accelerator `nvidia-h900`"),
        (f"{H100},fp3,64,64,64,1e-5", "no cost model of format fp3"),
        (f"{H100},nvfp4,64,64,64,1e-5", "has no nvfp4 matrix products"),
    ],
)
def test_what_cannot_be_predicted_says_why(tmp_path: Path, row: str, why: str) -> None:
    found = only(table(tmp_path, row))
    assert found.predicted is None
    assert why in (found.why_not or "")


@pytest.mark.parametrize(
    ("row", "head", "message"),
    [
        (f"{H100},bfloat16,64,64,64,-1", "accelerator,dtype,m,n,k,seconds", "`seconds` is -1"),
        (f"{H100},bfloat16,64,64,fast,1", "accelerator,dtype,m,n,k,seconds", "`k` is `fast`"),
        (f"{H100},bfloat16,64,64,1", "accelerator,dtype,m,n,seconds", "columns are missing"),
    ],
)
def test_bad_tables_are_refused_with_the_place(tmp_path: Path, row: str, head: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        compare_kernels([table(tmp_path, row, head=head)])
