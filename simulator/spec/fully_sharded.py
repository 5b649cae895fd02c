"""How a framework gathers parameters layer by layer."""

from typing import Literal

from simulator.spec.part import Count, Fraction, Spec
from simulator.spec.passes import BytesPerElement, Launches


class FullySharded(Spec):
    """Parameters that are gathered layer by layer (FSDP, ZeRO-3)."""

    gather: BytesPerElement
    """Gathered parameters on the wire [B per parameter]."""
    prefetch: Launches
    """Layers gathered ahead of the one that computes [1]."""
    reshard: bool
    """Whether parameters are dropped after the forward pass and gathered again backward."""
    reduce_every: Literal["micro-batch", "step"]
    """When gradients leave: after every micro-batch, or accumulated."""
    reduce: BytesPerElement | None = None
    """Reduced gradients on the wire; as `gradient_reduction` says if left out [B per parameter]."""
    exposed: Fraction = 0.0
    """Share of the collectives of a layer that nothing hides, as where every turn of a compiled loop gathers
    its own parameters [1]."""
    copy_messages: Count = 1
    """Collectives over copies of the shards in which the gradients of a layer are added [1]."""
    copies_beside: bool = True
    """Whether gradients are added over copies of the shards as they leave; else when all have left."""
    copies: BytesPerElement
    """Read and written around the collectives: parameters cast and packed, gradients cast and divided [B per
    parameter and micro-batch]."""
    kernels: Launches = 0
    """Kernels launched around the collectives of one layer [1]."""
    gradients: bool = False
    """Whether `sharding: gradients` works alike, but keeps gathered parameters from the forward to the
    backward pass; otherwise parameters are whole between steps."""
    ends: BytesPerElement = 0.0
    """Embedding and logits held gathered from the first layer to the last, with the buffers in which they
    came [B per parameter]."""
    reshard_pipelined: bool = True
    """Whether `reshard` also holds where the model is cut into stages."""
    offload: bool = False
    """Whether its recipes keep activations in host memory, where they do not fit, rather than compute them
    again; for published rows that say nothing."""
