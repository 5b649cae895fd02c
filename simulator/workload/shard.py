"""What one rank holds of a layer, and how many elements its tensors have."""

from dataclasses import dataclass, replace

from simulator.spec.model import Model
from simulator.spec.passes import Tensor
from simulator.spec.precision import BasePrecision, base_precision
from simulator.spec.training import ContextMethod, Lora, TrainingPrecision
from simulator.workload.routing import expert_loads


@dataclass(frozen=True, slots=True)
class Shard:
    """One micro-batch on one rank.

    Attributes
    ----------
    model : Model
        Dimensions.
    batch : int
        Sequences of the micro-batch [1].
    sequence : int
        Tokens of a sequence [1].
    tensor : int
        Ranks that share each layer [1].
    sequence_parallel : bool
        Whether the residual stream is cut along the sequence.
    precision : str
        Number format of the matrix products of the layers.
    vocab : int
        Rows of the embedding table, padded so that the tensor group can cut it [tokens].
    context : int
        Ranks that share each sequence [1].
    context_method : str
        How attention sees the whole sequence.
    expert, expert_tensor : int
        Ranks that share the experts of a layer, and each expert [1].
    lora : Lora or None
        Adapters; with them the weights are frozen.
    document : int or None
        Mean length of packed documents [tokens].
    skew, capacity : float or None
        Power law of tokens over experts; most tokens of an expert over the mean [1].
    offload : str
        What is kept in host memory.
    offload_share : float
        Share of the layers whose activations go there, if any do [1].
    source : int
        Tokens of the source sequence that an encoder sees [1].
    """

    model: Model
    batch: int
    sequence: int
    tensor: int
    sequence_parallel: bool
    precision: TrainingPrecision
    vocab: int
    context: int = 1
    context_method: ContextMethod = "ring"
    expert: int = 1
    expert_tensor: int = 1
    lora: Lora | None = None
    document: int | None = None
    skew: float | None = None
    capacity: float | None = None
    offload: str = "none"
    offload_share: float = 1.0
    source: int = 0

    @property
    def base(self) -> BasePrecision:
        """Format of activations, and of everything but the products of the layers."""
        return base_precision(self.precision)

    @property
    def encoding(self) -> "Shard":
        """The same of the source sequence, on which the layers of an encoder work."""
        return replace(self, sequence=self.source)

    @property
    def tokens(self) -> float:
        """Tokens of the micro-batch on this rank's part of the sequence [1]."""
        return self.batch * self.sequence / self.context

    @property
    def cut(self) -> int:
        """Parts into which the residual stream is cut along the sequence [1]."""
        return self.tensor if self.sequence_parallel else 1

    @property
    def heads(self) -> float:
        """Query heads on this rank [1]."""
        return self.model.heads / self.tensor

    @property
    def kv_heads(self) -> float:
        """Key heads on this rank, at least one [1]."""
        return max(1.0, self.model.kv_heads / self.tensor)

    @property
    def query_dim(self) -> float:
        """Width of a query and of a key [elements]."""
        mla = self.model.mla
        return mla.qk_nope_head_dim + mla.qk_rope_head_dim if mla else self.model.head_dim

    @property
    def value_dim(self) -> float:
        """Width of a value [elements]."""
        return self.model.mla.v_head_dim if self.model.mla else self.model.head_dim

    @property
    def qkv_width(self) -> float:
        """Width of queries, keys and values on this rank [elements]."""
        if self.model.mla:
            return self.heads * (2.0 * self.query_dim + self.value_dim)
        return (self.heads + 2.0 * self.kv_heads) * self.model.head_dim

    @property
    def kv_width(self) -> float:
        """Width of keys and values on this rank [elements]."""
        return self.qkv_width - self.heads * self.query_dim

    @property
    def latent_width(self) -> float:
        """Width of the low-rank projections of latent attention, which every rank holds [elements]."""
        mla = self.model.mla
        return mla.q_lora_rank + mla.kv_lora_rank + mla.qk_rope_head_dim if mla else 0.0

    @property
    def attention_width(self) -> float:
        """Width of the attention output on this rank [elements]."""
        return self.heads * self.value_dim

    @property
    def gates(self) -> float:
        """Inner products of an MLP that are computed side by side: gate and value, or the value alone [1]."""
        return 2.0 if self.model.gated else 1.0

    @property
    def ffn_width(self) -> float:
        """Inner width of the dense MLP on this rank [elements]."""
        return self.model.ffn_hidden / self.tensor

    @property
    def local_experts(self) -> float:
        """Experts on this rank [1]."""
        return self.model.moe.experts / self.expert if self.model.moe else 0.0

    @property
    def expert_width(self) -> float:
        """Inner width of one expert on this rank [elements]."""
        return self.model.moe.ffn_hidden / self.expert_tensor if self.model.moe else 0.0

    @property
    def shared_width(self) -> float:
        """Inner width of the shared experts on this rank [elements]."""
        return self.model.moe.shared_ffn_hidden / self.tensor if self.model.moe else 0.0

    @property
    def routed(self) -> float:
        """Tokens this rank sends to experts, counted once for each expert [1]."""
        moe = self.model.moe
        return self.tokens / self.cut * moe.top_k if moe else 0.0

    @property
    def received(self) -> float:
        """Tokens the experts of the busiest rank get, counted once for each expert [1]."""
        moe = self.model.moe
        if moe is None:
            return 0.0
        most = self.routed * self.expert_tensor
        if self.skew is not None:
            # All members of the expert group route at once.
            tokens = round(self.tokens / self.cut * self.expert)
            loads = expert_loads(tokens, moe.top_k, moe.experts, self.expert, self.skew)
            most *= float(loads.sum()) / (tokens * moe.top_k / self.expert)
        if self.capacity is not None:
            # Experts are filled up to their capacity, with padding where tokens are missing.
            most = self.routed * self.expert_tensor * self.capacity
        return most

    def elements(self, tensor: Tensor) -> float:
        """Elements of a tensor on this rank for one micro-batch [1]."""
        return {
            "hidden": lambda: self.tokens * self.model.hidden / self.cut,
            "attention": lambda: self.tokens * self.attention_width,
            "qkv": lambda: self.tokens * self.qkv_width,
            "latent": lambda: self.tokens * self.latent_width / self.cut,
            "scores": lambda: self.tokens * self.heads * self.sequence,
            "ffn": lambda: self.tokens * self.ffn_width,
            "ffn_pair": lambda: self.tokens * self.ffn_width * self.gates,
            "routed": lambda: self.routed * self.model.hidden,
            "expert_ffn": lambda: self.received * self.expert_width,
            "expert_ffn_pair": lambda: self.received * self.expert_width * self.gates,
            "shared_ffn": lambda: self.tokens * self.shared_width,
            "router": lambda: self.tokens / self.cut * (self.model.moe.experts if self.model.moe else 0),
            "logits": lambda: self.tokens * self.vocab / self.tensor,
            "tokens": lambda: self.tokens,
            "weights": lambda: self.dense_matrix,
            "expert_weights": lambda: self.expert_matrix,
        }[tensor]()

    @property
    def dense_matrix(self) -> float:
        """Elements of the matrices of a dense layer on this rank [1]."""
        model = self.model
        attention = model.hidden * (self.qkv_width + self.attention_width)
        return attention + (self.gates + 1.0) * model.hidden * self.ffn_width

    @property
    def expert_matrix(self) -> float:
        """Elements of the matrices of the experts of a layer on this rank [1]."""
        return self.local_experts * (self.gates + 1.0) * self.model.hidden * self.expert_width
