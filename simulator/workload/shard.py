"""What one rank holds of a layer, and how many elements its tensors have."""

from dataclasses import dataclass

from simulator.spec.model import Model
from simulator.spec.software import Tensor, TrainingPrecision


@dataclass(frozen=True, slots=True)
class Shard:
    """One micro-batch on one rank of the tensor group.

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
        Number format of weights and activations.
    vocab : int
        Rows of the embedding table, padded so that the tensor group can cut it [tokens].
    """

    model: Model
    batch: int
    sequence: int
    tensor: int
    sequence_parallel: bool
    precision: TrainingPrecision
    vocab: int

    @property
    def tokens(self) -> int:
        """Tokens of the micro-batch [1]."""
        return self.batch * self.sequence

    @property
    def heads(self) -> float:
        """Query heads on this rank [1]."""
        return self.model.heads / self.tensor

    @property
    def qkv_width(self) -> float:
        """Width of queries, keys and values on this rank; a rank has at least one key head [elements]."""
        return (self.heads + 2.0 * max(1.0, self.model.kv_heads / self.tensor)) * self.model.head_dim

    @property
    def attention_width(self) -> float:
        """Width of the attention output on this rank [elements]."""
        return self.heads * self.model.head_dim

    @property
    def ffn_width(self) -> float:
        """Inner width of the MLP on this rank [elements]."""
        return self.model.ffn_hidden / self.tensor

    @property
    def ffn_pair_width(self) -> float:
        """Width of the first MLP product on this rank: gate and value, or the value alone [elements]."""
        return self.ffn_width * (2.0 if self.model.gated else 1.0)

    def elements(self, tensor: Tensor) -> float:
        """Elements of a tensor on this rank for one micro-batch [1]."""
        cut = self.tensor if self.sequence_parallel else 1
        return (
            self.tokens
            * {
                "hidden": self.model.hidden / cut,
                "attention": self.attention_width,
                "qkv": self.qkv_width,
                "scores": self.heads * self.sequence,
                "ffn": self.ffn_width,
                "ffn_pair": self.ffn_pair_width,
                "logits": self.vocab / self.tensor,
                "tokens": 1.0,
            }[tensor]
        )
