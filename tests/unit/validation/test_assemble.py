"""From a published row to a scenario: what is assumed, and what is refused."""

from typing import Any

import pytest

from simulator.validation.assemble import Assembled, Assembler
from simulator.validation.parts import NotSimulatedError
from simulator.validation.published import PublishedRun
from simulator.validation.row import compare_row

ASSEMBLER = Assembler()
EXPERTS = {"experts": 8, "top_k": 2, "expert_ffn": 1024}


def published(row: dict[str, Any], dimensions: dict[str, Any] | None) -> PublishedRun:
    fields = {
        key: row[key] for key in ("id", "grade", "axis", "model", "sequence", "hardware", "plan", "measured")
    }
    return PublishedRun(
        **fields, not_stated=tuple(row["not_stated"]), dimensions=dimensions, file="rows.yaml"
    )


def assembled(row: dict[str, Any], dimensions: dict[str, Any] | None) -> Assembled:
    return ASSEMBLER.assemble(published(row, dimensions))


def test_a_fully_stated_row_assumes_nothing(row: dict[str, Any], dimensions: dict[str, Any]) -> None:
    found = assembled(row, dimensions)
    assert found.assumed == ()
    assert found.resolved.model.layers == 8
    assert found.resolved.scenario.parallelism.data == 4


@pytest.mark.parametrize(
    ("software", "assumed"),
    [
        (
            "Megatron-LM 2021",
            ("sharding none", "sequence_parallel false", "virtual_stages 1", "recompute none"),
        ),
        (
            "Megatron-Core 2024",
            ("sharding optimizer", "sequence_parallel true", "virtual_stages 1", "recompute none"),
        ),
    ],
)
def test_open_knobs_take_the_defaults_of_the_stack(
    row: dict[str, Any], dimensions: dict[str, Any], software: str, assumed: tuple[str, ...]
) -> None:
    row["plan"] |= dict.fromkeys(("sharding", "sequence_parallel", "virtual_stages", "recompute"))
    row["plan"]["software"] = software
    assert assembled(row, dimensions).assumed == assumed


def test_open_recomputation_is_the_lightest_that_fits(
    row: dict[str, Any], dimensions: dict[str, Any]
) -> None:
    row["plan"] |= {"recompute": None, "micro_batch": 48, "global_batch": 192}
    assert assembled(row, {**dimensions, "layers": 32}).assumed == ("recompute selective",)


def test_an_unknown_network_is_the_usual_one(row: dict[str, Any], dimensions: dict[str, Any]) -> None:
    row["hardware"]["network"] = "unknown"
    assert assembled(row, dimensions).assumed == ("network ib-hdr-8x200",)


@pytest.mark.parametrize(
    ("block", "change", "why"),
    [
        ("plan", {"context": 2, "data": 2}, "has no fused attention, which context parallelism needs"),
        ("plan", {"context": 2}, "= 2 × 1 × 2 × 4 = 16, the cluster has 8 accelerators; data = 2 fits"),
        ("plan", {"lora": True}, "does not say what its adapters are"),
        ("plan", {"sharding": "parameters"}, "does not shard parameters; sharding: optimizer it does"),
        ("plan", {"precision": "fp8"}, "has no recipe for training in fp8; it trains in bf16, fp16"),
        ("plan", {"tensor": None, "pipeline": None}, "does not state tensor, pipeline"),
        ("plan", {"software": "Unheard-of 1.0"}, "no software stack is like `Unheard-of 1.0`"),
        ("plan", {"global_batch": 9}, "global_batch = 9 is not a multiple"),
        ("hardware", {"accelerator": "abacus"}, "unknown accelerator `abacus`"),
        ("dimensions", {"moe": EXPERTS}, "does not run layers with experts"),
        ("dimensions", {"kind": "encoder"}, "the catalogue must describe models with an encoder"),
    ],
)
def test_what_cannot_be_simulated_says_why(
    row: dict[str, Any], dimensions: dict[str, Any], block: str, change: dict[str, Any], why: str
) -> None:
    (dimensions if block == "dimensions" else row[block]).update(change)
    compared = compare_row(published(row, dimensions), ASSEMBLER)
    assert [(c.metric, c.predicted) for c in compared] == [("step_time", None), ("peak_memory", None)]
    assert all(why in str(c.why_not) for c in compared)


def test_a_model_without_dimensions(row: dict[str, Any]) -> None:
    with pytest.raises(NotSimulatedError, match="no dimensions of model `paper-model`"):
        assembled(row, None)


def test_every_metric_is_compared_in_its_interval(row: dict[str, Any], dimensions: dict[str, Any]) -> None:
    for compared in compare_row(published(row, dimensions), ASSEMBLER):
        assert compared.why_not is None
        assert compared.low < compared.predicted < compared.high  # type: ignore[operator]


def test_the_stack_with_the_longest_match_wins(row: dict[str, Any], dimensions: dict[str, Any]) -> None:
    row["plan"]["software"] = "Megatron-DeepSpeed 2022"
    assert assembled(row, dimensions).resolved.ids["software"] == "megatron-deepspeed-2022"


def test_a_row_is_no_calibration_unless_its_stack_says_so(row: dict[str, Any]) -> None:
    assert not ASSEMBLER.is_calibration(published(row, None))
