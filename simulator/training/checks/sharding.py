"""What replicas split among them, and what is kept on the host."""

from collections.abc import Iterator

from simulator.catalogue.problems import Problem
from simulator.catalogue.resolved import Resolved
from simulator.training.checks.nearest import divisors
from simulator.training.filled import replicas, schedule


def sharding_problems(resolved: Resolved) -> Iterator[Problem]:
    """Shard groups that do not divide, and sharding or offload that the software does not have."""
    parallel, software = resolved.scenario.parallelism, resolved.software
    ranks = replicas(resolved) * parallel.context
    if parallel.sharding == "hybrid" and parallel.shard_group is None:
        yield resolved.problem(
            "parallelism.sharding", "hybrid splits within a group: set shard_group, for instance to a node"
        )
    if parallel.shard_group is not None and parallel.sharding != "hybrid":
        yield resolved.problem(
            "parallelism.shard_group", f"only sharding: hybrid has groups, not {parallel.sharding}"
        )
    if parallel.sharding == "hybrid" and parallel.shard_group and ranks and ranks % parallel.shard_group:
        yield resolved.problem(
            "parallelism.shard_group",
            f"shard_group = {parallel.shard_group} does not divide data × context = {ranks}; "
            f"{divisors(ranks, parallel.shard_group)}",
        )
    if parallel.sharding in ("parameters", "hybrid"):
        if software.fully_sharded is None:
            yield resolved.problem(
                "parallelism.sharding",
                f"{software.name} does not shard parameters; sharding: optimizer it does",
            )
        if schedule(resolved) in ("zb-h1", "zb-v", "dualpipe"):
            yield resolved.problem(
                "parallelism.sharding",
                "sharded parameters under a split backward pass are not modelled; 1f1b and interleaved are",
            )
    if parallel.overlap_parameters and parallel.sharding == "none":
        yield resolved.problem(
            "parallelism.overlap_parameters",
            "parameters are gathered only where they are sharded; set sharding: optimizer or leave this out",
        )
    if resolved.scenario.training.offload == "optimizer" and software.host_optimizer is None:
        yield resolved.problem(
            "training.offload", f"{software.name} does not update parameters on the host; leave this out"
        )
