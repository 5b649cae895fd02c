"""Power, energy and carbon of the run, spares and building included."""

from simulator.cost.power import AcceleratorDraw
from simulator.result.breakdown import Shares
from simulator.result.metric import metric
from simulator.spec.accelerator import Activity


def _shares(activity: Activity) -> dict[str, float]:
    """Share drawn in each bucket; groups without one of their own draw what the tensor group does [1]."""
    return {
        bucket: activity.exposed_tensor if share is None else share
        for bucket, share in activity.model_dump().items()
    }


@metric(
    "run.accelerator_power",
    "power",
    "idle + (limit − idle) × mean over the breakdown of the share that each activity draws",
    idle="accelerator.power.idle",
    limit="accelerator.power.limit",
    activity="accelerator.power.activity",
    breakdown="step.breakdown",
)
def accelerator_power(idle: float, limit: float, activity: Activity, breakdown: Shares) -> float:
    """Mean power of an accelerator while it trains [W]."""
    return AcceleratorDraw(idle, limit, _shares(activity)).watts(breakdown)


@metric(
    "run.working_power",
    "power",
    "accelerators × (their power + network) + nodes × host at work",
    count="scenario.cluster.count",
    accelerator="run.accelerator_power",
    network="network.power_per_accelerator",
    nodes="run.nodes",
    host="system.host.active_power",
)
def working_power(count: int, accelerator: float, network: float, nodes: int, host: float) -> float:
    """Power of the job while it computes [W]."""
    return count * (accelerator + network) + nodes * host


@metric(
    "run.waiting_power",
    "power",
    "accelerators × (idle power + network) + nodes × idle host",
    count="scenario.cluster.count",
    idle="accelerator.power.idle",
    network="network.power_per_accelerator",
    nodes="run.nodes",
    host="system.host.idle_power",
)
def waiting_power(count: int, idle: float, network: float, nodes: int, host: float) -> float:
    """Power of the job while it waits [W]."""
    return count * (idle + network) + nodes * host


@metric(
    "run.spare_power",
    "power",
    "spare nodes × (accelerators of a node × (idle power + network) + idle host)",
    spares="scenario.run.spare_nodes",
    per_node="run.per_node",
    idle="accelerator.power.idle",
    network="network.power_per_accelerator",
    host="system.host.idle_power",
)
def spare_power(spares: int, per_node: int, idle: float, network: float, host: float) -> float:
    """Power of the nodes held ready [W]."""
    return spares * (per_node * (idle + network) + host)


@metric(
    "run.energy",
    "energy",
    "PUE × (power at work × time at work + power waiting × time waiting + power of spares × wall clock)",
    pue="site.pue",
    working="run.working_power",
    busy="run.busy",
    waiting="run.waiting_power",
    idle="run.idle",
    spares="run.spare_power",
    wall="run.wall_clock",
)
def energy(
    pue: float, working: float, busy: float, waiting: float, idle: float, spares: float, wall: float
) -> float:
    """Energy of the building for the run [J]."""
    return pue * (working * busy + waiting * idle + spares * wall)


@metric(
    "run.carbon",
    "carbon",
    "energy × carbon intensity of the grid",
    energy="run.energy",
    intensity="site.carbon_intensity",
)
def carbon(energy: float, intensity: float) -> float:
    """Carbon dioxide equivalent of the run [kg]."""
    return energy * intensity
