"""All checks of a plan."""

from collections.abc import Iterator

from simulator.catalogue.problems import Problem
from simulator.catalogue.resolved import Resolved
from simulator.training.checks.batch import batch_problems
from simulator.training.checks.cluster import cluster_problems
from simulator.training.checks.context import context_problems
from simulator.training.checks.experts import expert_problems
from simulator.training.checks.pipeline import pipeline_problems
from simulator.training.checks.run import run_problems
from simulator.training.checks.sharding import sharding_problems
from simulator.training.checks.software import software_problems
from simulator.training.checks.tensor import tensor_problems


def plan_problems(resolved: Resolved) -> Iterator[Problem]:
    """Everything in which the plan contradicts the cluster, the model, the batch or the software."""
    yield from cluster_problems(resolved)
    yield from tensor_problems(resolved)
    yield from context_problems(resolved)
    yield from expert_problems(resolved)
    yield from pipeline_problems(resolved)
    yield from sharding_problems(resolved)
    yield from batch_problems(resolved)
    yield from software_problems(resolved)
    yield from run_problems(resolved)
