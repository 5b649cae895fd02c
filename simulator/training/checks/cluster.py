"""The degrees against the accelerators."""

from collections.abc import Iterator
from math import prod

from simulator.catalogue.problems import Problem
from simulator.catalogue.resolved import Resolved
from simulator.spec.training import Parallelism


def cluster_problems(resolved: Resolved) -> Iterator[Problem]:
    """Degrees whose product is not the cluster, and clusters of broken nodes."""
    parallel, count = resolved.scenario.parallelism, resolved.scenario.cluster.count
    model_ranks = parallel.tensor * parallel.pipeline * parallel.context
    ranks = model_ranks * (parallel.data or 1)
    if count % model_ranks:
        yield resolved.problem(
            f"parallelism.{_at_fault(parallel, count)}",
            f"tensor × pipeline × context = {parallel.tensor} × {parallel.pipeline} × {parallel.context} = "
            f"{model_ranks} does not divide the cluster's {count} accelerators",
        )
    elif parallel.data is not None and ranks != count:
        yield resolved.problem(
            "parallelism.data",
            f"tensor × pipeline × context × data = {parallel.tensor} × {parallel.pipeline} × "
            f"{parallel.context} × {parallel.data} = {ranks}, the cluster has {count} accelerators; "
            f"data = {count // model_ranks} fits",
        )
    per_node = resolved.per_node
    if count > per_node and count % per_node:
        yield resolved.problem(
            "cluster.count",
            f"{count} accelerators are not whole nodes of {per_node}; {count // per_node * per_node} are",
        )


def _at_fault(parallel: Parallelism, count: int) -> str:
    """The degree without which the others divide the accelerators."""
    degrees = {"context": parallel.context, "tensor": parallel.tensor, "pipeline": parallel.pipeline}
    found = [name for name, degree in degrees.items() if count % (prod(degrees.values()) // degree) == 0]
    return found[0] if found else "pipeline"
