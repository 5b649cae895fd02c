"""What is said, and offered, where a plan does not fit."""

from dataclasses import replace

from simulator.training.fit import DoesNotFitError, nearest_fit
from simulator.training.memory import Memory, fullest_stage
from tests.builders import a_machine, a_model, a_plan, a_shard


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
    degrees |= {
        path.split(".")[1]: value for path, value in fit.changes.items() if path.split(".")[1] in degrees
    }  # type: ignore[misc]
    assert degrees["tensor"] * degrees["pipeline"] * degrees["data"] == 64
