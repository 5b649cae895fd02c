"""In which order a stage works on its micro-batches: GPipe, 1F1B, and interleaved 1F1B."""

from functools import lru_cache
from typing import Literal, NamedTuple

from simulator.schedule.plan import Plan
from simulator.schedule.zero_bubble import dual_pipe_order, zero_bubble_h1_order, zero_bubble_v_order


class Work(NamedTuple):
    """One chunk of the model applied to one micro-batch.

    Where a schedule splits the backward pass, `backward` is the gradient of the input alone and `weight`
    follows some time later.
    """

    phase: Literal["forward", "backward", "weight"]
    micro_batch: int
    chunk: int
    """Chunk on this stage, 0 … virtual stages − 1."""

    @property
    def forward(self) -> bool:
        """Whether it is a forward pass."""
        return self.phase == "forward"


def stage_order(plan: Plan, stage: int) -> list[Work]:
    """Everything a stage does in one step, in order.

    Returns
    -------
    list of Work
        2 × micro-batches × virtual stages entries; 3 × where the backward pass is split.

    Examples
    --------
    >>> from simulator.schedule.plan import Plan
    >>> plan = Plan(1, 2, 1, 1, False, "1f1b", "none", 3, (1, 1), False, False)
    >>> "".join("F" if w.forward else "B" for w in stage_order(plan, 0))
    'FFBFBB'
    """
    if plan.splits_backward:
        letters = {"F": "forward", "B": "backward", "W": "weight"}
        build = {"zb-h1": zero_bubble_h1_order, "zb-v": zero_bubble_v_order, "dualpipe": dual_pipe_order}
        found = build[plan.schedule](plan.pipeline, plan.micro_batches, stage)
        return [Work(letters[letter], micro_batch, chunk) for letter, micro_batch, chunk in found]  # type: ignore[arg-type]
    forward, backward = _rounds(plan.micro_batches, plan.pipeline, plan.virtual_stages)
    warm_up = warm_up_forwards(plan, stage)
    order = list(forward[:warm_up])
    for f, b in zip(forward[warm_up:], backward, strict=False):
        order += (f, b)
    return [*order, *backward[len(forward) - warm_up :]]


def warm_up_forwards(plan: Plan, stage: int) -> int:
    """Forward passes before a stage's first backward pass, the one paired with it not counted [1].

    GPipe runs them all; 1F1B as many as stages follow; the interleaved schedule twice that and one round for
    each further chunk (Narayanan et al. 2021, arXiv:2104.04473, section 2.2, and Megatron-LM's
    `forward_backward_pipelining_with_interleaving`).
    """
    total = plan.micro_batches * plan.virtual_stages
    after = plan.pipeline - 1 - stage
    if plan.schedule == "gpipe":
        return total
    if plan.schedule in ("1f1b", "zb-h1"):
        return min(after, total)
    if plan.splits_backward:
        order = stage_order(plan, stage)
        return next(place for place, work in enumerate(order) if not work.forward) - 1
    if plan.micro_batches == plan.pipeline:
        return total
    return min(2 * after + (plan.virtual_stages - 1) * plan.pipeline, total)


def chunks_in_flight(plan: Plan, stage: int) -> int:
    """Most micro-batch × chunk activations a stage holds at once [1].

    A split backward pass holds on to them until the weight gradient is done.
    """
    if plan.splits_backward:
        held = most = 0
        for work in stage_order(plan, stage):
            held += {"forward": 1, "backward": 0, "weight": -1}[work.phase]
            most = max(most, held)
        return most
    total = plan.micro_batches * plan.virtual_stages
    return min(total, warm_up_forwards(plan, stage) + 1)


@lru_cache(maxsize=8)
def _rounds(
    micro_batches: int, pipeline: int, virtual_stages: int
) -> tuple[tuple[Work, ...], tuple[Work, ...]]:
    """Forward and backward passes of any stage.

    Rounds of one micro-batch per stage, each through all chunks before the next begins; backward in reverse.
    """
    width = pipeline if virtual_stages > 1 else micro_batches
    forward = tuple(
        Work("forward", micro_batch, chunk)
        for first in range(0, micro_batches, width)
        for chunk in range(virtual_stages)
        for micro_batch in range(first, min(first + width, micro_batches))
    )
    backward = tuple(Work("backward", work.micro_batch, virtual_stages - 1 - work.chunk) for work in forward)
    return forward, backward
