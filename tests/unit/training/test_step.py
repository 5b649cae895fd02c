"""One step: what overlaps, what is exchanged, and what that costs."""

from dataclasses import replace
from typing import Any

import pytest

from simulator.record.row import Row
from simulator.result.breakdown import step_breakdown
from simulator.schedule.plan import Plan
from simulator.training.parameters import rank_parameters
from simulator.training.step import Step
from tests.builders import PLANS, a_machine, a_plan, a_shard, a_step, part

SERIAL = a_machine(software__overlap__slowdown=0.0, software__overlap__pipeline=False)
BESIDE = a_machine(software__overlap__slowdown=0.0, software__overlap__pipeline=True)
MACHINES = pytest.mark.parametrize("machine", [SERIAL, BESIDE], ids=["blocking", "beside"])


def named(step: Step, name: str, stage: int = 0) -> list[Row]:
    return step.events.where(name=name, stage=stage)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_streams_do_one_thing_at_a_time(plan: Plan) -> None:
    streams: dict[Any, list[Row]] = {}
    for row in a_step(plan, SERIAL).events.where(parent=""):
        streams.setdefault((row.stage, row.stream), []).append(row)
    for rows in streams.values():
        rows.sort(key=lambda row: (row.start, row.duration))
        ends = [row.start + row.duration for row in rows]
        assert all(row.start >= end - 1e-12 for row, end in zip(rows[1:], ends, strict=False))


@MACHINES
@pytest.mark.parametrize("sharding", ["none", "optimizer"])
@pytest.mark.parametrize("name", ["1f1b", "gpipe", "interleaved", "one rank"])
def test_overlapped_gradients_are_never_slower(machine: Any, sharding: Any, name: str) -> None:
    plan = replace(PLANS[name], data=8, sharding=sharding)
    apart, over = (a_step(replace(plan, overlap_gradients=o), machine).time for o in (False, True))
    assert over <= apart * (1 + 1e-9)


def test_overlapped_parameters_are_faster_where_they_hide() -> None:
    plan = a_plan(data=8, sharding="optimizer")
    assert a_step(replace(plan, overlap_parameters=True), SERIAL).time < a_step(plan, SERIAL).time


def test_overlap_costs_the_slowdown_of_the_passes_beside_it() -> None:
    slow = a_machine(software__overlap__slowdown=0.5)
    plan = a_plan(data=8, overlap_gradients=True, micro_batches=1)
    free, paid = (
        sum(row.duration for row in named(a_step(plan, machine), "backward embedding + 8 layers + logits"))
        for machine in (SERIAL, slow)
    )
    assert paid == pytest.approx(1.5 * free, rel=1e-9)


@pytest.mark.parametrize("name", ["replicas", "sharded optimizer", "all overlapped", "everything"])
def test_each_gradient_is_reduced_once_and_each_parameter_gathered_once(name: str) -> None:
    plan = PLANS[name]
    step = a_step(plan, SERIAL)
    parameters = rank_parameters(plan, a_shard(tensor=plan.tensor))
    for stage, count in enumerate(parameters):
        assert sum(row.bytes for row in named(step, "gradients", stage)) == pytest.approx(4.0 * count.total)
        gathered = sum(row.bytes for row in named(step, "parameters", stage))
        assert gathered == pytest.approx(2.0 * count.total if plan.sharding != "none" else 0.0)


def test_a_stage_with_the_embedding_alone_reduces_it_too() -> None:
    plan = a_plan(4, pipeline=6, data=8, overlap_gradients=True, micro_batches=6)
    step = a_step(plan, SERIAL)
    assert plan.stage_layers(0) == 0
    assert sum(row.bytes for row in named(step, "gradients")) == 4.0 * 8192 * 1024


@pytest.mark.parametrize(("tensor", "data"), [(1, 8), (1, 64), (8, 64)])
def test_an_uncontended_collective_takes_what_its_cost_model_says(tensor: int, data: int) -> None:
    tiers = tuple(
        tier.model_copy(update={"oversubscription_above": 64.0})
        for tier in part("network", "ib-hdr-8x200").tiers
    )
    machine = a_machine(network__tiers=tiers)
    (row,) = named(a_step(a_plan(tensor=tensor, data=data), machine), "gradients")
    alone = machine.collective_seconds("all_reduce", row.bytes, data, tensor)
    assert row.duration == pytest.approx(alone, rel=1e-9)


def test_buckets_do_not_change_what_is_sent() -> None:
    plan = a_plan(data=8, overlap_gradients=True)
    few, many = (
        named(a_step(plan, a_machine(software__overlap__bucket=size)), "gradients") for size in (1e12, 1e3)
    )
    assert (len(few), len(many)) == (1, 8)
    assert sum(row.bytes for row in few) == pytest.approx(sum(row.bytes for row in many))


def test_a_sharded_optimizer_sweeps_its_share() -> None:
    whole, cut = (
        sum(row.bytes for row in a_step(PLANS[name], SERIAL).events.where(kind="optimizer", name="adam"))
        for name in ("replicas", "sharded optimizer")
    )
    assert whole == 8 * cut


def test_sends_beside_compute_are_hidden() -> None:
    plan = PLANS["interleaved"]
    exposed = [
        step_breakdown(step.events.rows, step.time)["exposed_pipeline"]
        for step in (a_step(plan, SERIAL), a_step(plan, BESIDE))
    ]
    assert exposed[1] < exposed[0]


def test_scatter_gather_sends_each_byte_once_over_the_network() -> None:
    plan = a_plan(tensor=8, pipeline=4)
    scattered, whole = (
        named(a_step(plan, a_machine(software__pipeline__scatter_gather=value)), "activation")[0].bytes
        for value in (True, False)
    )
    assert scattered < whole / 3  # each piece is shorter, so filling the pipeline takes more of it


def test_replicas_of_a_tied_embedding_add_their_gradients() -> None:
    tied = [row for stage in (0, 3) for row in named(a_step(PLANS["1f1b"], SERIAL), "tied embedding", stage)]
    assert [row.bytes for row in tied] == [4.0 * 8192 * 1024] * 2


def test_a_tied_embedding_that_leaves_its_domain_goes_through_the_network() -> None:
    # Neighbouring stages share a domain, the first and the last do not.
    plan = a_plan(16, pipeline=16)
    machine = a_machine(collectives__scale_out__base=0.0)
    (row,) = named(a_step(plan, machine), "tied embedding")
    assert row.duration >= row.bytes / machine.topology.scale_out_rate(2, 15)


def test_host_time_appears_where_launching_takes_longer_than_running() -> None:
    slow_host = a_machine(software__host__launch=1e-3)
    fast, slow = (a_step(a_plan(), machine) for machine in (SERIAL, slow_host))
    assert not fast.events.where(name="kernel launches", parent="layer forward")
    assert slow.events.where(name="kernel launches", parent="layer forward")
    assert slow.time > fast.time
