"""How many parameters a model has, and how many of them a rank holds."""

from simulator.spec.model import Model


def layer_parameters(model: Model) -> int:
    """Parameters of one layer [1].

    Norm weights (and biases, where the model has them) are counted, as published totals do.
    """
    attention = (2 * model.heads + 2 * model.kv_heads) * model.head_dim * model.hidden
    mlp = (3 if model.gated else 2) * model.hidden * model.ffn_hidden
    norms = 2 * model.hidden * (2 if model.norm == "layer_norm" else 1)
    biases = 0
    if model.biases:
        biases = (model.heads + 2 * model.kv_heads) * model.head_dim + model.hidden
        biases += (2 if model.gated else 1) * model.ffn_hidden + model.hidden
    return attention + mlp + norms + biases


def embedding_parameters(model: Model) -> int:
    """Parameters of the token embedding [1], without a learned position table."""
    return model.vocab * model.hidden


def head_parameters(model: Model) -> int:
    """Parameters of the last norm and of logits that do not reuse the embedding [1]."""
    norm = model.hidden * (2 if model.norm == "layer_norm" else 1)
    return norm + (0 if model.tied_embeddings else model.vocab * model.hidden)


def total_parameters(model: Model) -> int:
    """Parameters of the whole model [1]."""
    return model.layers * layer_parameters(model) + embedding_parameters(model) + head_parameters(model)


def model_flops_per_token(model: Model, sequence: int) -> float:
    """Useful floating-point operations of a token, forward and backward [FLOP].

    6 per matrix parameter (logits in, embedding look-up out) plus 12 × layers × sequence × attention width,
    with no discount for the causal mask (Chowdhery et al. 2022, "PaLM", arXiv:2204.02311, appendix B).
    """
    attention = (2 * model.heads + 2 * model.kv_heads) * model.head_dim * model.hidden
    mlp = (3 if model.gated else 2) * model.hidden * model.ffn_hidden
    matrices = model.layers * (attention + mlp) + model.vocab * model.hidden
    return 6.0 * matrices + 12.0 * model.layers * sequence * model.heads * model.head_dim
