"""What is cached is found, counted once, and given up when the room is needed."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.serving.fleet import serve_into
from simulator.serving.ledger import Ledger
from simulator.serving.plan import ServingPlan
from simulator.serving.prefix import PrefixCache
from simulator.serving.request import Request
from simulator.serving.traffic import Batch, Requests
from tests.unit.serving.fleets import a_fleet, served, traffic

TALK = {"turns": {"tokens": 6}, "pause": {"mean": "2 s"}}


def a_cache(count: int = 1, router: str = "least_loaded", **limits: int) -> ServingPlan:
    return replace(a_fleet(count, router, **limits), block=16)


def blocks(*keys: int, prompt: int = 2000, session: int = -1) -> Request:
    return Request(0, 0.0, prompt, 10, [(key, 512) for key in keys], session)


def test_a_prefix_ends_where_a_block_is_missing() -> None:
    cache = PrefixCache(100_000, 16)
    cache.take(blocks(1, 2, 3))
    assert cache.found(blocks(1, 2, 9, 3))[0] == 1024
    assert cache.found(blocks(9, 1))[0] == 0


def test_the_last_token_is_always_computed() -> None:
    cache = PrefixCache(100_000, 16)
    cache.take(blocks(1, prompt=512))
    assert cache.found(blocks(1, prompt=512))[0] == 496


def test_what_nobody_uses_is_given_up_least_recently_used_first_from_its_end() -> None:
    cache = PrefixCache(2048, 16)
    one, two = blocks(1, 2), blocks(3)
    cache.take(one)
    cache.take(two)
    assert cache.leave(one, 0) == 1024
    assert cache.leave(two, 0) == 512
    cache.shrink(1000)
    assert cache.found(blocks(1, 2))[0] == 512
    assert cache.found(blocks(3))[0] == 512
    cache.shrink(2048)
    assert cache.idle == 0


def test_a_conversation_shrinks_from_its_end() -> None:
    cache = PrefixCache(2048, 16)
    talk = blocks(session=4)
    cache.take(talk)
    cache.leave(talk, 1600)
    cache.shrink(1000)
    assert cache.found(blocks(session=4))[0] == pytest.approx(1048, abs=16)


@pytest.mark.parametrize("cache", [3000, 100_000])
def test_a_system_prompt_is_computed_once(cache: int) -> None:
    requests = traffic(300, rate=2.0, shared=1024, prompt={"tokens": 100}, answer={"tokens": 20})
    found = served(requests, a_cache(cache=cache))
    assert (found["hit"] == 1024).sum() >= 299
    without = served(requests, replace(a_cache(cache=cache), prefix_cache=False))
    assert not without["hit"].any()
    ttft, long = (((f["first"] - f["arrival"]).mean()) for f in (found, without))
    assert ttft < 0.7 * long


def test_shared_tokens_take_room_once() -> None:
    requests = traffic(100, saturated=True, shared=1008, prompt={"tokens": 100}, answer={"tokens": 20})
    room = 1008 + 10 * 130
    together = served(requests, a_cache(cache=room))
    alone = served(requests, replace(a_cache(cache=room), prefix_cache=False))
    assert together["end"].max() < 0.4 * alone["end"].max()


def test_all_of_a_conversation_is_found_while_there_is_room() -> None:
    requests = traffic(300, rate=0.2, sessions=TALK)
    found = served(requests, a_cache())
    for opening in requests.stream():
        turns = [opening, *reversed(opening.later)]
        for one, other in pairwise(turns):
            # The last token of an answer is not cached, and blocks are found whole.
            said = one.prompt + one.answer - 1
            assert said - 16 < found["hit"][other.number] <= said
    tight = served(traffic(300, rate=5.0, sessions=TALK), a_cache(cache=8000))
    assert 0 < tight["hit"].sum() < 0.9 * found["hit"].sum()


def test_a_router_that_looks_for_prefixes_finds_more() -> None:
    requests = traffic(600, rate=2.0, sessions=TALK)
    hits = {name: served(requests, a_cache(4, name))["hit"].sum() for name in ("round_robin", "prefix_aware")}
    assert hits["prefix_aware"] > 1.5 * hits["round_robin"]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 100), st.sampled_from([4200, 6000, 50_000]), st.sampled_from([1, 3]))
def test_hits_are_those_of_blocks_and_no_cache_overflows(seed: int, cache: int, replicas: int) -> None:
    """Random trees of blocks, as traces with keys have them."""
    random = np.random.default_rng(seed)
    keys = [
        [0, *(10 ** (depth + 1) + int(path) % (2 << depth) for depth in range(length))]
        for length, path in zip(random.integers(0, 6, 60), random.integers(0, 64, 60), strict=True)
    ]
    prompts = np.array([512 * len(each) - int(random.integers(0, 500)) for each in keys])
    own = [
        tuple((key, min(512, prompt - 512 * place)) for place, key in enumerate(each))
        for each, prompt in zip(keys, prompts.tolist(), strict=True)
    ]
    batch = Batch(np.cumsum(random.exponential(0.1, 60)), prompts, random.integers(1, 100, 60), blocks=own)
    requests = Requests(60, lambda: iter((batch,)), repeats=True)

    class Watched(Ledger):
        most = 0.0

        def stretch(self, *noted: float) -> None:
            self.most = max(self.most, noted[-1])
            super().stretch(*noted)  # type: ignore[arg-type]

    ledger = Watched(requests)
    serve_into(ledger, requests, a_cache(replicas, cache=cache))
    hits = np.array(ledger.hit)
    assert (hits < prompts).all()
    assert (hits % 16 == 0).all()
    assert ledger.most <= cache
    assert min(ledger.end) > 0.0
    computed = sum(tokens for _, kind, _, _, _, _, tokens in ledger.stretches if kind == "prompts")
    if not sum(ledger.preempted):
        assert computed == sum(ledger.prompt) - hits.sum()
