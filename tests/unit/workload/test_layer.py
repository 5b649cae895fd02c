"""Operators and messages of a layer against closed formulas."""

from collections import Counter
from collections.abc import Sequence

import pytest

from simulator.spec.software import Software
from simulator.spec.training import Recompute
from simulator.workload import layer
from simulator.workload.kinds import LayerKind
from simulator.workload.operators import MatrixProduct, Message, Operator
from simulator.workload.shard import Shard
from tests.builders import a_model, a_shard, part

UNFUSED, FUSED = part("software", "megatron-lm-2022"), part("software", "megatron-core-2024")
B, S, H = 2, 1024, 1024
GPT = a_shard(batch=B, sequence=S)
PLAIN = LayerKind()


def forward(shard: Shard, software: Software, kind: LayerKind = PLAIN) -> list[Operator]:
    return layer.forward(shard, kind, software)


def backward(
    shard: Shard, software: Software, recompute: Recompute, kind: LayerKind = PLAIN
) -> list[Operator]:
    return layer.backward(shard, kind, software, recompute)


def flops(operators: Sequence[Operator]) -> float:
    return sum(operator.flops for operator in operators)


def product(operators: Sequence[Operator], name: str) -> MatrixProduct:
    (found,) = [o for o in operators if isinstance(o, MatrixProduct) and o.name == name]
    return found


@pytest.mark.parametrize(("recompute", "factor"), [("none", 72), ("full", 96)])
def test_flops_are_those_of_narayanan_2021(recompute: Recompute, factor: int) -> None:
    # arXiv:2104.04473, appendix: 96 B s l h² (1 + s/6h + V/16lh) with recomputation, three quarters without.
    done = flops(forward(GPT, UNFUSED)) + flops(backward(GPT, UNFUSED, recompute))
    assert done == factor * B * S * H**2 * (1 + S / (6 * H))


def test_a_backward_pass_is_twice_its_forward_pass() -> None:
    assert flops(backward(GPT, UNFUSED, "none")) == 2 * flops(forward(GPT, UNFUSED))


def test_selective_recomputation_repeats_the_attention_core_only() -> None:
    again = [o for o in backward(GPT, UNFUSED, "selective") if o.phase == "recompute"]
    assert flops(again) == 4 * B * S**2 * H


def test_fused_attention_skips_what_the_mask_hides() -> None:
    linear = 72 * B * S * H**2
    done = flops(forward(GPT, FUSED)) + flops(backward(GPT, FUSED, "none"))
    assert done - linear == (1 + 2.5) * 4 * B * S**2 * H / 2


def test_grouped_queries_narrow_keys_and_values() -> None:
    grouped = forward(a_shard(a_model(kv_heads=4)), FUSED)
    assert product(grouped, "qkv").n == (16 + 2 * 4) * 64
    assert product(grouped, "projection").k == 16 * 64


def test_a_rank_keeps_one_key_head_however_many_share_it() -> None:
    shard = a_shard(a_model(kv_heads=1), tensor=8)
    assert product(forward(shard, FUSED), "qkv").n == (2 + 2 * 1) * 64


def test_a_gated_mlp_has_three_matrices() -> None:
    gated = forward(a_shard(a_model(gated=True, biases=False)), FUSED)
    assert product(gated, "mlp up").n == 2 * 4096
    assert product(gated, "mlp down").k == 4096


@pytest.mark.parametrize("software", [UNFUSED, FUSED], ids=["unfused", "fused"])
def test_tensor_parallelism_divides_every_product(software: object) -> None:
    whole, eighth = a_shard(), a_shard(tensor=8)
    assert 8 * flops(forward(eighth, software)) == flops(forward(whole, software))  # type: ignore[arg-type]
    assert 8 * flops(backward(eighth, software, "full")) == flops(backward(whole, software, "full"))  # type: ignore[arg-type]


def messages(sequence_parallel: bool) -> tuple[Counter[str], Counter[str], set[float]]:
    shard = a_shard(batch=B, tensor=8, sequence_parallel=sequence_parallel)
    passes = forward(shard, UNFUSED), backward(shard, UNFUSED, "none")
    sent = [[o for o in operators if isinstance(o, Message)] for operators in passes]
    sizes = {m.size for part_ in sent for m in part_}
    return Counter(m.operation for m in sent[0]), Counter(m.operation for m in sent[1]), sizes


def test_a_layer_alone_sends_nothing() -> None:
    assert not [o for o in forward(GPT, UNFUSED) if isinstance(o, Message)]


def test_tensor_parallelism_reduces_twice_each_way() -> None:
    # Shoeybi et al. 2019, arXiv:1909.08053, section 3.
    assert messages(False) == ({"all_reduce": 2}, {"all_reduce": 2}, {2 * B * S * H})


def test_sequence_parallelism_splits_each_reduction_and_gathers_inputs_again() -> None:
    # Korthikanti et al. 2022, arXiv:2205.05198, section 4.2.2.
    assert messages(True) == (
        {"all_gather": 2, "reduce_scatter": 2},
        {"all_gather": 4, "reduce_scatter": 2},
        {2 * B * S * H},
    )


def test_only_a_stack_that_overlaps_sends_beside_products() -> None:
    shard = a_shard(tensor=8)
    serial = part("software", "megatron-lm-2021")
    beside = [
        sum(o.beside > 0 for o in backward(shard, stack, "none") if isinstance(o, Message))
        for stack in (serial, UNFUSED)
    ]
    assert beside == [0, 2]
