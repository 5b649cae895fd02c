"""Memory of a rank against published formulas."""

import pytest

from simulator.spec.training import Recompute
from simulator.training.memory import fullest_stage, layer_activations, stage_memory
from simulator.training.parameters import rank_parameters
from simulator.workload.kinds import LayerKind
from simulator.workload.shard import Shard
from tests.builders import a_machine, a_plan, a_shard, part

STACK = part("software", "megatron-lm-2022")
PLAIN = LayerKind()
S, B, H, A = 2048, 4, 1024, 16
SBH, SCORES = S * B * H, 5 * A * S / H


def gpt(tensor: int = 1, sequence_parallel: bool = False) -> Shard:
    return a_shard(batch=B, sequence=S, tensor=tensor, sequence_parallel=sequence_parallel)


@pytest.mark.parametrize(
    ("shard", "recompute", "per_sbh"),
    [
        (gpt(), "none", 34 + SCORES),  # equation 1
        (gpt(8), "none", 10 + 24 / 8 + SCORES / 8),  # equation 2
        (gpt(8, True), "none", (34 + SCORES) / 8),  # equation 4
        (gpt(8, True), "selective", 34 / 8),  # equation 6
        (gpt(8), "selective", 10 + 24 / 8),
        (gpt(8), "full", 2),  # table 2
    ],
)
def test_activations_are_those_of_korthikanti_2022(
    shard: Shard, recompute: Recompute, per_sbh: float
) -> None:
    # arXiv:2205.05198, section 4.
    assert layer_activations(shard, PLAIN, STACK, recompute) == pytest.approx(SBH * per_sbh, rel=1e-12)


def test_a_discarded_input_is_not_kept() -> None:
    kept = layer_activations(gpt(), PLAIN, STACK, "none")
    less = STACK.model_copy(update={"discards": ("mlp down",)})
    assert kept - layer_activations(gpt(), PLAIN, less, "none") == 2 * S * B * 4 * H


def test_states_are_bytes_per_parameter() -> None:
    plan, shard = a_plan(), a_shard()
    kinds = stage_memory(plan, shard, "none", STACK, 0)
    (parameters,) = rank_parameters(plan, shard)
    assert kinds["weights"] == 2 * parameters.total
    assert kinds["weights"] + kinds["gradients"] + kinds["optimizer"] == 18 * parameters.total


def test_a_sharded_optimizer_holds_its_share_only() -> None:
    whole, cut = (
        stage_memory(a_plan(data=8, sharding=sharding), a_shard(), "none", STACK, 0)
        for sharding in ("none", "optimizer")
    )
    assert whole["optimizer"] == 8 * cut["optimizer"]
    assert {**whole, "optimizer": 0.0} == {**cut, "optimizer": 0.0}


def test_1f1b_holds_fewer_activations_the_later_the_stage() -> None:
    plan = a_plan(pipeline=4, micro_batches=16)
    held = [stage_memory(plan, a_shard(), "none", STACK, stage)["activations"] for stage in range(4)]
    assert held == [pytest.approx(held[3] * n) for n in (4, 3, 2, 1)]


def test_full_recomputation_holds_one_layer_whole_while_it_runs() -> None:
    # The first of two stages, whose four layers have no logits beside them, with two micro-batches in flight.
    shard, levels = a_shard(), ("none", "full")
    kept, full = (stage_memory(a_plan(pipeline=2), shard, level, STACK, 0) for level in levels)  # type: ignore[arg-type]
    layer, inputs = (layer_activations(shard, PLAIN, STACK, level) for level in levels)  # type: ignore[arg-type]
    assert full["activations"] == 2 * 4 * inputs
    assert full["working"] - kept["working"] == layer - inputs


def test_only_the_last_stage_holds_logits() -> None:
    plan = a_plan(pipeline=2)
    assert ["logits" in stage_memory(plan, a_shard(), "none", STACK, stage) for stage in (0, 1)] == [
        False,
        True,
    ]


def test_parameters_of_all_ranks_are_those_of_the_model_and_the_copy_of_the_table() -> None:
    one, four = (sum(stage.total for stage in rank_parameters(a_plan(pipeline=p), a_shard())) for p in (1, 4))
    assert four - one == 8192 * 1024


def test_the_fullest_stage_is_the_one_with_most() -> None:
    plan, machine = a_plan(pipeline=4, micro_batches=16), a_machine()
    totals = [sum(stage_memory(plan, a_shard(), "none", STACK, stage).values()) for stage in range(4)]
    found = fullest_stage(plan, a_shard(), "none", machine)
    assert found.total == max(totals) == totals[found.stage]
    assert found.fits
