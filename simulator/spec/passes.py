"""Memory-bound operators of a framework, by the bytes they move for each element of a tensor."""

from typing import Annotated, Literal

from pydantic import Field

from simulator.spec.part import Spec
from simulator.spec.precision import BasePrecision

Tensor = Literal[
    "hidden",
    "attention",
    "qkv",
    "latent",
    "scores",
    "ffn",
    "ffn_pair",
    "routed",
    "expert_ffn",
    "expert_ffn_pair",
    "shared_ffn",
    "router",
    "logits",
    "tokens",
    "weights",
    "expert_weights",
]
"""Tensors of a layer, by what one token of them holds: the residual stream (cut along the sequence only with
sequence parallelism), the attention output, queries with keys and values, the same in their low-rank form
(latent attention), one score per head and earlier token, the inner MLP activation, the same before gating, a
copy of the residual for each expert of the token, the inner activation of those experts, the same before
gating, that of the shared experts, one number per expert, the logits, one number per token; and the matrices
of a layer and of its experts, whatever the tokens."""

BytesPerElement = Annotated[float, Field(ge=0.0)]
Launches = Annotated[int, Field(ge=0)]


class Pass(Spec):
    """A memory-bound operator: how many bytes it moves for each element of the tensor it runs over."""

    name: str
    """Name in the record."""
    tensor: Tensor
    """Tensor it runs over."""
    forward: BytesPerElement
    """Read and written forward [B per element]."""
    backward: BytesPerElement
    """Read and written backward [B per element]."""
    forward_kernels: Launches = 1
    """Kernels launched forward [1]."""
    backward_kernels: Launches = 1
    """Kernels launched backward [1]."""
    scope: Literal["attention", "projection", "mlp", "router", "dispatch", "expert", "combine"] = "projection"
    """Where it runs: in front of or within attention, in front of the MLP; and in a layer with experts at the
    router, in front of the exchange of tokens, within the experts, and behind them."""
    stored: BytesPerElement = 0.0
    """Kept for the backward pass [B per element]."""
    rate: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    """Share of the memory bandwidth that its kernels reach, where other work holds them up [1]."""
    when: Literal[
        "always",
        "rotary",
        "gated",
        "plain",
        "biases",
        "qk_norm",
        "latent",
        "context",
        "shared",
        "tensor",
    ] = "always"
    """The models in which it occurs."""


class OptimizerPass(Spec):
    """One sweep of the optimizer over its parameters."""

    name: str
    """Name in the record."""
    bytes: BytesPerElement
    """Read and written [B per parameter]."""
    sharded: bool = True
    """Whether a sharded optimizer sweeps its share only."""
    precision: BasePrecision | None = None
    """Training precision in which the sweep occurs; both if left out."""
