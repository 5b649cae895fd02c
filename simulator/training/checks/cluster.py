"""The degrees against the accelerators."""

from collections.abc import Iterator

from simulator.catalogue.problems import Problem
from simulator.catalogue.resolved import Resolved


def cluster_problems(resolved: Resolved) -> Iterator[Problem]:
    """Degrees whose product is not the cluster, and clusters of broken nodes."""
    parallel, count = resolved.scenario.parallelism, resolved.scenario.cluster.count
    model_ranks = parallel.tensor * parallel.pipeline * parallel.context
    ranks = model_ranks * (parallel.data or 1)
    if parallel.data is not None and ranks != count:
        nearest = count // model_ranks
        fits = f"; data = {nearest} fits" if nearest and nearest * model_ranks == count else ""
        yield resolved.problem(
            "parallelism.data",
            f"tensor × pipeline × context × data = {parallel.tensor} × {parallel.pipeline} × {parallel.context} × "
            f"{parallel.data} = {ranks}, the cluster has {count} accelerators{fits}",
        )
    elif count % model_ranks:
        yield resolved.problem(
            "parallelism.pipeline",
            f"tensor × pipeline × context = {parallel.tensor} × {parallel.pipeline} × {parallel.context} = "
            f"{model_ranks} does not divide the cluster's {count} accelerators",
        )
    per_node = resolved.per_node
    if count > per_node and count % per_node:
        yield resolved.problem(
            "cluster.count",
            f"{count} accelerators are not whole nodes of {per_node}; {count // per_node * per_node} are",
        )
