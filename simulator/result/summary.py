"""The answer to a training scenario, as JSON has it: SI units, one number a key."""

from typing import Any

from simulator import __version__
from simulator.catalogue.resolved import Resolved
from simulator.cost.power import AcceleratorDraw
from simulator.economics.cost import OwnedHardware, rental_cost
from simulator.record.row import Row
from simulator.result import metrics
from simulator.result.breakdown import step_breakdown
from simulator.result.intervals import interval
from simulator.result.spread import Spreads
from simulator.schedule.plan import Plan
from simulator.training.memory import Memory
from simulator.training.weeks import node_count
from simulator.workload.parameters import model_flops_per_token

YEAR = 365 * 86400.0
"""A year [s]."""

WORKING = ("train", "lost")
"""Kinds of row in which the job computes; in the others it waits."""


def summarize(
    resolved: Resolved, plan: Plan, memory: Memory, step: tuple[Row, ...], run: tuple[Row, ...]
) -> dict[str, Any]:
    """The summary of a step and, if the scenario has one, its run."""
    step_block = summarize_step(resolved, plan, memory, step)
    run_block = summarize_run(resolved, step_block, run) if run else None
    return {
        "format": 1,
        "kind": "training",
        "version": __version__,
        "scenario": resolved.scenario.name,
        "seed": resolved.scenario.seed,
        "step": step_block,
        "run": run_block,
        "intervals": _intervals(resolved, step, run, step_block, run_block),
        "walls": [{"name": "memory", "kind": "cliff", "factor": [memory.capacity / memory.total] * 3}],
        "catalogue": dict(resolved.files),
        "files": [],
    }


def summarize_step(resolved: Resolved, plan: Plan, memory: Memory, rows: tuple[Row, ...]) -> dict[str, Any]:
    """Time, rate, utilisation, breakdown and memory of a step."""
    training = resolved.scenario.training
    time = metrics.step_time(rows)
    tokens = training.global_batch * training.sequence_length
    peak = resolved.accelerator.compute.peak[training.precision]
    mfu = (
        model_flops_per_token(resolved.model, training.sequence_length) * tokens / (plan.ranks * peak * time)
    )
    return {
        "time": time,
        "tokens_per_second": tokens / time,
        "mfu": mfu,
        "hfu": mfu * (1.0 + metrics.recomputed_share(rows)),
        "breakdown": step_breakdown(rows, time),
        "memory": memory.kinds,
    }


def summarize_run(resolved: Resolved, step: dict[str, Any], rows: tuple[Row, ...]) -> dict[str, Any]:
    """Duration, energy, cost and carbon of the run; none where no site or price is named."""
    times = metrics.time_by_kind(rows)
    wall = metrics.wall_clock(times)
    energy = _energy(resolved, step["breakdown"], times)
    site = resolved.site
    return {
        "wall_clock": wall,
        "goodput": metrics.goodput(times),
        "tokens": resolved.scenario.training.tokens,
        "interruptions": metrics.interruptions(rows),
        "energy": energy,
        "cost": _cost(resolved, wall, energy),
        "carbon": None if energy is None or site is None else energy * site.carbon_intensity,
    }


def _energy(resolved: Resolved, breakdown: dict[str, float], times: dict[str, float]) -> float | None:
    """Energy of the building for the run, spares included [J]."""
    site, system, run = resolved.site, resolved.system, resolved.scenario.run
    if site is None or system is None or run is None:
        return None
    power = resolved.accelerator.power
    draw = AcceleratorDraw(power.idle, power.limit, power.activity.model_dump())
    count, nodes, spares = resolved.scenario.cluster.count, node_count(resolved), run.spare_nodes
    network = resolved.network.power_per_accelerator
    working = count * (draw.watts(breakdown) + network) + nodes * system.host.active_power
    waiting = count * (power.idle + network) + nodes * system.host.idle_power
    ready = spares * (system.per_node * (power.idle + network) + system.host.idle_power)
    busy = sum(seconds for kind, seconds in times.items() if kind in WORKING)
    idle = sum(times.values()) - busy
    return site.pue * (working * busy + waiting * idle + ready * (busy + idle))


def _cost(resolved: Resolved, wall: float, energy: float | None) -> float | None:
    """Price of the run, spares included [USD]."""
    price, site, run = resolved.price, resolved.site, resolved.scenario.run
    if price is None or run is None:
        return None
    per_node = resolved.system.per_node if resolved.system else resolved.scenario.cluster.per_node or 1
    accelerators = resolved.scenario.cluster.count + run.spare_nodes * per_node
    name = resolved.ids["accelerator"]
    if price.basis == "rented":
        return rental_cost(price.hourly[name], accelerators, wall)
    hardware = OwnedHardware(
        price.purchase[name],
        price.network_share,
        price.building_share,
        price.lifetime,
        price.utilization,
        price.operations_per_year / YEAR,
    )
    if energy is None or site is None:
        return None
    return hardware.cost(accelerators, wall) + energy * site.electricity_price


def _intervals(
    resolved: Resolved,
    step: tuple[Row, ...],
    run: tuple[Row, ...],
    step_block: dict[str, Any],
    run_block: dict[str, Any] | None,
) -> dict[str, list[float]]:
    spreads = Spreads(resolved)
    of_step = spreads.step_time(step)
    found = {
        "step.time": interval(step_block["time"], of_step),
        "step.tokens_per_second": interval(step_block["tokens_per_second"], of_step),
        "step.mfu": interval(step_block["mfu"], of_step),
    }
    if run_block is not None:
        of_wall = spreads.wall_clock(of_step, run)
        found["run.wall_clock"] = interval(run_block["wall_clock"], of_wall)
        for name, spread in (("energy", spreads.energy(of_wall)), ("cost", spreads.cost(of_wall))):
            if run_block[name] is not None:
                found[f"run.{name}"] = interval(run_block[name], spread)
    return found
