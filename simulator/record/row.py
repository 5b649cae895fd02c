"""The one record of what happened: its columns, and what may stand in them."""

from typing import NamedTuple


class Row(NamedTuple):
    """Something that took time somewhere.

    Rows form a tree: a row with a `parent` stands inside every row of that name on the same stage, or inside
    every row of that name at all where its own stage is −1. Its `start` counts from the start of the parent,
    and it happens `repeat` times, back to back, in each of them. Rows without parent count from the start
    of the step or run.
    """

    kind: str
    """What the time goes to: a bucket of the breakdown, `task` for a row that only holds others, or an
    event of the run."""
    name: str
    """What ran."""
    rank_class: str
    """Which ranks did it, in words."""
    represents: int
    """Ranks that did the same [1]."""
    stream: str
    """Queue of the rank it ran in."""
    parent: str
    """Name of the row it is part of; empty for none."""
    stage: int
    """Pipeline stage; −1 for all."""
    replica: int
    """Data-parallel replica; −1 for all."""
    start: float
    """Start [s]."""
    duration: float
    """Duration of one repetition [s]."""
    repeat: int
    """Repetitions, back to back [1]."""
    bytes: float
    """Bytes moved through memory or sent [B]."""
    flops: float
    """Floating-point operations [FLOP]."""
    tokens: float
    """Tokens worked on [tokens]."""
    group: int
    """Ranks that take part in a collective; 1 where nobody else does [1]."""
    item: int
    """Step, micro-batch or request the row belongs to; −1 for none."""


BUCKETS = (
    "compute",
    "recompute",
    "optimizer",
    "exposed_tensor",
    "exposed_context",
    "exposed_expert",
    "exposed_pipeline",
    "exposed_data",
    "host",
    "bubble",
)
"""Where the time of a step goes, first come first served: each instant of a rank belongs to the first
bucket that is active in it, and to `bubble` where none is."""
