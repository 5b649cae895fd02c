"""The expert group against the experts of the model and the accelerators of a stage."""

from collections.abc import Iterator

from simulator.catalogue.problems import Problem
from simulator.catalogue.resolved import Resolved
from simulator.training.checks.nearest import divisors
from simulator.training.filled import replicas


def expert_problems(resolved: Resolved) -> Iterator[Problem]:
    """Expert degrees that do not divide, and what belongs to experts in a model without."""
    parallel, training, moe = resolved.scenario.parallelism, resolved.scenario.training, resolved.model.moe
    if moe is None:
        for path, given in (
            ("parallelism.expert", parallel.expert > 1),
            ("parallelism.expert_tensor", parallel.expert_tensor > 1),
            ("training.expert_skew", training.expert_skew is not None),
        ):
            if given:
                yield resolved.problem(path, f"{resolved.model.name} has no experts; leave this out")
        return
    if resolved.software.experts is None:
        yield resolved.problem("software", f"{resolved.software.name} does not run layers with experts")
    stage = parallel.tensor * parallel.context * replicas(resolved)
    spread = parallel.expert * parallel.expert_tensor
    if moe.experts % parallel.expert:
        yield resolved.problem(
            "parallelism.expert",
            f"expert = {parallel.expert} does not divide the {moe.experts} experts of "
            f"{resolved.model.name}; {divisors(moe.experts, parallel.expert)}",
        )
    elif stage and stage % spread:
        yield resolved.problem(
            "parallelism.expert",
            f"expert × expert_tensor = {parallel.expert} × {parallel.expert_tensor} = {spread} does not "
            f"divide tensor × context × data = {stage}; {divisors(stage, spread)}",
        )
    if moe.ffn_hidden % parallel.expert_tensor:
        yield resolved.problem(
            "parallelism.expert_tensor",
            f"expert_tensor = {parallel.expert_tensor} does not divide the width of an expert, "
            f"{moe.ffn_hidden}; {divisors(moe.ffn_hidden, parallel.expert_tensor)}",
        )
    if parallel.tensor > 1 and not parallel.sequence_parallel:
        yield resolved.problem(
            "parallelism.sequence_parallel",
            "without sequence parallelism every rank of the tensor group would send the same tokens to "
            "experts, which no framework does; set sequence_parallel: true",
        )
    if training.expert_skew is not None and training.expert_capacity is not None:
        yield resolved.problem(
            "training.expert_capacity",
            "experts filled to a capacity are balanced by padding; leave out expert_skew or expert_capacity",
        )
