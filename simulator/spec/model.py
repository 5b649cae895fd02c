"""The dimensions of a dense decoder."""

from typing import Literal

from pydantic import model_validator

from simulator.spec.part import Count, Part


class Model(Part):
    """A decoder-only transformer with the same attention and MLP in every layer."""

    kind: Literal["model"]
    layers: Count
    """Transformer layers [1]."""
    hidden: Count
    """Width of the residual stream [elements]."""
    heads: Count
    """Query heads [1]."""
    kv_heads: Count
    """Key and value heads: `heads` is multi-head, 1 multi-query, between them grouped-query [1]."""
    head_dim: Count
    """Width of one head [elements]."""
    ffn_hidden: Count
    """Inner width of the MLP [elements]."""
    gated: bool
    """Whether the MLP has a gate (SwiGLU): three matrices instead of two."""
    vocab: Count
    """Rows of the embedding table, padding included [tokens]."""
    tied_embeddings: bool
    """Whether the logits reuse the embedding table."""
    position: Literal["learned", "rotary"]
    """How positions enter: a learned table added to the embedding, or rotary in every layer."""
    norm: Literal["layer_norm", "rms_norm"]
    """Normalisation in front of attention and MLP."""
    biases: bool
    """Whether linear layers carry biases."""
    parameters: Count
    """Published parameter count; the dimensions must agree within 3 %."""

    @model_validator(mode="after")
    def _heads_divide(self) -> "Model":
        if self.heads % self.kv_heads:
            raise ValueError(
                f"kv_heads = {self.kv_heads} does not divide heads = {self.heads}; "
                f"grouped-query attention shares each key head among equally many query heads"
            )
        return self
