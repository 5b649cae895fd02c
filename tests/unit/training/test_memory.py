"""Memory of a rank against published formulas, and the way out where it does not fit."""

from dataclasses import replace

import pytest

from simulator.spec.training import Recompute
from simulator.training.memory import (
    DoesNotFitError,
    Memory,
    fullest_stage,
    layer_activations,
    nearest_fit,
    stage_memory,
)
from simulator.training.parameters import rank_parameters
from simulator.workload.shard import Shard
from tests.builders import a_machine, a_model, a_plan, a_shard, part

STACK = part("software", "megatron-lm-2022")
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
def test_activations_are_those_of_korthikanti_2022(shard: Shard, recompute: Recompute, per_sbh: float) -> None:
    # arXiv:2205.05198, section 4.
    assert layer_activations(shard, STACK, recompute) == pytest.approx(SBH * per_sbh, rel=1e-12)


def test_a_discarded_input_is_not_kept() -> None:
    kept = layer_activations(gpt(), STACK, "none")
    less = STACK.model_copy(update={"discards": ("mlp down",)})
    assert kept - layer_activations(gpt(), less, "none") == 2 * S * B * 4 * H


def test_states_are_bytes_per_parameter() -> None:
    plan, shard = a_plan(), a_shard()
    kinds = stage_memory(plan, shard, "none", STACK, 0)
    (parameters,) = rank_parameters(plan, shard)
    assert kinds["weights"] == 2 * parameters
    assert kinds["weights"] + kinds["gradients"] + kinds["optimizer"] == 18 * parameters


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
    shard = a_shard()
    kinds = stage_memory(a_plan(), shard, "full", STACK, 0)
    inputs, layer = (layer_activations(shard, STACK, level) for level in ("full", "none"))  # type: ignore[arg-type]
    assert kinds["activations"] == 7 * inputs + layer


def test_only_the_last_stage_holds_logits() -> None:
    plan = a_plan(pipeline=2)
    assert ["logits" in stage_memory(plan, a_shard(), "none", STACK, stage) for stage in (0, 1)] == [False, True]


def test_parameters_of_all_ranks_are_those_of_the_model_and_the_copy_of_the_table() -> None:
    one, four = (sum(rank_parameters(a_plan(pipeline=p), a_shard())) for p in (1, 4))
    assert four - one == 8192 * 1024


def test_the_fullest_stage_is_the_one_with_most() -> None:
    plan, machine = a_plan(pipeline=4, micro_batches=16), a_machine()
    totals = [sum(stage_memory(plan, a_shard(), "none", STACK, stage).values()) for stage in range(4)]
    found = fullest_stage(plan, a_shard(), "none", machine)
    assert found.total == max(totals) == totals[found.stage]
    assert found.fits


def test_a_plan_that_does_not_fit_names_its_largest_kind_and_one_that_does() -> None:
    model = a_model(layers=48, hidden=6144, heads=48, kv_heads=48, head_dim=128, ffn_hidden=24576)
    plan, shard, machine = a_plan(48, data=16), a_shard(model, sequence=2048), a_machine()
    memory = fullest_stage(plan, shard, "none", machine)
    assert not memory.fits
    fit = nearest_fit(plan, shard, "none", machine)
    assert fit is not None
    assert fit.memory.fits
    assert fit.changes
    said = str(DoesNotFitError(memory, fit))
    assert max(memory.kinds, key=lambda kind: memory.kinds[kind]) in said
    assert all(f"--set {path}=" in said for path in fit.changes)


def test_where_nothing_near_fits_that_is_said() -> None:
    machine = a_machine(accelerator__memory__capacity=1e6)
    assert nearest_fit(a_plan(), a_shard(), "none", machine) is None
    memory = Memory(0, {"weights": 2e6}, 1e6)
    assert "no plan near this one fits" in str(DoesNotFitError(memory, None))


def test_a_fitting_neighbour_uses_the_same_accelerators_and_batch() -> None:
    plan = a_plan(data=64, micro_batches=8)
    machine = a_machine(accelerator__memory__capacity=5.2e9)
    fit = nearest_fit(plan, replace(a_shard(), batch=4), "none", machine)
    assert fit is not None
    degrees = {"tensor": 1, "pipeline": 1, "data": 64}
    degrees |= {path.split(".")[1]: value for path, value in fit.changes.items() if path.split(".")[1] in degrees}  # type: ignore[misc]
    assert degrees["tensor"] * degrees["pipeline"] * degrees["data"] == 64
