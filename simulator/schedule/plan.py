"""A parallelism plan with every number filled in: how layers, ranks and micro-batches are cut."""

from dataclasses import dataclass

from simulator.spec.training import Schedule, Sharding


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked plan.

    Attributes
    ----------
    tensor, pipeline, virtual_stages, data : int
        Degrees; `virtual_stages` is model chunks per stage [1].
    sequence_parallel : bool
        Whether the residual stream is cut along the sequence.
    schedule : str
        Order of the micro-batches.
    sharding : str
        What the replicas split among them.
    micro_batches : int
        Micro-batches of one replica in a step [1].
    layers : tuple of int
        Layers of each chunk in model order; chunk `c` sits on stage `c` mod `pipeline` [1].
    overlap_gradients, overlap_parameters : bool
        What data parallelism hides.
    """

    tensor: int
    pipeline: int
    virtual_stages: int
    data: int
    sequence_parallel: bool
    schedule: Schedule
    sharding: Sharding
    micro_batches: int
    layers: tuple[int, ...]
    overlap_gradients: bool
    overlap_parameters: bool

    @property
    def ranks(self) -> int:
        """Accelerators of the job [1]."""
        return self.tensor * self.pipeline * self.data

    @property
    def chunks(self) -> int:
        """Model chunks over all stages [1]."""
        return self.pipeline * self.virtual_stages

    def stage_layers(self, stage: int) -> int:
        """Layers on one stage [1]."""
        return sum(self.layers[stage :: self.pipeline])


def split_layers(layers: int, chunks: int) -> tuple[int, ...]:
    """Layers of each chunk in model order.

    Equal where that is possible. Otherwise embedding and logits count as one layer each, as Llama 3 was cut
    (Llama team 2024, arXiv:2407.21783, section 3.3.2) and as Megatron-Core's
    `account_for_embedding_in_pipeline_split` does, and what is left over goes one by one to the middle.

    Examples
    --------
    >>> split_layers(96, 8)
    (12, 12, 12, 12, 12, 12, 12, 12)
    >>> split_layers(126, 16)
    (7, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 7)
    >>> split_layers(10, 4)
    (2, 3, 3, 2)
    """
    if layers % chunks == 0:
        return (layers // chunks,) * chunks
    share, extra = divmod(layers + 2, chunks)
    split = [share] * chunks
    first = (chunks - extra) // 2
    for chunk in range(first, first + extra):
        split[chunk] += 1
    split[0] -= 1
    split[-1] -= 1
    return tuple(split)
