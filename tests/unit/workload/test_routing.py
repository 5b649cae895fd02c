"""Tokens are neither lost nor made on their way to the experts."""

import numpy as np
import pytest

from simulator.workload.routing import expert_loads


def test_balanced_routing_spreads_all_tokens_evenly() -> None:
    loads = expert_loads(tokens=4096, top_k=8, experts=128, ranks=1)
    assert loads.sum() == pytest.approx(4096 * 8)
    assert len(set(loads.tolist())) == 1


def test_a_rank_holds_its_share_of_the_experts() -> None:
    assert len(expert_loads(4096, 8, 128, 16)) == 8


def test_few_tokens_reach_few_experts() -> None:
    assert expert_loads(tokens=1, top_k=8, experts=128, ranks=1).tolist() == [1.0] * 8


@pytest.mark.parametrize("skew", [1.01, 1.2, 1.6])
def test_a_power_law_over_all_experts_keeps_the_tokens(skew: float) -> None:
    loads = expert_loads(tokens=8192, top_k=8, experts=64, ranks=1, skew=skew)
    assert loads.sum() == pytest.approx(8192 * 8, rel=1e-3)
    assert loads.max() <= 8192 * (1 + 1e-9)


def test_the_busiest_rank_has_more_than_its_share() -> None:
    skewed = expert_loads(8192, 8, 64, 8, skew=1.2)
    assert skewed.sum() > expert_loads(8192, 8, 64, 8).sum()
    assert np.all(np.diff(skewed) <= 0)
