"""Who shares a scale-up domain, and what a link keeps when all siblings send."""

import pytest

from simulator.network.topology import Topology
from tests.builders import bend, part

FABRIC = bend(
    part("network", "ib-ndr-8x400"),
    rate=50e9,
    efficiency=0.9,
    adapters=8,
    adapter_latency=1.0,
    tiers=tuple(
        bend(tier, latency=latency, oversubscription_above=over, accelerators=reach)
        for tier, latency, over, reach in zip(
            part("network", "ib-ndr-8x400").tiers,
            (10.0, 100.0, 1000.0),
            (1.0, 4.0, 1.0),
            (64, 256, None),
            strict=True,
        )
    ),
)
NODES = Topology(per_node=8, domain=8, network=FABRIC)


@pytest.mark.parametrize(
    ("ranks", "stride", "members"),
    [(8, 1, 8), (4, 1, 4), (32, 1, 8), (32, 2, 4), (32, 4, 2), (32, 8, 1), (4, 16, 1)],
)
def test_members_per_domain(ranks: int, stride: int, members: int) -> None:
    assert NODES.members_per_domain(ranks, stride) == members


@pytest.mark.parametrize(
    ("ranks", "stride", "leaves"),
    [(8, 1, False), (16, 1, True), (2, 4, False), (4, 4, True), (2, 8, True), (1, 64, False)],
)
def test_a_group_leaves_its_domain_when_it_spans_more(ranks: int, stride: int, leaves: bool) -> None:
    assert NODES.leaves_domain(ranks, stride) is leaves


def test_adapters_of_a_node_are_shared_by_its_accelerators() -> None:
    assert NODES.scale_out_rate(8, 8) == 50e9 * 0.9
    assert Topology(16, 16, FABRIC).scale_out_rate(4, 16) == 50e9 * 0.9 / 2


def test_above_an_oversubscribed_tier_groups_share_the_uplinks() -> None:
    inside, few, many = (
        NODES.scale_out_rate(ranks, stride) for ranks, stride in ((2, 128), (64, 8), (8, 128))
    )
    assert inside == few == 45e9
    # 256 ÷ 4 uplinks are left for the 128 groups that pass through each block.
    assert many == pytest.approx(45e9 * 64 / 128)


@pytest.mark.parametrize(
    ("ranks", "stride", "latency"), [(2, 8, 11.0), (8, 8, 11.0), (16, 8, 211.0), (64, 8, 2211.0)]
)
def test_latency_grows_with_the_tiers_climbed(ranks: int, stride: int, latency: float) -> None:
    assert NODES.hop_latency(ranks, stride) == latency


def test_a_single_node_has_no_network() -> None:
    alone = Topology(8, 8, None)
    assert alone.scale_out_rate(8, 1) == alone.hop_latency(8, 1) == 0.0
