"""Fits find the parameters that tables were made with, and say what they cannot fit."""

from pathlib import Path
from typing import Any

import pytest

from simulator.calibration.kernels import calibrate_kernels, fastest
from simulator.calibration.outcome import Calibration, Fitted
from simulator.calibration.tables import TableKind, read_table
from simulator.catalogue.catalogue import Catalogue
from simulator.catalogue.problems import SpecError
from simulator.cost.attention import FusedAttention
from simulator.cost.decode import DecodeAttention
from simulator.machine.kernels import bind_expert
from tests.measured import H100, gemm_table, write

QUICK = 30
"""Generations that find the parameters of exact tables well enough for a test."""


def calibrated(path: Path, kind: TableKind) -> Calibration:
    return calibrate_kernels(path, kind, H100, QUICK)


def only(found: Calibration) -> Fitted:
    (fitted,) = found.fitted
    return fitted


def attention_row(**more: object) -> dict[str, object]:
    return {"attn_dtype": "bfloat16", "kv_dtype": "bfloat16", "head_dim": 128, **more}


def prefill_table(path: Path, phases: tuple[str, ...] = ("context",), **more: object) -> Path:
    chip = Catalogue().load("accelerator", H100).spec
    peak = chip.compute.peak["bf16"]
    true = FusedAttention(0.45 * peak, 0.3 * peak, 900.0, 2e-5)
    rows = [
        attention_row(
            phase=phase, heads=h, kv_heads=h, batch_size=b, query_tokens=s, kv_tokens=s,
            seconds=true.seconds(b, h, s, s, 128, backward=phase == "backward"), **more,
        )
        for phase in phases for h in (8, 32) for b in (1, 8) for s in (256, 1024, 2048, 4096, 16384)
    ]  # fmt: skip
    return write(path, rows)


def test_a_gemm_fit_finds_what_the_table_was_made_with(tmp_path: Path) -> None:
    fitted = only(calibrated(gemm_table(tmp_path / "t.csv"), "gemm"))
    assert fitted.path == ("kernels", "gemm", "bf16")
    assert (fitted.rows, fitted.parameters["efficiency"]) == (24, pytest.approx(0.7, rel=0.05))
    assert fitted.parameters["launch"] == pytest.approx(6e-6, rel=0.25)
    assert fitted.after.median < 0.03
    assert fitted.spread == 0.03
    assert fitted.before is not None
    assert fitted.before.median > 0.1


def test_the_same_table_gives_the_same_fit(tmp_path: Path) -> None:
    path = gemm_table(tmp_path / "t.csv")
    assert calibrate_kernels(path, "gemm", "h100", 3) == calibrate_kernels(path, "gemm", "h100", 3)


def test_only_rows_of_the_accelerator_count_and_those_that_name_none(tmp_path: Path) -> None:
    own = gemm_table(tmp_path / "own.csv", accelerator="h100")
    silent = gemm_table(tmp_path / "silent.csv", accelerator="")
    other = gemm_table(tmp_path / "other.csv", accelerator="nvidia-a100-sxm-80gb")
    assert [only(calibrate_kernels(path, "gemm", H100, 1)).rows for path in (own, silent)] == [24, 24]
    with pytest.raises(SpecError, match=f"no row of {H100}; the table has nvidia-a100-sxm-80gb"):
        calibrated(other, "gemm")


@pytest.mark.parametrize(
    ("dtype", "said"),
    [("fp3", "no cost model of format `fp3`"), ("nvfp4", "states no fp4 peak; it states fp64")],
)
def test_a_format_that_cannot_be_fitted_says_why(tmp_path: Path, dtype: str, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        calibrated(gemm_table(tmp_path / "t.csv", dtype=dtype), "gemm")


def test_what_can_be_fitted_is_and_the_rest_is_listed(tmp_path: Path) -> None:
    good = gemm_table(tmp_path / "good.csv").read_text(encoding="utf-8")
    bad = gemm_table(tmp_path / "bad.csv", dtype="nvfp4").read_text(encoding="utf-8").split("\n", 1)[1]
    both = tmp_path / "both.csv"
    both.write_text(good + bad + "fp8,1,1,1,1\n", encoding="utf-8")
    found = calibrate_kernels(both, "gemm", H100, 1)
    assert only(found).path[-1] == "bf16"
    assert [(skipped.path[-1], skipped.rows) for skipped in found.skipped] == [("fp8", 1), ("nvfp4", 24)]
    assert found.skipped[0].reason.startswith("1 rows are too few to fit")


def test_a_table_of_another_kind_leads_to_its_command(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="a table of gemm times, expert is due; `scalewall calibrate gemm`"):
        calibrated(gemm_table(tmp_path / "t.csv"), "expert")


def test_without_backward_rows_the_backward_rate_keeps_its_share(tmp_path: Path) -> None:
    fitted = only(calibrated(prefill_table(tmp_path / "t.csv"), "attention"))
    old = Catalogue().load("accelerator", H100).spec.kernels.attention["cudnn"]
    assert fitted.path == ("kernels", "attention", "cudnn")
    assert fitted.parameters["forward_efficiency"] == pytest.approx(0.45, rel=0.03)
    share = old.backward_efficiency / old.forward_efficiency
    assert fitted.parameters["backward_efficiency"] == pytest.approx(0.45 * share, rel=0.03)
    assert "backward_efficiency" in (fitted.assumed or {})


def test_backward_rows_give_the_backward_rate_of_the_implementation_they_name(tmp_path: Path) -> None:
    table = prefill_table(tmp_path / "t.csv", ("context", "backward"), kernel="flash-2")
    fitted = only(calibrated(table, "attention"))
    assert fitted.path[-1] == "flash-2"
    assert fitted.parameters["backward_efficiency"] == pytest.approx(0.3, rel=0.03)
    assert not fitted.assumed


def test_backward_rows_alone_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="0 rows of phase `context` are too few"):
        calibrated(prefill_table(tmp_path / "t.csv", ("backward",)), "attention")


def test_decode_is_fitted_by_format_of_the_cache(tmp_path: Path) -> None:
    true = DecodeAttention(0.8 * 3.35e12, 132, 1e7, 0.0, 9e-6, 2.0)
    rows = [
        attention_row(
            phase="generation", heads=32, kv_heads=8, batch_size=b, query_tokens=1, kv_tokens=t,
            seconds=true.seconds(b, 8, t, 128),
        )
        for b in (1, 4, 16, 64, 256) for t in (128, 1024, 4096, 16384)
    ]  # fmt: skip
    fitted = only(calibrated(write(tmp_path / "t.csv", rows), "attention"))
    assert fitted.path == ("kernels", "decode", "bf16")
    assert fitted.after.median < 0.05
    assert fitted.written["launch"] == f"{float(str(fitted.parameters['launch'])) * 1e6:g} us"


def expert_rows(**more: object) -> list[dict[str, Any]]:
    layer = bind_expert(Catalogue().load("accelerator", H100).spec, "bf16")
    return [
        {
            **more, "dtype": "bfloat16", "hidden": h, "expert_ffn": 1536, "experts": 8, "top_k": 8,
            "tensor": 1, "expert": 1, "routing": "balanced", "tokens": t,
            "seconds": float(layer.seconds([float(t)] * 8, t, h, 1536)),
        }
        for h in (2048, 4096) for t in (1, 8, 32, 64, 128, 256, 512, 1024, 2048, 4096)
    ]  # fmt: skip


def test_experts_are_fitted(tmp_path: Path) -> None:
    fitted = only(calibrated(write(tmp_path / "t.csv", expert_rows()), "expert"))
    assert fitted.path == ("kernels", "expert", "bf16")
    assert fitted.after.median < 0.05


def test_of_several_expert_kernels_the_fastest_counts(tmp_path: Path) -> None:
    slow = [{**row, "kernel": "b", "seconds": row["seconds"] * 2} for row in expert_rows()]
    rows = read_table(
        write(tmp_path / "t.csv", [*expert_rows(kernel="a"), *[{"kernel": "b"} | r for r in slow]])
    )
    assert {row.texts["kernel"] for row in fastest(rows)} == {"a"}
    assert len(fastest(rows)) == 20


def test_copies_give_bandwidth_and_launch(tmp_path: Path) -> None:
    rows = [
        {"operation": "copy", "bytes": 2**i, "seconds": 4e-6 + 2**i / (0.9 * 3.35e12)} for i in range(11, 31)
    ]
    fitted = only(calibrated(write(tmp_path / "t.csv", rows), "memory"))
    assert fitted.path == ("kernels",)
    assert fitted.parameters["memory_efficiency"] == pytest.approx(0.9, rel=0.01)
    assert fitted.parameters["launch"] == pytest.approx(4e-6, rel=0.01)
