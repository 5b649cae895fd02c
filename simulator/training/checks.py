"""Every reason why a plan cannot run, with the nearest number that can."""

from collections.abc import Iterator

from simulator.catalogue.problems import Problem
from simulator.catalogue.resolved import Resolved
from simulator.spec.training import Schedule


def replicas(resolved: Resolved) -> int:
    """Data-parallel replicas; what the cluster allows if left out [1]."""
    parallel = resolved.scenario.parallelism
    ranks = parallel.tensor * parallel.pipeline * parallel.context
    return parallel.data or resolved.scenario.cluster.count // ranks


def schedule(resolved: Resolved) -> Schedule:
    """Order of the micro-batches; by the virtual stages if left out."""
    parallel = resolved.scenario.parallelism
    return parallel.schedule or ("interleaved" if parallel.virtual_stages > 1 else "1f1b")


def plan_problems(resolved: Resolved) -> Iterator[Problem]:
    """Everything in which the plan contradicts the cluster, the model, the batch or the software."""
    yield from _cluster_problems(resolved)
    yield from _tensor_problems(resolved)
    yield from _pipeline_problems(resolved)
    yield from _batch_problems(resolved)
    yield from _software_problems(resolved)
    yield from _run_problems(resolved)


def _cluster_problems(resolved: Resolved) -> Iterator[Problem]:
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


def _tensor_problems(resolved: Resolved) -> Iterator[Problem]:
    parallel, model = resolved.scenario.parallelism, resolved.model
    tensor = parallel.tensor
    for what, number in (("heads", model.heads), ("ffn_hidden", model.ffn_hidden)):
        if number % tensor:
            yield resolved.problem(
                "parallelism.tensor",
                f"tensor = {tensor} does not divide {what} = {number} of {model.name}; "
                f"{_divisors(number, tensor)}",
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


def _divisors(number: int, near: int) -> str:
    below = next(d for d in range(near, 0, -1) if number % d == 0)
    above = next(d for d in range(near, number + 1) if number % d == 0)
    return f"{below} and {above} do"


def _pipeline_problems(resolved: Resolved) -> Iterator[Problem]:
    parallel, model, order = resolved.scenario.parallelism, resolved.model, schedule(resolved)
    chunks = parallel.pipeline * parallel.virtual_stages
    if chunks > model.layers + (2 if chunks > 2 else 0):
        yield resolved.problem(
            "parallelism.pipeline",
            f"pipeline × virtual_stages = {chunks} chunks are more than the {model.layers} layers of "
            f"{model.name} with embedding and logits",
        )
    if (order == "interleaved") != (parallel.virtual_stages > 1):
        fits = "interleaved" if parallel.virtual_stages > 1 else "1f1b or gpipe"
        yield resolved.problem(
            "parallelism.schedule",
            f"virtual_stages = {parallel.virtual_stages} goes with schedule {fits}, not {order}",
        )
    if parallel.virtual_stages > 1 and parallel.pipeline == 1:
        yield resolved.problem(
            "parallelism.virtual_stages", "virtual stages need a pipeline; set pipeline above 1"
        )


def _batch_problems(resolved: Resolved) -> Iterator[Problem]:
    parallel, training, data = resolved.scenario.parallelism, resolved.scenario.training, replicas(resolved)
    if data == 0:
        return
    portion = data * training.micro_batch
    if training.global_batch % portion:
        lower = training.global_batch // portion * portion
        fit = f"{lower} and {lower + portion} are" if lower else f"{portion} is"
        yield resolved.problem(
            "training.global_batch",
            f"global_batch = {training.global_batch} is not a multiple of data × micro_batch = {data} × "
            f"{training.micro_batch} = {portion}; {fit}",
        )
    elif parallel.virtual_stages > 1 and training.global_batch // portion % parallel.pipeline:
        micro_batches = training.global_batch // portion
        yield resolved.problem(
            "parallelism.virtual_stages",
            f"the interleaved schedule works in rounds of pipeline = {parallel.pipeline} micro-batches, a "
            f"replica has {micro_batches}; choose global_batch as a multiple of "
            f"{portion * parallel.pipeline}, or virtual_stages 1",
        )


def _software_problems(resolved: Resolved) -> Iterator[Problem]:
    parallel, precision = resolved.scenario.parallelism, resolved.scenario.training.precision
    if parallel.overlap_parameters and parallel.sharding == "none":
        yield resolved.problem(
            "parallelism.overlap_parameters",
            "parameters are gathered only where they are sharded; set sharding: optimizer or leave this out",
        )
    accelerator, software = resolved.accelerator, resolved.software
    if accelerator.kernels is None:
        yield resolved.problem(
            "cluster", f"{accelerator.name} has no kernel parameters, so no time can be simulated"
        )
        return
    if precision not in accelerator.compute.peak or precision not in accelerator.kernels.gemm:
        known = ", ".join(p for p in ("bf16", "fp16") if p in accelerator.kernels.gemm)
        yield resolved.problem(
            "training.precision", f"{accelerator.name} does not compute in {precision}; it does in {known}"
        )
    if software.attention != "unfused" and software.attention not in accelerator.kernels.attention:
        known = ", ".join(sorted(accelerator.kernels.attention)) or "none"
        yield resolved.problem(
            "software",
            f"{software.name} uses attention `{software.attention}`, for which {accelerator.name} has no "
            f"parameters; it has {known}",
        )
    if accelerator.scale_up.link not in resolved.collectives.scale_up:
        known = ", ".join(sorted(resolved.collectives.scale_up))
        yield resolved.problem(
            "cluster",
            f"{resolved.collectives.name} has no figures for {accelerator.scale_up.link}; it has {known}",
        )


def _run_problems(resolved: Resolved) -> Iterator[Problem]:
    run = resolved.scenario.run
    if run is None:
        return
    if resolved.storage is None:
        yield resolved.problem(
            "run", "a run writes checkpoints: name a store in cluster.storage, or leave out `run`"
        )
    if run.failures and resolved.system is None:
        yield resolved.problem(
            "run.failures",
            "a node written out here has no failure rate: set failures: false, or name a `system`",
        )
    if resolved.site is not None and resolved.system is None:
        yield resolved.problem(
            "site",
            "a node written out here has no host power, so no energy: name a `system`, or leave out `site`",
        )
    price = resolved.price
    known = {} if price is None else price.hourly if price.basis == "rented" else price.purchase
    if price is not None and resolved.ids["accelerator"] not in known:
        listed = ", ".join(sorted(known))
        yield resolved.problem(
            "price", f"{price.name} has no price of {resolved.ids['accelerator']}; it has {listed}"
        )
    if price is not None and price.basis == "owned" and resolved.site is None:
        yield resolved.problem("site", "owned hardware pays for its electricity: name a `site`")
