"""The time of a uniform schedule in one expression: the second evaluation beside the events, for search."""

from simulator.schedule.plan import Plan


def closed_form_time(plan: Plan, forward: float, backward: float, transfer: float = 0.0) -> float:
    """From the first forward pass to the end of the last backward pass.

    Holds where all chunks take equally long, nothing contends for links, and a transfer, which travels beside
    compute, takes no longer than a pass.

    Parameters
    ----------
    plan : Plan
        Schedule, stages, virtual stages and micro-batches.
    forward, backward : float
        One chunk, one micro-batch [s].
    transfer : float
        One activation to the next stage [s].

    Returns
    -------
    float
        Time [s].

    Raises
    ------
    ValueError
        For schedules that split the backward pass.

    Notes
    -----
    Without transfers (m + (p − 1) / v) (f + b) for stages of v chunks (Narayanan et al. 2021,
    arXiv:2104.04473, section 2.2). 1F1B has as many micro-batches in flight as stages follow, so every
    round of p micro-batches waits once for a transfer there and back along the pipeline; the interleaved
    schedule has twice as many in flight and waits in its first and last rounds only.

    Examples
    --------
    >>> plan = Plan(1, 4, 1, 1, False, "1f1b", "none", 8, (1,) * 4, False, False)
    >>> closed_form_time(plan, 1.0, 2.0)
    33.0
    """
    if plan.splits_backward:
        raise ValueError(f"no closed form of schedule {plan.schedule}; play it")
    stages, chunks, micro_batches = plan.pipeline, plan.virtual_stages, plan.micro_batches
    passes = micro_batches * chunks + stages - 1
    transfers = 2 * (stages - 1)
    if plan.schedule == "1f1b" and stages > 1:
        rounds, rest = divmod(micro_batches - 1, stages)
        transfers = transfers * (1 + rounds) + 2 * max(0, rest - 1)
    elif plan.schedule == "interleaved":
        transfers += 2 * stages * (chunks - 1)
    return passes * (forward + backward) + transfers * transfer
