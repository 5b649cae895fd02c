"""The first two lines of the screen: what runs on which machine, and how it is cut."""

from simulator.result.result import Result
from simulator.schedule.plan import Plan
from simulator.training.weeks import node_count
from simulator.units import show


def title_line(result: Result, width: int) -> str:
    """Name, cluster and, at the right, the seed; the network gives way first, then the end of the name.

    Parameters
    ----------
    result : Result
        The result.
    width : int
        Columns of the screen [characters].
    """
    seed = f"seed {result.resolved.scenario.seed}"
    room = width - len(seed) - 2
    network = f", {_network(result)}"
    longest_first = [
        _title(result, detail) for detail in (f"{network} per accelerator", f"{network} each", "")
    ]
    text = next((text for text in longest_first if len(text) <= room), longest_first[-1][: room - 1] + "…")
    return f"{text:<{room}}  {seed}"


def _title(result: Result, network: str) -> str:
    resolved = result.resolved
    nodes = node_count(resolved)
    count, name = resolved.scenario.cluster.count, resolved.accelerator.name
    machine = f"{count:,} × {name} ({nodes:,} node{'' if nodes == 1 else f's{network}'})"
    return f"{' '.join(resolved.scenario.name.split())} · {machine}"


def _network(result: Result) -> str:
    """Kind of network and what one accelerator has of it, per direction."""
    resolved = result.resolved
    network = resolved.network
    # The catalogue's names read `RoCE, 8 x 400 Gb/s per node`.
    kind = network.name.split(",")[0]
    return f"{kind}, {show(network.adapters * network.rate / resolved.per_node, 'bandwidth')}"


def _expert_tensor(plan: Plan) -> str:
    return f"×{plan.expert_tensor}" if plan.expert_tensor > 1 else ""


def _sharding(plan: Plan) -> str:
    """What the replicas split, in the words of those who run it."""
    if plan.sharding == "hybrid":
        return f" HSDP {plan.shard_group}"
    words = {"none": "", "optimizer": " ZeRO-1", "gradients": " ZeRO-2", "parameters": " FSDP"}
    return words[plan.sharding]


def plan_line(result: Result, width: int) -> str:
    """Precision, degrees of parallelism, batch and software; cut at the right if it is too long.

    Parameters
    ----------
    result : Result
        The result.
    width : int
        Columns of the screen [characters].
    """
    plan, training = result.plan, result.resolved.scenario.training
    chunks = f"×{plan.virtual_stages}" if plan.virtual_stages > 1 else ""
    named = f" {plan.schedule}" if plan.splits_backward else ""
    words = [
        training.precision,
        *([f"TP {plan.tensor}{'+SP' if plan.sequence_parallel else ''}"] if plan.tensor > 1 else []),
        *([f"PP {plan.pipeline}{chunks}{named}"] if plan.pipeline > 1 else []),
        *([f"CP {plan.context}"] if plan.context > 1 else []),
        *([f"EP {plan.expert}{_expert_tensor(plan)}"] if result.resolved.model.moe else []),
        f"DP {plan.data}{_sharding(plan)}",
        f"batch {show(training.global_batch * training.sequence_length, 'tokens')}",
        *([] if training.recompute == "none" else [f"recompute {training.recompute}"]),
        result.resolved.software.name,
    ]
    text = " · ".join(words)
    return text if len(text) <= width else text[: width - 1] + "…"
