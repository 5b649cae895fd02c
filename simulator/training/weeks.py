"""From a scenario and its step to the run of weeks."""

from collections.abc import Sequence
from math import ceil, inf

from simulator.catalogue.resolved import Resolved
from simulator.engine.random import random_stream
from simulator.record.table import Table
from simulator.spec.precision import base_precision
from simulator.training.ramp import phases
from simulator.training.run import RunInputs, Stretch, simulate_run
from simulator.workload.parameters import total_parameters


def simulate_weeks(resolved: Resolved, step_times: Sequence[float]) -> Table:
    """Simulate the run, given the time of a step of each of its phases; an empty record if there is none."""
    inputs = run_inputs(resolved, step_times)
    if inputs is None:
        return Table()
    seed = resolved.scenario.seed
    return simulate_run(inputs, random_stream(seed, "failures"), random_stream(seed, "repairs"))


def run_inputs(resolved: Resolved, step_times: Sequence[float]) -> RunInputs | None:
    """What the run needs to know; none if the scenario has no `run` block."""
    run, system = resolved.scenario.run, resolved.system
    if run is None:
        return None
    nodes = node_count(resolved)
    save, load = checkpoint_times(resolved)
    fails = run.failures and system is not None
    return RunInputs(
        stretches=tuple(
            Stretch(phase.steps, time, max(1, round(run.checkpoint_interval / time)))
            for phase, time in zip(phases(resolved), step_times, strict=True)
        ),
        save_time=save,
        load_time=load,
        restart_time=run.restart_time,
        nodes=nodes,
        spares=run.spare_nodes,
        mtbf=system.reliability.mtbf if fails and system else inf,
        repair_time=system.reliability.repair_time if system else inf,
    )


def total_steps(resolved: Resolved) -> int:
    """Optimizer steps of the whole run [1]."""
    return sum(phase.steps for phase in phases(resolved))


def node_count(resolved: Resolved) -> int:
    """Nodes the job trains on [1]."""
    return ceil(resolved.scenario.cluster.count / resolved.per_node)


def checkpoint_times(resolved: Resolved) -> tuple[float, float]:
    """Times to write and to read a checkpoint while the job stands still [s].

    Weights and optimizer states go once to the store, at its bandwidth or at that of the nodes together;
    without a store a checkpoint costs nothing.
    """
    storage = resolved.storage
    if storage is None:
        return 0.0, 0.0
    states = resolved.software.states[base_precision(resolved.scenario.training.precision)]
    size = total_parameters(resolved.model) * (states.weights + states.optimizer)
    nodes = node_count(resolved)
    write = min(storage.write_bandwidth, nodes * storage.write_bandwidth_per_node)
    read = min(storage.read_bandwidth, nodes * storage.read_bandwidth_per_node)
    return size / write, size / read
