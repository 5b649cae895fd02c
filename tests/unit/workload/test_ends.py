"""Embedding, logits and loss."""

from simulator.workload.ends import embedding_backward, embedding_forward, head_backward, head_forward
from simulator.workload.operators import Message
from tests.builders import a_shard, part

STACK = part("software", "megatron-lm-2022")


def test_logits_cost_six_operations_per_token_and_weight() -> None:
    # Narayanan et al. 2021, arXiv:2104.04473, appendix: 6 B s h V for a forward and a backward pass.
    shard = a_shard(batch=2)
    done = sum(o.flops for o in [*head_forward(shard, STACK), *head_backward(shard, STACK)])
    assert done == 6 * 2 * 1024 * 1024 * 8192


def test_the_embedding_computes_nothing() -> None:
    shard = a_shard()
    assert sum(o.flops for o in [*embedding_forward(shard, STACK), *embedding_backward(shard, STACK)]) == 0.0


def test_the_vocabulary_is_cut_over_the_tensor_group() -> None:
    whole, eighth = (sum(o.flops for o in head_forward(a_shard(tensor=t), STACK)) for t in (1, 8))
    assert whole == 8 * eighth


def test_the_loss_exchanges_numbers_per_token_not_logits() -> None:
    sent = [o.size for o in head_forward(a_shard(tensor=8), STACK) if isinstance(o, Message)]
    assert sent == [4.0 * 1024] * 3
