"""Attention of one layer on one rank: projections, the core, and what a shared sequence exchanges."""

from simulator.cost.attention import BACKWARD_WORK, attention_flops
from simulator.spec.software import Software
from simulator.workload.kinds import LayerKind
from simulator.workload.linear import ELEMENT, Linear, column_gradients, forward, gradients
from simulator.workload.messages import exchange, gather, reduce
from simulator.workload.operators import AttentionCore, MatrixProduct, Message, Operator, Phase
from simulator.workload.passes import sweeps
from simulator.workload.shard import Shard


def attention_forward(
    shard: Shard, kind: LayerKind, software: Software, phase: Phase, reduced: bool = True
) -> list[Operator]:
    """Projections in, core, projection out; `reduced` says whether the output is summed here.

    Of a layer that also attends to the encoder, the second attention has a kind of its own, with `cross`.
    """
    ops: list[Operator] = []
    for name, linears in _inputs(shard, software):
        ops += gather(shard, name, phase, software)
        for linear in linears:
            ops += forward(linear, shard, software, phase)
    ops += core(shard, kind, software, phase)
    ops += forward(_output(shard), shard, software, phase)
    return [*ops, *(reduce(shard, "attention", phase) if reduced else ())]


def attention_backward(
    shard: Shard, kind: LayerKind, software: Software, gathered: bool = True
) -> list[Operator]:
    """Gradients, from the projection out to those in.

    `gathered` says whether the gradient of the output is put together here.
    """
    ops: list[Operator] = [*(gather(shard, "attention gradient", "backward", software) if gathered else ())]
    ops += gradients(_output(shard), shard, software)
    ops += core(shard, kind, software, "backward")
    for name, linears in reversed(_inputs(shard, software)):
        *others, widest = sorted(linears, key=lambda linear: linear.out)
        for linear in others:
            ops += gradients(linear, shard, software)
        # One message serves all products that read the same input.
        ops += column_gradients(widest, shard, software) if name else gradients(widest, shard, software)
    return ops


def _inputs(shard: Shard, software: Software) -> list[tuple[str, list[Linear]]]:
    """Products in front of the core, by what is gathered in front of them; nothing for an empty name."""
    model, tokens = shard.model, shard.tokens
    mla = model.mla
    if mla is None:
        width = shard.kv_width / 2.0
        parts = (shard.qkv_width - 2.0 * width, width, width) if software.separate else ()
        return [("attention", [Linear("qkv", tokens, shard.qkv_width, model.hidden, parts=parts)])]
    # The projections down are not divided: every rank does them for its part of the sequence.
    mine = tokens / shard.cut
    keys = Linear("kv down", mine, mla.kv_lora_rank + mla.qk_rope_head_dim, model.hidden)
    queries = shard.heads * shard.query_dim
    up = Linear("kv up", tokens, shard.heads * (mla.qk_nope_head_dim + mla.v_head_dim), mla.kv_lora_rank)
    if not mla.q_lora_rank:
        return [("", [keys]), ("attention", [Linear("q", tokens, queries, model.hidden), up])]
    down = Linear("q down", mine, mla.q_lora_rank, model.hidden)
    return [("", [down, keys]), ("latent", [Linear("q up", tokens, queries, mla.q_lora_rank), up])]


def _output(shard: Shard) -> Linear:
    return Linear("projection", shard.tokens, shard.model.hidden, shard.attention_width)


def core(shard: Shard, kind: LayerKind, software: Software, phase: Phase) -> list[Operator]:
    """Scores, softmax and context, with what the framework sweeps over between them.

    A sequence cut over a ring is cut so that all members have the same causal work: each has a piece from
    the front and one from the back. It works on its own keys first and then on those that arrive, half of
    which it needs (Brandon et al. 2023, "Striped Attention", arXiv:2311.09431; Transformer Engine's
    `AttnFuncWithCPAndKVP2P`).
    """
    passes: list[Operator] = list(sweeps(software.layer, shard, phase, "attention"))
    ranks = shard.context
    if software.attention == "unfused":
        return _unfused(shard, phase, passes)
    if kind.cross:
        return [*passes, _core(shard, kind, phase, shard.sequence / ranks, shard.source, causal=False)]
    if ranks == 1:
        return [*passes, _core(shard, kind, phase, shard.sequence, shard.sequence)]
    share = shard.sequence / ranks
    keys_values = ELEMENT * shard.tokens * shard.kv_width
    exchanged = keys_values * (2.0 if phase == "backward" else 1.0)
    if shard.context_method == "all_gather":
        collect = Message("keys and values", phase, "all_gather", keys_values * ranks, group="context")
        ops: list[Operator] = [*passes, collect, _core(shard, kind, phase, share, shard.sequence)]
        if phase == "backward":
            size = keys_values * ranks
            ops.append(Message("key gradients", phase, "reduce_scatter", size, group="context"))
        return ops
    if shard.context_method == "all_to_all":
        qkv = ELEMENT * shard.tokens * shard.qkv_width
        out = ELEMENT * shard.tokens * shard.attention_width
        before, behind = (out, qkv) if phase == "backward" else (qkv, out)
        return [
            *exchange(shard, "heads for tokens", phase, "context", before),
            *passes,
            _core(shard, kind, phase, shard.sequence, shard.sequence, ranks),
            *exchange(shard, "tokens for heads", phase, "context", behind),
        ]
    ops = [*passes]
    for step in range(ranks):
        if step < ranks - 1:
            ops.append(Message("keys and values", phase, "send_recv", exchanged, 1, "context"))
        own = step == 0
        ops.append(_core(shard, kind, phase, share, share if own else share / 2.0, causal=own))
    return ops


def _core(
    shard: Shard,
    kind: LayerKind,
    phase: Phase,
    queries: float,
    keys: float,
    heads_cut: int = 1,
    causal: bool = True,
) -> AttentionCore:
    """One fused kernel over the documents of the micro-batch."""
    documents = 1.0
    if shard.document is not None and shard.document < keys and not kind.cross:
        documents = keys / shard.document
        queries, keys = queries / documents, keys / documents
    window = float(shard.model.window.tokens) if kind.window and shard.model.window else float("inf")
    batch, heads = shard.batch * documents, shard.heads / heads_cut
    causal = causal and not kind.encoder
    work = BACKWARD_WORK if phase == "backward" else 1.0
    flops = attention_flops(batch, heads, queries, keys, shard.query_dim, causal, shard.value_dim, window)
    return AttentionCore(
        "attention",
        phase,
        batch,
        heads,
        queries,
        keys,
        shard.query_dim,
        shard.value_dim,
        causal,
        window,
        float(flops) * work,
    )


def _unfused(shard: Shard, phase: Phase, passes: list[Operator]) -> list[Operator]:
    """Two batches of products with the scores written between them."""
    s, count = shard.sequence, shard.batch * shard.heads
    scores = MatrixProduct("attention scores", phase, s, s, shard.query_dim, count)
    context = MatrixProduct("attention context", phase, s, shard.value_dim, s, count)
    if phase == "backward":
        return [context, context, *passes, scores, scores]
    return [scores, *passes, context]
