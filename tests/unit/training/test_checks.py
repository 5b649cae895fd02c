"""Combinations that no framework runs are refused with the nearest that one does."""

import pytest

from simulator.catalogue.problems import SpecError
from simulator.catalogue.scenario import load_scenario
from simulator.training.plan import make_plan

STEP_ONLY = {"run": None, "site": None, "price": None}
DENSE = {**STEP_ONLY, "software": "megatron-core-2024", "training.precision": "bf16"}
EXPERTS = {
    **DENSE,
    "model": "mixtral-8x7b",
    "cluster.count": 16,
    "parallelism.data": 16,
    "training.sequence_length": 4096,
}


def problems(base: dict[str, object], changes: dict[str, object]) -> list[str]:
    resolved = load_scenario("quickstart", {**base, **changes})
    with pytest.raises(SpecError) as caught:
        make_plan(resolved)
    return [problem.message for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"parallelism.context": 8, "parallelism.data": 1, "training.sequence_length": 2056},
            "cannot be cut into 16 equal pieces for context = 8 by ring; context = 4 can",
        ),
        ({"parallelism.context": 4096, "parallelism.data": 1, "cluster.count": 4096}, "cannot be cut"),
        (
            {"parallelism.context": 2, "parallelism.data": 4, "training.document_length": 512},
            "packed documents cut over context = 2 are not modelled",
        ),
        ({"parallelism.expert": 2}, "has no experts; leave this out"),
        ({"training.expert_skew": 1.2}, "has no experts; leave this out"),
        ({"parallelism.sharding": "hybrid"}, "set shard_group"),
        ({"parallelism.sharding": "parameters"}, "does not shard parameters; sharding: optimizer it does"),
        ({"parallelism.shard_group": 4}, "only sharding: hybrid has groups, not none"),
        ({"parallelism.pipeline_layers": [23]}, "1 chunks with the 24 layers of"),
        (
            {"parallelism.pipeline": 2, "parallelism.data": 4, "parallelism.schedule": "zb-v"},
            "schedule zb-v has 2 virtual stages, not 1, which goes with gpipe or 1f1b or zb-h1",
        ),
        (
            {"parallelism.pipeline": 4, "parallelism.data": 2, "parallelism.virtual_stages": 2,
             "parallelism.schedule": "dualpipe", "training.global_batch": 64},
            "dualpipe needs 8 micro-batches for 4 stages, a replica has 4; choose global_batch = 128",
        ),
        ({"training.document_length": 4096}, "do not fit into sequences of 2048"),
        ({"training.encoder_length": 512}, "has no encoder; leave this out"),
        ({"training.precision": "int8"}, "has no recipe for training in int8; it trains in bf16, fp16"),
        ({"training.precision": "fp8"}, "does not compute in fp8; it does in bf16, fp16"),
        ({"training.offload": "optimizer"}, "does not update parameters on the host"),
    ],
)  # fmt: skip
def test_a_dense_plan_that_no_framework_runs(changes: dict[str, object], said: str) -> None:
    assert any(said in message for message in problems(DENSE, changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"parallelism.expert": 3}, "expert = 3 does not divide the 8 experts of Mixtral 8x7B; 2 and 4 do"),
        (
            {"parallelism.expert": 8, "parallelism.expert_tensor": 4},
            "does not divide tensor × context × data = 16",
        ),
        ({"parallelism.tensor": 2, "parallelism.data": 8}, "would send the same tokens to experts"),
        ({"training.expert_skew": 1.2, "training.expert_capacity": 1.0}, "leave out expert_skew or"),
        ({"software": "megatron-lm-2021"}, "does not run layers with experts"),
        ({"training.lora": {"rank": 16, "targets": ["qkv"]}}, "adapters beside experts"),
    ],
)  # fmt: skip
def test_experts_that_no_framework_runs(changes: dict[str, object], said: str) -> None:
    assert any(said in message for message in problems(EXPERTS, changes))


def test_an_encoder_has_no_pipeline_yet() -> None:
    base = {**DENSE, "model": "t5-11b", "parallelism.pipeline": 2, "parallelism.data": 4}
    assert any("encoder and a decoder is not modelled" in message for message in problems(base, {}))


def test_one_wrong_degree_is_one_problem() -> None:
    assert len(problems(EXPERTS, {"parallelism.expert": 3})) == 1


def test_the_degree_that_does_not_divide_the_cluster_is_named() -> None:
    changes = {"parallelism.tensor": 2, "parallelism.context": 3, "parallelism.data": 1}
    with pytest.raises(SpecError) as caught:
        make_plan(load_scenario("quickstart", {**DENSE, "parallelism.sequence_parallel": True, **changes}))
    first = caught.value.problems[0]
    assert "tensor × pipeline × context = 2 × 1 × 3 = 6 does not divide the cluster's 8" in first.message
    assert "parallelism.context" in str(first)
