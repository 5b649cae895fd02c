"""The dimensions of a transformer."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulator.spec.part import Count, Part, Spec

Whole = Annotated[int, Field(ge=0)]


class Experts(Spec):
    """A mixture of experts in place of the MLP."""

    experts: Count
    """Routed experts of a layer [1]."""
    top_k: Count
    """Experts each token goes to [1]."""
    ffn_hidden: Count
    """Inner width of one expert [elements]."""
    shared_ffn_hidden: Whole = 0
    """Inner width of the experts that every token goes to, all together [elements]."""
    dense_layers: Whole = 0
    """Layers that keep a dense MLP [1]."""
    dense_placement: Literal["first", "alternate"] = "first"
    """Where the dense layers are: in front, or every second layer."""
    node_limit: Count | None = None
    """Nodes among which the experts of one token are chosen (node-limited routing); any if left out [1]."""


class LatentAttention(Spec):
    """Multi-head latent attention: queries, keys and values through low-rank projections."""

    q_lora_rank: Whole = 0
    """Rank of the query projection; 0 projects queries directly [elements]."""
    kv_lora_rank: Count
    """Rank of the joint projection of keys and values [elements]."""
    qk_nope_head_dim: Count
    """Width of the part of a query and key without position [elements]."""
    qk_rope_head_dim: Count
    """Width of the part with rotary position, shared by the keys of all heads [elements]."""
    v_head_dim: Count
    """Width of a value [elements]."""


class Window(Spec):
    """Sliding-window attention in some layers."""

    tokens: Count
    """Earlier tokens a query sees at most [tokens]."""
    full_attention_every: Whole = 0
    """Every so many layers one sees the whole sequence; 0 for none [1]."""


class Encoder(Spec):
    """An encoder in front of the decoder, whose layers then attend to it."""

    layers: Count
    """Layers that see the whole source sequence in both directions [1]."""


class Model(Part):
    """A transformer: a decoder, dense or with experts, or an encoder with a decoder."""

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
    position: Literal["learned", "rotary", "alibi", "none"]
    """How positions enter: a learned table added to the embedding, rotary in every layer, biases on the
    scores (ALiBi, or the buckets of T5), or not at all."""
    norm: Literal["layer_norm", "rms_norm"]
    """Normalisation in front of attention and MLP."""
    biases: bool
    """Whether linear layers carry biases."""
    parallel_block: bool = False
    """Whether attention and MLP read the same input and are added together."""
    qk_norm: bool = False
    """Whether queries and keys are normalised in every layer."""
    mla: LatentAttention | None = None
    """Latent attention; `kv_heads` and `head_dim` then describe its heads without position."""
    moe: Experts | None = None
    """Experts in place of the MLP."""
    window: Window | None = None
    """Sliding-window attention."""
    multi_token_prediction: Whole = 0
    """Further layers, each with logits of its own, that predict tokens beyond the next [1]."""
    encoder: Encoder | None = None
    """An encoder in front of the decoder."""
    parameters: Count
    """Published parameter count; the dimensions must agree within 1 %."""

    @model_validator(mode="after")
    def _heads_divide(self) -> "Model":
        if self.heads % self.kv_heads:
            raise ValueError(
                f"kv_heads = {self.kv_heads} does not divide heads = {self.heads}; "
                f"grouped-query attention shares each key head among equally many query heads"
            )
        return self

    @model_validator(mode="after")
    def _experts_exist(self) -> "Model":
        if self.moe and self.moe.top_k > self.moe.experts:
            raise ValueError(f"top_k = {self.moe.top_k} is more than the {self.moe.experts} experts")
        if self.moe and self.moe.dense_layers >= self.layers:
            raise ValueError(
                f"dense_layers = {self.moe.dense_layers} leave no layer with experts; leave out `moe`"
            )
        return self
