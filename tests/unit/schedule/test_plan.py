"""How layers are cut into chunks."""

import pytest

from simulator.schedule.plan import split_layers
from tests.builders import a_plan


@pytest.mark.parametrize(
    ("layers", "chunks"), [(96, 8), (126, 16), (126, 128), (10, 4), (105, 35), (7, 3), (2, 4), (5, 2), (1, 1)]
)
def test_every_layer_goes_somewhere_and_no_chunk_is_negative(layers: int, chunks: int) -> None:
    split = split_layers(layers, chunks)
    assert len(split) == chunks
    assert sum(split) == layers
    assert min(split) >= 0


def test_uneven_chunks_differ_by_the_layer_that_embedding_or_logits_stand_for() -> None:
    split = split_layers(126, 16)
    assert (split[0], *split[1:-1], split[-1]) == (7, *[8] * 14, 7)


def test_what_is_left_over_goes_to_the_middle() -> None:
    assert split_layers(14, 5) == (2, 3, 4, 3, 2)


def test_chunks_alternate_over_the_stages() -> None:
    plan = a_plan(pipeline=2, virtual_stages=2, layers=(1, 2, 3, 4))
    assert [plan.stage_layers(stage) for stage in (0, 1)] == [1 + 3, 2 + 4]


def test_ranks_and_chunks_are_products() -> None:
    plan = a_plan(tensor=8, pipeline=4, virtual_stages=2, data=3)
    assert (plan.ranks, plan.chunks) == (96, 8)
