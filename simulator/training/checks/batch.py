"""Micro-batches, documents and adapters."""

from collections.abc import Iterator

from simulator.catalogue.problems import Problem
from simulator.catalogue.resolved import Resolved
from simulator.training.filled import replicas, schedule


def batch_problems(resolved: Resolved) -> Iterator[Problem]:
    """Batches that do not divide, too few micro-batches, and sequences of documents that are longer."""
    yield from _micro_batch_problems(resolved)
    yield from _content_problems(resolved)


def _micro_batch_problems(resolved: Resolved) -> Iterator[Problem]:
    parallel, training, data = resolved.scenario.parallelism, resolved.scenario.training, replicas(resolved)
    if data == 0:
        return
    portion = data * training.micro_batch
    micro_batches = training.global_batch // portion
    least = {"zb-v": 2 * parallel.pipeline - 1, "dualpipe": 2 * parallel.pipeline}.get(schedule(resolved), 1)
    if training.global_batch % portion:
        lower = training.global_batch // portion * portion
        fit = f"{lower} and {lower + portion} are" if lower else f"{portion} is"
        yield resolved.problem(
            "training.global_batch",
            f"global_batch = {training.global_batch} is not a multiple of data × micro_batch = {data} × "
            f"{training.micro_batch} = {portion}; {fit}",
        )
    elif schedule(resolved) == "interleaved" and micro_batches % parallel.pipeline:
        yield resolved.problem(
            "parallelism.virtual_stages",
            f"the interleaved schedule works in rounds of pipeline = {parallel.pipeline} micro-batches, a "
            f"replica has {micro_batches}; choose global_batch as a multiple of "
            f"{portion * parallel.pipeline}, or virtual_stages 1",
        )
    elif micro_batches < least:
        yield resolved.problem(
            "parallelism.schedule",
            f"schedule {schedule(resolved)} needs {least} micro-batches for {parallel.pipeline} stages, a "
            f"replica has {micro_batches}; choose global_batch = {portion * least} or more, or schedule "
            "zb-h1",
        )


def _content_problems(resolved: Resolved) -> Iterator[Problem]:
    training, model = resolved.scenario.training, resolved.model
    if training.document_length is not None and training.document_length > training.sequence_length:
        yield resolved.problem(
            "training.document_length",
            f"documents of {training.document_length} tokens do not fit into sequences of "
            f"{training.sequence_length}; leave this out for one document a sequence",
        )
    ramp = training.batch_ramp
    if ramp is not None and (training.global_batch - ramp.start) % ramp.increment:
        yield resolved.problem(
            "training.batch_ramp",
            f"from {ramp.start} in steps of {ramp.increment} the batch never is global_batch = "
            f"{training.global_batch}",
        )
    if ramp is not None and (ramp.start >= training.global_batch or ramp.tokens >= training.tokens):
        yield resolved.problem(
            "training.batch_ramp", "a ramp starts below global_batch and ends before the run does"
        )
    if training.encoder_length is not None and model.encoder is None:
        yield resolved.problem("training.encoder_length", f"{model.name} has no encoder; leave this out")
    if training.lora and (model.moe or model.mla):
        yield resolved.problem(
            "training.lora", "adapters beside experts or latent attention are not modelled; dense models are"
        )
