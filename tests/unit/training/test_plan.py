"""From a scenario to a plan, and every reason why it cannot run."""

import pytest

from simulator.catalogue.problems import SpecError
from simulator.catalogue.scenario import load_scenario
from simulator.training.plan import make_plan, make_shard


def problems(**changes: object) -> list[str]:
    """What is said about the quickstart with settings like `parallelism__tensor=3`."""
    resolved = load_scenario(
        "quickstart", {path.replace("__", "."): value for path, value in changes.items()}
    )
    with pytest.raises(SpecError) as caught:
        make_plan(resolved)
    return [problem.message for problem in caught.value.problems]


NODE = {
    "cluster__system": None,
    "cluster__accelerator": "nvidia-a100-sxm-80gb",
    "cluster__per_node": 8,
    "cluster__scale_up": 8,
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"parallelism__data": 4}, "1 × 1 × 4 = 4, the cluster has 8 accelerators; data = 8 fits"),
        ({"parallelism__pipeline": 3, "parallelism__data": None}, "= 3 does not divide the cluster's 8"),
        ({"cluster__count": 12, "parallelism__data": 12, "training__global_batch": 480}, "not whole nodes"),
        ({"parallelism__sequence_parallel": True}, "sequence parallelism cuts over the tensor group"),
        (
            {"parallelism__tensor": 8, "parallelism__data": 1, "parallelism__sequence_parallel": True,
             "training__sequence_length": 2047},
            "sequence_length = 2047 is not a multiple of tensor = 8",
        ),
        ({"parallelism__schedule": "interleaved"}, "interleaved has 2 or more virtual stages, not 1"),
        ({"training__global_batch": 500}, "data × micro_batch = 8 × 8 = 64; 448 and 512 are"),
        ({"parallelism__overlap_parameters": True}, "parameters are gathered only where they are sharded"),
        ({"software__attention": "flash-9"}, "uses attention `flash-9`"),
        ({"cluster__storage": None}, "a run writes checkpoints: name a store"),
        ({**NODE, "site": None}, "a node written out here has no failure rate"),
        ({**NODE, "run__failures": False}, "a node written out here has no host power"),
        ({"price": "owned-2025", "site": None}, "owned hardware pays for its electricity"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_once(changes: dict[str, object], said: str) -> None:
    (only,) = problems(**changes)
    assert said in only


def test_several_mistakes_are_all_said() -> None:
    found = problems(parallelism__data=4, parallelism__schedule="interleaved", cluster__storage=None)
    assert len(found) == 3


def test_a_tensor_group_must_divide_heads_and_mlp() -> None:
    found = problems(
        model__heads=24, model__kv_heads=8, cluster__count=56, parallelism__tensor=7, parallelism__data=8
    )
    assert [message.split(" of ")[0] for message in found] == [
        "tensor = 7 does not divide heads = 24",
        "tensor = 7 does not divide ffn_hidden = 9216",
        "tensor = 7 and kv_heads = 8 do not divide each other",
    ]


def test_the_interleaved_schedule_needs_whole_rounds() -> None:
    (only,) = problems(
        parallelism__pipeline=4,
        parallelism__virtual_stages=2,
        parallelism__schedule=None,
        parallelism__data=2,
        training__global_batch=96,
    )
    assert "works in rounds of pipeline = 4 micro-batches, a replica has 6" in only


def test_what_is_left_out_is_filled_in() -> None:
    plan = make_plan(
        load_scenario(
            "quickstart", {"parallelism": {"pipeline": 2, "virtual_stages": 2, "sharding": "optimizer"}}
        )
    )
    assert (plan.data, plan.schedule, plan.micro_batches) == (4, "interleaved", 512 // (4 * 8))
    assert plan.layers == (6, 6, 6, 6)
    assert not plan.overlap_gradients


def test_the_vocabulary_is_padded_for_the_tensor_group() -> None:
    resolved = load_scenario("llama3-8b-dgx-h100", {"model.vocab": 50257})
    multiple = resolved.software.vocabulary_multiple * resolved.scenario.parallelism.tensor
    padded = make_shard(resolved).vocab
    assert padded % multiple == 0
    assert 50257 <= padded < 50257 + multiple
