"""Every number of the summary has a declared metric, and what it reads leads to files."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import simulator
from simulator.machine.machine import Machine
from simulator.result.declared import METRICS
from simulator.result.explanation import Explainer, explain
from simulator.result.facts import Facts
from simulator.result.node import Node
from simulator.result.result import Result
from simulator.result.traced import reads_of
from simulator.result.values import Values, stated
from simulator.training.step import simulate_step

SCENARIOS = ["quickstart", "llama3-405b-16k-h100"]
ABOUT_THE_DOCUMENT = {"format"}


def numbers(value: Any, path: str = "") -> Iterator[str]:
    """Paths of the numbers of a summary; the three of an interval are one metric."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers(inner, f"{path}.{key}".removeprefix("."))
    elif isinstance(value, list):
        if all(isinstance(inner, float) for inner in value):
            yield from [path] if value else []
        else:
            for inner in value:
                yield from numbers(inner, f"{path}.{inner['name']}")
    elif isinstance(value, int | float) and path not in ABOUT_THE_DOCUMENT:
        yield path


def leaves(node: Node) -> dict[str, Node]:
    return {inner.path: inner for inner in node.walk() if inner.kind == "value"}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_number_is_a_metric_that_leads_to_files(
    scenario: str, result_of: Callable[..., Result]
) -> None:
    result = result_of(scenario)
    paths = list(numbers(result.summary))
    assert {"seed", "step.mfu", "step.breakdown.bubble", "walls.memory.factor", "run.cost"} <= set(paths)
    explainer = Explainer(Facts.of(result))
    for path in paths:
        assert path in METRICS, path
        node = explainer.explain(path)
        assert leaves(node), path
        for inner in node.walk():
            if inner.kind in ("value", "spread"):
                assert inner.origin is not None, inner.path
                assert inner.origin.file, inner.path
                assert inner.origin.line is not None, inner.path
            elif not inner.above:
                assert inner.children or inner.value == 0 or inner.kind == "model", inner.path


@pytest.mark.parametrize("path", METRICS)
def test_what_is_declared_exists(path: str, result_of: Callable[..., Result]) -> None:
    """A read is a metric, or a path that a part of some kind can have."""
    resolved = result_of("llama3-405b-16k-h100").resolved
    metric = METRICS[path]
    for read in [*metric.reads.values(), *metric.upstream]:
        kind = read.removeprefix("±").split(".")[0]
        assert read in METRICS or read == "facts" or kind == "scenario" or kind in resolved.entries, read


@pytest.mark.parametrize("scenario", [*SCENARIOS, "megatron-1t-3072-a100"])
def test_everything_the_step_reads_is_explained(scenario: str, result_of: Callable[..., Result]) -> None:
    result = result_of(scenario)
    facts = Facts.of(result)
    recompute = result.resolved.scenario.training.recompute

    def play(traced: Facts) -> None:
        machine: Machine = traced.machine
        simulate_step(result.plan, traced.shard, recompute, machine)

    explained = leaves(explain(result, "step.time"))
    read = [path for path in reads_of(facts, play) if stated(result.resolved, path) is not None]
    missing = [path for path in read if path not in explained]
    # A pass is explained where it runs: those that this model has not are left out, as are their names.
    passes = tuple(f"software.{block}." for block in ("layer", "embedding", "head", "optimizer"))
    # Without a pipeline the exchange between stages is priced and never used.
    unused = ("network.", "collectives.scale_out.", "software.pipeline.") if result.plan.pipeline == 1 else ()
    assert [path for path in missing if not path.startswith(passes + unused)] == []


def changed(result: Result, path: str, value: object) -> set[str]:
    """Numbers of the summary that change with one value."""
    was = Values(Facts.of(result))
    now = Values(Facts.of(simulator.run("quickstart", set={path: value})))
    return {
        metric
        for metric in numbers({block: result.summary[block] for block in ("step", "run")})
        if was.of(metric) != pytest.approx(now.of(metric), rel=1e-9, abs=1e-12)
    }


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("accelerator.memory.bandwidth", "1 TB/s"),
        ("accelerator.kernels.sustained", 0.5),
        ("accelerator.scale_up.bandwidth", "100 GB/s"),
        ("accelerator.power.idle", "80 W"),
        ("software.reserved_memory", "1 GB"),
        ("software.host.iteration", "1 s"),
        ("software.fragmentation", 0.2),
        ("site.pue", 1.5),
        ("site.carbon_intensity", "500 g/kWh"),
        ("system.reliability.mtbf", "20 min"),
        ("system.host.active_power", "9 kW"),
        ("storage.write_bandwidth", "1 GB/s"),
        ("network.power_per_accelerator", "99 W"),
        ("training.global_batch", 256),
        ("training.tokens", "2 B tokens"),
        ("run.spare_nodes", 3),
        ("run.checkpoint_interval", "9 min"),
    ],
)
def test_what_a_value_changes_says_that_it_reads_it(
    path: str, value: object, result_of: Callable[..., Result]
) -> None:
    result = result_of("quickstart")
    found = changed(result, path, value)
    assert found
    explainer = Explainer(Facts.of(result))
    for metric in found:
        explained = leaves(explainer.explain(metric))
        assert path in explained or f"scenario.{path}" in explained, metric


def test_depth_cuts(result_of: Callable[..., Result]) -> None:
    result = result_of("quickstart")
    alone = explain(result, "run.cost", depth=0)
    assert alone.cut
    assert alone.children == ()
    one = explain(result, "run.cost", depth=1)
    assert [child.path for child in one.children] == ["run.rent", "run.electricity_cost"]
    assert all(child.cut for child in one.children)


def test_nothing_is_explained_twice(result_of: Callable[..., Result]) -> None:
    nodes = explain(result_of("quickstart"), "run.cost").walk()
    opened = [node.path for node in nodes if node.kind == "metric" and node.children]
    assert len(opened) == len(set(opened))


def test_the_operators_of_a_bucket_add_up(result_of: Callable[..., Result]) -> None:
    node = explain(result_of("llama3-405b-16k-h100"), "step.breakdown.compute")
    parts = [child for child in node.children if child.kind == "part"]
    assert sum(part.value for part in parts) == pytest.approx(node.value)
    product = next(part for part in parts if part.path == "qkv")
    assert product.details["model"] == "cost.gemm"
    assert product.details["sizes"] == {"m": 8192, "n": 2304.0, "k": 16384}


def test_a_value_of_a_file_explains_itself(result_of: Callable[..., Result]) -> None:
    node = explain(result_of("quickstart"), "accelerator.memory.bandwidth")
    assert (node.kind, node.text) == ("value", "2.039 TB/s")
    with pytest.raises(KeyError):
        explain(result_of("quickstart"), "run.cst")


def test_a_default_names_the_block_that_leaves_it_out(result_of: Callable[..., Result]) -> None:
    result = result_of("llama3-405b-16k-h100")
    found = leaves(explain(result, "step.time"))["software.sustained"]
    assert found.origin is not None
    assert (found.origin.status, found.text) == ("default", "1.0")
    assert found.origin.file.endswith("meta-llama3-2024.yaml")


def test_an_option_of_the_command_is_an_origin(result_of: Callable[..., Result]) -> None:
    node = explain(result_of("quickstart", "site.pue=1.5"), "run.energy")
    origin = leaves(node)["site.pue"].origin
    assert origin is not None
    assert "--set" in origin.file
