"""The cheapest deployment that keeps a promise."""

import json
from functools import cache

import pytest

from simulator.catalogue.problems import SpecError
from simulator.catalogue.scenario import load_scenario
from simulator.report.search import search_json, search_screen
from simulator.report.terminal import Terminal
from simulator.search.serving import Found, search_serving

SCENARIO = "chat-llama2-7b-a100"
SMALL = ("traffic.requests=60", "traffic.rate=20")


@cache
def found(*changes: str) -> Found:
    resolved = load_scenario(SCENARIO, [*SMALL, *changes])
    return search_serving(SCENARIO, [*SMALL, *changes], resolved, ("dgx-a100",), ("fp16", "int8"), jobs=1)


def test_options_keep_the_promise_and_the_cheapest_is_first() -> None:
    options = found().options
    assert options
    assert all(option.summary["slo"]["attained"] >= 0.95 for option in options)
    costs = [option.value("cost") for option in options]
    assert costs == sorted(costs)


def test_every_candidate_is_an_option_or_says_why_not() -> None:
    # Two formats of weights, two of the cache, tensor 1, 2, 4, 8.
    assert found().considered == 16
    assert sum(found().reasons().values()) == len(found().rejected) == 8
    assert any("cache in fp8" in reason for reason in found().reasons())


def test_a_promise_that_nothing_keeps_says_which_part_of_it() -> None:
    none = found("slo.tpot=100 us")
    assert none.options == ()
    assert "TPOT is too long with 64 replicas" in none.reasons()


def test_no_option_of_the_front_is_beaten() -> None:
    front = found().front()
    for one in front:
        assert not any(
            other.value("cost") <= one.value("cost") and other.value("tpot") < one.value("tpot")
            for other in found().options
            if other is not one
        )


def test_a_search_needs_a_promise_and_a_price() -> None:
    for path in ("slo", "price"):
        resolved = load_scenario(SCENARIO, {path: None})
        with pytest.raises(SpecError) as caught:
            search_serving(SCENARIO, [], resolved, ("dgx-a100",), ("fp16",))
        assert f"add `{path}`" in caught.value.problems[0].message


def test_the_document_and_the_table() -> None:
    document = json.loads(search_json(found(), "cost", 3))
    assert document["considered"] == 16
    assert len(document["plans"]) == 3
    assert document["plans"][0]["deployment"]["system"] == "dgx-a100"
    text = search_screen(found(), "Chat", "cost", 3, Terminal())
    assert "best by cost" in text
    assert max(map(len, text.splitlines()[:-1])) <= 100
