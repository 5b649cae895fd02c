"""What one rank holds of a layer."""

import pytest

from tests.builders import a_model, a_shard

CUT = {"attention", "qkv", "scores", "ffn", "ffn_pair", "logits"}


@pytest.mark.parametrize(
    ("tensor", "elements"),
    [
        ("hidden", 1024),
        ("attention", 1024),
        ("qkv", 3072),
        ("scores", 16 * 512),
        ("ffn", 4096),
        ("tokens", 1),
    ],
)
def test_elements_of_one_token(tensor: str, elements: int) -> None:
    assert a_shard(batch=3, sequence=512).elements(tensor) == 3 * 512 * elements  # type: ignore[arg-type]


@pytest.mark.parametrize("tensor", sorted(CUT | {"hidden", "tokens"}))
@pytest.mark.parametrize("sequence_parallel", [False, True])
def test_what_the_tensor_group_cuts(tensor: str, sequence_parallel: bool) -> None:
    whole, eighth = a_shard(), a_shard(tensor=8, sequence_parallel=sequence_parallel)
    cut = tensor in CUT or (tensor == "hidden" and sequence_parallel)
    assert whole.elements(tensor) / eighth.elements(tensor) == (8 if cut else 1)  # type: ignore[arg-type]


def test_a_gate_doubles_the_activation_before_it() -> None:
    plain, gated = (a_shard(a_model(gated=gated)).elements("ffn_pair") for gated in (False, True))
    assert gated == 2 * plain
