"""The context group against the sequence."""

from collections.abc import Iterator

from simulator.catalogue.problems import Problem
from simulator.catalogue.resolved import Resolved
from simulator.training.checks.nearest import divisors
from simulator.training.filled import context_method


def context_problems(resolved: Resolved) -> Iterator[Problem]:
    """Sequences that the context group cannot cut, and attention that cannot be cut."""
    parallel, training = resolved.scenario.parallelism, resolved.scenario.training
    context, length = parallel.context, training.sequence_length
    if context == 1:
        return
    path, method = "parallelism.context", context_method(resolved)
    cut = parallel.tensor if parallel.sequence_parallel else 1
    # Around a ring each member has a piece from the front and one from the back.
    pieces = context * cut * (2 if method == "ring" else 1)
    if length % pieces:
        legal = max((d for d in range(1, context) if length % (pieces // context * d) == 0), default=1)
        yield resolved.problem(
            path,
            f"sequence_length = {length} cannot be cut into {pieces} equal pieces for context = {context} "
            f"by {method}; context = {legal} can",
        )
    local = resolved.model.heads // parallel.tensor
    if method == "all_to_all" and local % context:
        yield resolved.problem(
            path,
            f"all_to_all exchanges heads: context = {context} does not divide the {local} heads of a rank; "
            f"{divisors(local, context)}",
        )
    if resolved.software.attention == "unfused":
        yield resolved.problem(
            path, f"{resolved.software.name} has no fused attention, which context parallelism needs"
        )
    if resolved.model.encoder:
        yield resolved.problem(path, "context parallelism of an encoder with a decoder is not modelled")
    if training.document_length is not None:
        yield resolved.problem(
            "training.document_length",
            f"packed documents cut over context = {context} are not modelled: their work is no longer equal",
        )
