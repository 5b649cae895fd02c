"""How many parameters each stage of a plan holds."""

from simulator.schedule.plan import Plan
from simulator.workload.parameters import embedding_parameters, head_parameters, layer_parameters
from simulator.workload.shard import Shard


def rank_parameters(plan: Plan, shard: Shard) -> tuple[int, ...]:
    """Parameters one rank holds, by stage [1]; the last stage keeps a copy of a tied embedding."""
    model = shard.model
    held = []
    for stage in range(plan.pipeline):
        count = plan.stage_layers(stage) * layer_parameters(model)
        if stage == 0:
            count += embedding_parameters(model)
        if stage == plan.pipeline - 1:
            count += head_parameters(model)
            if model.tied_embeddings and plan.pipeline > 1:
                count += embedding_parameters(model)
        held.append(count // plan.tensor)
    return tuple(held)
