"""The laws of test-time compute, and the published points that the shipped tasks must give back."""

from math import log
from typing import Any

import numpy as np
import pytest

from simulator.catalogue.catalogue import Catalogue
from simulator.laws.budget_forcing import BudgetForcing
from simulator.laws.coverage import Coverage
from simulator.laws.majority import Majority
from simulator.laws.routing import Routing
from simulator.laws.thinking_length import ThinkingLength
from simulator.laws.thought import ThoughtLength
from simulator.laws.verifier import ImperfectVerifier


def task(name: str) -> Any:
    return Catalogue().load("task", name).spec


@pytest.mark.parametrize(
    ("name", "samples", "published"),
    [
        ("math-llama-3-8b", (1, 100, 10_000), (0.2645, 0.8323, 0.975)),
        ("code-contests-llama-3-70b", (1, 10_000), (0.0805, 0.4005)),
        ("swe-bench-lite-deepseek-coder-v2", (1, 250), (0.159, 0.56)),
    ],
)
def test_tasks_cover_what_was_published(
    name: str, samples: tuple[int, ...], published: tuple[float, ...]
) -> None:
    one = task(name)
    found = Coverage(log(one.accuracy), one.coverage.slope).share(samples)
    assert found == pytest.approx(published, abs=1e-3)


def test_the_length_curve_has_the_published_peak_and_both_sides() -> None:
    one = task("aime-r1-distill-32b")
    curve = ThinkingLength(one.length.peak, one.length.shape)
    assert one.accuracy * curve.relative([12_000, 16_000]) == pytest.approx([0.558, 0.549], abs=5e-4)
    # Read as 6 % below the peak.
    assert curve.relative(6_000) == pytest.approx(0.94, abs=0.01)


def test_thinking_on_gives_the_published_points() -> None:
    one = task("aime-2024-s1-32b")
    forced = BudgetForcing(one.forcing.gain, one.forcing.most)
    found = [one.accuracy * forced.relative(multiple) for multiple in (1, 2, 4, 6)]
    # A question of thirty is 0.033.
    assert found == pytest.approx([0.50, 0.533, 0.55, 0.567], abs=0.008)
    assert forced.relative(100.0) == forced.relative(6.0)


def test_a_vote_ends_at_its_plateau_and_two_votes_are_worth_one() -> None:
    vote = Majority(odds=(0.41 / 0.59) / (0.27 / 0.73), rate=1.0)
    assert vote.accuracy(0.27, 1) == vote.accuracy(0.27, 2) == 0.27
    assert vote.accuracy(0.27, 10**9) == pytest.approx(0.41)
    assert vote.accuracy(0.999, 10**9) < 1.0


@pytest.mark.parametrize("rate", [0.05, 0.3, 0.9])
def test_a_verifier_that_errs_has_a_ceiling(rate: float) -> None:
    coverage = 1.0 - (1.0 - rate) ** np.arange(1, 20_001)
    for wrong in (0.01, 0.1, 0.5):
        ceiling = rate / (rate + (1.0 - rate) * wrong)
        assert ImperfectVerifier(wrong).accuracy(coverage) == pytest.approx(ceiling)


def test_a_verifier_lies_between_one_sample_and_the_coverage() -> None:
    coverage = Coverage(-1.33, -0.43).share(np.arange(1, 101))
    found = [ImperfectVerifier(wrong).accuracy(coverage) for wrong in (0.0, 0.01, 0.1, 1.0)]
    assert found[0] == pytest.approx(coverage[-1])
    assert found[-1] == pytest.approx(coverage[0])
    assert found == sorted(found, reverse=True)


def test_a_router_wins_all_or_nothing_at_the_ends() -> None:
    for exponent in (0.2, 1.0):
        assert [Routing(exponent).recovered(calls) for calls in (0.0, 1.0)] == [0.0, 1.0]
    assert Routing(0.5).recovered(0.3) > Routing(1.0).recovered(0.3) == pytest.approx(0.3)


def test_thoughts_have_the_stated_mean_and_deviation() -> None:
    drawn = ThoughtLength(8000.0, 0.8).tokens(np.random.default_rng(0).standard_normal(200_000))
    assert drawn.mean() == pytest.approx(8000.0, rel=0.01)
    assert drawn.std() == pytest.approx(6400.0, rel=0.03)
