"""Collectives: bytes by tier, start-up, and the choice between ring and tree."""

from dataclasses import replace

import pytest

from simulator.cost.collective import NOTHING, CollectiveLibrary, Group, Operation, Rates, Transfer

IDEAL = CollectiveLibrary(
    base_up=0.0,
    step_up=0.0,
    ramp_up=0.0,
    switch_reduction=1.0,
    switch_reduction_ranks=2,
    base_out=0.0,
    ring_step=0.0,
    tree_step=0.0,
    ramp_out=0.0,
    tree_efficiency=0.9,
)
RATES = Rates(scale_up=240e9, scale_out=24e9, hop_latency=1e-6)
OPERATIONS: tuple[Operation, ...] = ("all_reduce", "all_gather", "reduce_scatter", "send_recv")


@pytest.mark.parametrize(
    ("ranks", "per_domain", "domains"), [(8, 8, 1), (1, 1, 1), (16, 8, 2), (12, 8, 2), (64, 1, 64)]
)
def test_group_layout(ranks: int, per_domain: int, domains: int) -> None:
    assert Group(ranks, per_domain).domains == domains


@pytest.mark.parametrize("ranks", [2, 3, 8])
@pytest.mark.parametrize(
    ("operation", "rounds"), [("all_reduce", 2), ("all_gather", 1), ("reduce_scatter", 1)]
)
def test_ring_sends_each_byte_once_a_round_but_its_own(operation: Operation, rounds: int, ranks: int) -> None:
    sent = IDEAL.transfer(operation, 1e9, Group(ranks, ranks), RATES)
    assert sent == Transfer(0.0, rounds * 1e9 * (ranks - 1) / ranks, 0.0)


def test_send_recv_sends_everything() -> None:
    assert IDEAL.transfer("send_recv", 1e9, Group(2, 1), RATES) == Transfer(RATES.hop_latency, 0.0, 1e9)


def test_what_leaves_a_domain_is_shared_by_the_links_of_its_members() -> None:
    sent = IDEAL.transfer("all_gather", 1e9, Group(32, 8), RATES)
    assert sent.scale_up == 1e9 * 31 / 32
    assert sent.scale_out == sent.scale_up / 8


@pytest.mark.parametrize("operation", OPERATIONS)
def test_nobody_to_talk_to_or_nothing_to_say_costs_nothing(operation: Operation) -> None:
    paid = replace(IDEAL, base_up=1.0, base_out=1.0)
    assert paid.transfer(operation, 1e9, Group(1, 1), RATES) == NOTHING
    assert paid.transfer(operation, 0.0, Group(16, 8), RATES) == NOTHING


def test_the_switch_reduces_only_all_reduces_of_enough_members_in_one_domain() -> None:
    switch = replace(IDEAL, switch_reduction=2.0, switch_reduction_ranks=6)
    size = 1e9

    def gain(operation: Operation, group: Group) -> float:
        before, after = (library.transfer(operation, size, group, RATES) for library in (IDEAL, switch))
        return before.scale_up / after.scale_up

    assert gain("all_reduce", Group(8, 8)) == 2.0
    assert gain("all_reduce", Group(4, 4)) == 1.0
    assert gain("all_gather", Group(8, 8)) == 1.0
    assert gain("all_reduce", Group(16, 8)) == 1.0


def test_startup_counts_the_steps_of_each_tier() -> None:
    steps = replace(IDEAL, base_out=100.0, step_up=1.0, ring_step=10.0)
    ring = steps.transfer("all_gather", 1e9, Group(16, 8), replace(RATES, hop_latency=2.0))
    assert ring.startup == 100.0 + 14 * 1.0 + 1 * (10.0 + 2.0)


def test_tree_beats_ring_at_small_sizes_over_many_domains_only() -> None:
    library = replace(IDEAL, ring_step=2.7e-6, tree_step=14e-6)
    small, large = (library.transfer("all_reduce", size, Group(1024, 8), RATES) for size in (1e3, 1e10))
    assert small.startup == pytest.approx(2 * 7 * (14e-6 + 1e-6))
    assert large.startup == pytest.approx(2 * 127 * (2.7e-6 + 1e-6))
    few = library.transfer("all_reduce", 1e3, Group(16, 8), RATES)
    assert few.startup == pytest.approx(2 * 3.7e-6)


def test_filling_the_pipeline_doubles_the_bytes_at_the_ramp() -> None:
    ramp = replace(IDEAL, ramp_up=1e6)
    assert ramp.transfer("send_recv", 1e6, Group(2, 2), RATES).scale_up == 2e6
    assert ramp.transfer("send_recv", 1e12, Group(2, 2), RATES).scale_up == pytest.approx(1e12, rel=2e-3)


def test_time_is_startup_and_the_slower_tier() -> None:
    assert Transfer(1.0, 480e9, 24e9).seconds(RATES) == 1.0 + 2.0
    assert Transfer(1.0, 240e9, 72e9).seconds(RATES) == 1.0 + 3.0
