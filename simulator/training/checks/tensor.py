"""The tensor group against the widths of the model."""

from collections.abc import Iterator

from simulator.catalogue.problems import Problem
from simulator.catalogue.resolved import Resolved
from simulator.training.checks.nearest import divisors


def tensor_problems(resolved: Resolved) -> Iterator[Problem]:
    """Heads and widths that the tensor group cannot cut."""
    parallel, model = resolved.scenario.parallelism, resolved.model
    tensor = parallel.tensor
    for what, number in (("heads", model.heads), ("ffn_hidden", model.ffn_hidden)):
        if number % tensor:
            yield resolved.problem(
                "parallelism.tensor",
                f"tensor = {tensor} does not divide {what} = {number} of {model.name}; "
                f"{divisors(number, tensor)}",
            )
    if model.kv_heads % tensor and tensor % model.kv_heads:
        yield resolved.problem(
            "parallelism.tensor",
            f"tensor = {tensor} and kv_heads = {model.kv_heads} do not divide each other",
        )
    if parallel.sequence_parallel and tensor == 1:
        yield resolved.problem(
            "parallelism.sequence_parallel",
            "sequence parallelism cuts over the tensor group, which has one member; leave it out",
        )
    if parallel.sequence_parallel and resolved.scenario.training.sequence_length % tensor:
        yield resolved.problem(
            "training.sequence_length",
            f"sequence_length = {resolved.scenario.training.sequence_length} is not a multiple of "
            f"tensor = {tensor}, over which sequence parallelism cuts it",
        )
