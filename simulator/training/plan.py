"""From what a scenario says to a plan with every number filled in."""

from simulator.catalogue.problems import SpecError
from simulator.catalogue.resolved import Resolved
from simulator.schedule.plan import Plan, split_layers
from simulator.training.checks.plan import plan_problems
from simulator.training.filled import (
    context_method,
    decoder_and_encoder_layers,
    replicas,
    schedule,
)
from simulator.workload.shard import Shard


def make_plan(resolved: Resolved) -> Plan:
    """Fill in what the scenario leaves out and check what has to divide.

    Raises
    ------
    SpecError
        With every number that does not fit, and the nearest that does.
    """
    problems = list(plan_problems(resolved))
    if problems:
        raise SpecError(*problems)
    scenario, overlap = resolved.scenario, resolved.software.overlap
    layerwise = resolved.software.fully_sharded
    parallel, training = scenario.parallelism, scenario.training
    data = replicas(resolved)
    sharded = parallel.sharding != "none"
    chunks = parallel.pipeline * parallel.virtual_stages
    layers = decoder_and_encoder_layers(resolved)
    gradients = overlap.gradients if parallel.overlap_gradients is None else parallel.overlap_gradients
    parameters = overlap.parameters if parallel.overlap_parameters is None else parallel.overlap_parameters
    return Plan(
        tensor=parallel.tensor,
        pipeline=parallel.pipeline,
        virtual_stages=parallel.virtual_stages,
        data=data,
        sequence_parallel=parallel.sequence_parallel,
        schedule=schedule(resolved),
        sharding=parallel.sharding,
        micro_batches=training.global_batch // (data * training.micro_batch),
        layers=parallel.pipeline_layers
        or split_layers(layers, chunks, resolved.model.multi_token_prediction),
        overlap_gradients=gradients,
        overlap_parameters=parameters and sharded,
        context=parallel.context,
        expert=parallel.expert,
        expert_tensor=parallel.expert_tensor,
        shard_group=parallel.shard_group if parallel.sharding == "hybrid" else None,
        gathers_once=parallel.sharding == "gradients" and layerwise is not None and layerwise.gradients,
    )


def make_shard(resolved: Resolved) -> Shard:
    """What one rank works on at a time."""
    training, parallel = resolved.scenario.training, resolved.scenario.parallelism
    return Shard(
        model=resolved.model,
        batch=training.micro_batch,
        sequence=training.sequence_length,
        tensor=parallel.tensor,
        sequence_parallel=parallel.sequence_parallel,
        precision=training.precision,
        vocab=_padded(resolved.model.vocab, resolved.software.vocabulary_multiple * parallel.tensor),
        context=parallel.context,
        context_method=context_method(resolved),
        expert=parallel.expert,
        expert_tensor=parallel.expert_tensor,
        lora=training.lora,
        document=training.document_length,
        skew=training.expert_skew,
        capacity=training.expert_capacity,
        offload=training.offload,
        offload_share=training.offload_share,
        source=training.encoder_length or training.sequence_length,
    )


def _padded(vocab: int, multiple: int) -> int:
    return -(-vocab // multiple) * multiple
