"""The traps of published hardware facts: numbers that look right, planted and found."""

from pathlib import Path
from typing import Any

import pytest

from simulator.catalogue.catalogue import Catalogue
from simulator.catalogue.check import check
from simulator.catalogue.problems import Problem

CATALOGUE = Catalogue()
HEAD = "format: 1\nkind: {kind}\nname: Mine\nextends: {parent}\nsources: {{a: {source}}}\nstatus: datasheet\n"
FOLDER = {"accelerator": "accelerators", "system": "systems", "network": "networks"}


def spec(kind: str, id: str) -> Any:
    return CATALOGUE.load(kind, id).spec


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)

    def call(parent: str, body: str, kind: str = "accelerator", source: str = "A datasheet") -> list[Problem]:
        path = tmp_path / "hardware" / FOLDER[kind] / "mine.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = HEAD.format(kind=kind, parent=parent, source=source)
        path.write_text(f"{text}{body}\n", encoding="utf-8")
        return check([path])

    return call


def codes(problems: list[Problem]) -> set[str]:
    return {p.message[-4:-1] for p in problems}


@pytest.mark.parametrize(
    ("parent", "body", "code"),
    [
        # sparse for dense
        ("nvidia-a100-sxm-80gb", "compute: {peak: {bf16: 624 TFLOP/s}}", "E02"),
        ("amd-mi300x-192gb", "compute: {peak: {fp8: 5230 TFLOP/s}}", "E02"),
        ("aws-trainium2-96gb", "compute: {peak: {bf16: 2563 TFLOP/s}}", "E02"),
        # sparsity does not double the fp4 of Blackwell Ultra
        ("nvidia-gb300-279gb", "compute: {peak: {fp4: 20 PFLOP/s}}", "E02"),
        ("nvidia-b300-sxm-270gb", "compute: {peak: {int8: 4500 TFLOP/s}}", "E02"),
        # announced peaks that are probably sparse
        ("amd-mi455x-432gb", "compute: {peak: {fp8: 20 PFLOP/s}}", "E02"),
        # fp8 on parts that lack it is that of bf16
        ("google-tpu-v7", "compute: {peak: {fp8: 2307 TFLOP/s}}", "E02"),
        # the highest clock is not the one of the peak
        ("nvidia-h100-sxm-80gb", "compute: {clock: 1980 MHz}", "E02"),
        ("nvidia-b200-sxm-180gb", "compute: {clock: 1965 MHz}", "E02"),
        # both directions
        ("nvidia-h100-sxm-80gb", "scale_up: {bandwidth: 900 GB/s}", "E03"),
        ("amd-mi300x-192gb", "scale_up: {bandwidth: 896 GB/s}", "E03"),
        # sums of both directions in benchmarks, and gains of reductions in the switch
        ("nvidia-h100-sxm-80gb", "scale_up: {bandwidth: 672 GB/s}", "E03"),
        ("nvidia-h100-sxm-80gb", "scale_up: {bandwidth: 480 GB/s}", "E03"),
    ],
)
def test_peaks_clocks_and_links(trap: Any, parent: str, body: str, code: str) -> None:
    assert code in codes(trap(parent, body))


@pytest.mark.parametrize("peak", ["330 TFLOP/s", "661 TFLOP/s"])
def test_peaks_that_sum_in_fp16_or_are_sparse(trap: Any, peak: str) -> None:
    own = spec("family", "ada").parts["nvidia-rtx-4090-24gb"]
    assert own.operations["bf16"] * 2 == spec("family", "ada").operations["bf16"]
    path = Path("hardware/accelerators/nvidia-rtx-4090-24gb.yaml")
    text = (Path(__file__).parents[3] / path).read_text(encoding="utf-8")
    path.parent.mkdir(parents=True)
    path.write_text(text.replace("bf16: 165.2 TFLOP/s", f"bf16: {peak}"), encoding="utf-8")
    assert "E02" in codes(check([path]))


def test_gb_on_a_label_are_gib(trap: Any) -> None:
    assert spec("accelerator", "nvidia-a100-sxm-80gb").memory.capacity < 80 * 2**30
    found = trap(
        "nvidia-a100-sxm-80gb", "memory: {capacity: 72 GB}\nname: Mine 80 GB".replace("name", "note")
    )
    assert found == []  # no size in name or id: nothing to compare with
    path = Path("hardware/accelerators/mine-80gb.yaml")
    path.write_text(
        HEAD.format(kind="accelerator", parent="nvidia-a100-sxm-80gb", source="A datasheet")
        + "memory: {capacity: 87 GB}\n",
        encoding="utf-8",
    )
    assert codes(check([path])) == {"W04"}


def test_a_mesh_gives_a_pair_one_link_only() -> None:
    link = spec("family", "cdna3").links["xGMI3"]
    assert link.rate == 64e9
    assert link.rate * link.most == spec("accelerator", "amd-mi300x-192gb").scale_up.bandwidth


@pytest.mark.parametrize("efficiency", ["1.07", "90"])
def test_bus_bandwidth_above_the_line_rate_is_no_efficiency(trap: Any, efficiency: str) -> None:
    # Neither reductions in the switch, nor two nodes, nor traffic counted twice make a link faster.
    found = trap("ib-ndr-8x400", f"efficiency: {efficiency}", "network")
    assert [p.severity for p in found] == ["error"]


def test_the_nameplate_is_not_what_training_draws(trap: Any) -> None:
    node = spec("system", "dgx-h100")
    limit = spec("accelerator", node.accelerator).power.limit
    assert node.per_node * limit + node.host.active_power < 0.85 * 10.2e3
    assert codes(trap("dgx-h100", "host: {active_power: 4.6 kW}", "system")) == {"W22"}


def test_the_failure_rate_comes_from_counts() -> None:
    assert spec("system", "dgx-h100").reliability.mtbf / 86400 == pytest.approx(2048 * 54 / 419, rel=0.01)


def test_a_wafer_has_no_announced_sparse_peak() -> None:
    wafer = spec("accelerator", "cerebras-wse-3")
    assert all(peak < 60e15 for peak in wafer.compute.peak.values())
    assert wafer.origins["compute.peak.fp16"].status == "estimated"


def test_a_publication_known_for_wrong_numbers_is_doubted(trap: Any) -> None:
    assert codes(trap("nvidia-h100-nvl-94gb", "", source="gpu.blog/h100-nvl")) == {"W02"}
