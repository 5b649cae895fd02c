"""How many parameters a model has, and in which parts."""

from typing import NamedTuple

from simulator.spec.model import Model
from simulator.workload.kinds import LayerKind, layer_kinds, prediction_kind


class Parameters(NamedTuple):
    """Parameters of a layer or a stage: what all ranks of a stage share, and what only experts have [1]."""

    dense: float
    experts: float = 0.0

    @property
    def total(self) -> float:
        """Both together [1]."""
        return self.dense + self.experts

    def __add__(self, other: object) -> "Parameters":
        if not isinstance(other, Parameters):
            return NotImplemented
        return Parameters(self.dense + other.dense, self.experts + other.experts)


def layer_parameters(model: Model, kind: LayerKind | None = None) -> Parameters:
    """Parameters of one layer; of the last one if no kind is given.

    Norm weights (and biases, where the model has them) are counted, as published totals do.
    """
    kind = kind or layer_kinds(model)[-1]
    norm = model.hidden * (2 if model.norm == "layer_norm" else 1)
    attentions = 2 if kind.cross else 1
    dense = attentions * (attention_matrices(model) + norm) + norm
    if model.biases:
        dense += attentions * ((model.heads + 2 * model.kv_heads) * model.head_dim + model.hidden)
    if model.qk_norm:
        dense += attentions * 2 * model.head_dim
    experts = 0
    moe = model.moe
    if kind.experts and moe:
        dense += moe.experts * model.hidden + _mlp(model, moe.shared_ffn_hidden)
        experts = moe.experts * (_mlp(model, moe.ffn_hidden) + _mlp_biases(model, moe.ffn_hidden))
    else:
        dense += _mlp(model, model.ffn_hidden) + _mlp_biases(model, model.ffn_hidden)
    if kind.prediction:
        dense += 2 * model.hidden**2 + 3 * norm
    return Parameters(dense, experts)


def attention_matrices(model: Model) -> int:
    """Parameters of the projections of one attention, with the norms within latent attention [1]."""
    mla = model.mla
    if mla is None:
        return (2 * model.heads + 2 * model.kv_heads) * model.head_dim * model.hidden
    query = mla.qk_nope_head_dim + mla.qk_rope_head_dim
    if mla.q_lora_rank:
        queries = mla.q_lora_rank * (model.hidden + 1 + model.heads * query)
    else:
        queries = model.hidden * model.heads * query
    keys = model.hidden * (mla.kv_lora_rank + mla.qk_rope_head_dim) + mla.kv_lora_rank
    keys += mla.kv_lora_rank * model.heads * (mla.qk_nope_head_dim + mla.v_head_dim)
    return queries + keys + model.heads * mla.v_head_dim * model.hidden


def embedding_parameters(model: Model) -> int:
    """Parameters of the token embedding [1], without a learned position table."""
    return model.vocab * model.hidden


def head_parameters(model: Model) -> int:
    """Parameters of the last norm and of logits that do not reuse the embedding [1]."""
    norm = model.hidden * (2 if model.norm == "layer_norm" else 1)
    return norm + (0 if model.tied_embeddings else model.vocab * model.hidden)


def prediction_parameters(model: Model) -> Parameters:
    """Parameters of the layers of multi-token prediction, which published totals leave out."""
    each = layer_parameters(model, prediction_kind(model))
    return Parameters(*(model.multi_token_prediction * part for part in each))


def total_parameters(model: Model) -> int:
    """Parameters of the whole model, without the layers of multi-token prediction [1]."""
    layers = sum(layer_parameters(model, kind).total for kind in layer_kinds(model))
    return int(layers) + embedding_parameters(model) + head_parameters(model)


def active_parameters(model: Model) -> int:
    """Parameters a token meets: those of all experts but its own left out [1]."""
    moe = model.moe
    if moe is None:
        return total_parameters(model)
    idle = sum(layer_parameters(model, kind).experts for kind in layer_kinds(model))
    return round(total_parameters(model) - idle * (1.0 - moe.top_k / moe.experts))


def model_flops_per_token(model: Model, sequence: int, frozen: bool = False) -> float:
    """Useful floating-point operations of a token, forward and backward [FLOP].

    6 per matrix parameter that a token meets (logits in, embedding look-up out) plus 6 × sequence × (query
    and value widths of all heads) per layer, with no discount for the causal mask (Chowdhery et al. 2022,
    "PaLM", arXiv:2204.02311, appendix B); a window takes the place of the sequence. Frozen matrices have no
    weight gradient, which leaves 4.
    """
    query = model.mla.qk_nope_head_dim + model.mla.qk_rope_head_dim if model.mla else model.head_dim
    value = model.mla.v_head_dim if model.mla else model.head_dim
    matrices, scores = float(model.vocab * model.hidden), 0.0
    for kind in layer_kinds(model):
        attentions = 2 if kind.cross else 1
        matrices += attentions * attention_matrices(model)
        moe = model.moe
        if kind.experts and moe:
            matrices += moe.experts * model.hidden
            matrices += _mlp(model, moe.shared_ffn_hidden) + moe.top_k * _mlp(model, moe.ffn_hidden)
        else:
            matrices += _mlp(model, model.ffn_hidden)
        keys = min(sequence, model.window.tokens) if kind.window and model.window else sequence
        scores += attentions * keys * model.heads * (query + value)
    return (4.0 if frozen else 6.0) * matrices + 6.0 * scores


def _mlp(model: Model, width: int) -> int:
    return (3 if model.gated else 2) * model.hidden * width


def _mlp_biases(model: Model, width: int) -> int:
    if not model.biases:
        return 0
    return (2 if model.gated else 1) * width + model.hidden
