"""An explanation on the screen and as JSON."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from simulator.report.explain import explain_screen
from simulator.report.explain_json import explain_json, metrics_json
from simulator.report.metrics import metrics_screen
from simulator.report.terminal import Terminal
from simulator.result.declared import METRICS
from simulator.result.explanation import explain
from simulator.result.facts import Facts
from simulator.result.result import Result
from simulator.result.values import Values


def test_the_metric_comes_first_with_its_formula(llama: Result) -> None:
    lines = explain_screen(explain(llama, "run.carbon", depth=1)).splitlines()
    assert lines[0].startswith("run.carbon  ")
    assert lines[0].endswith(" t CO2e = energy × carbon intensity of the grid")
    assert lines[1].startswith("  run.energy  ")


def test_a_value_shows_where_it_is_stated(llama: Result) -> None:
    text = explain_screen(explain(llama, "run.accelerator_power"))
    line = next(line for line in text.splitlines() if "accelerator.power.idle" in line)
    assert "115 W" in line
    assert "estimated  ± 15.0 %" in line
    place, number = line.split()[-2:]
    assert place.endswith(f".yaml:{llama.resolved.provenance['accelerator.power.idle'].line}")
    source = llama.resolved.provenance["accelerator.power.idle"].source
    assert f"{number} {source}" in text.splitlines()


def test_operators_name_sizes_and_cost_model(llama: Result) -> None:
    text = explain_screen(explain(llama, "step.time"))
    line = next(line for line in text.splitlines() if line.strip().startswith("qkv, layer forward"))
    assert line.endswith("cost.gemm: m 8192, n 2304, k 16384")
    assert "of the step; each" in line
    assert text.count(" cost.gemm: Time of") == 1


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_depth_is_the_indent_at_most(depth: int, llama: Result) -> None:
    node = explain(llama, "run.cost", depth)
    lines = explain_screen(node).split("\n\n")[0].splitlines()
    heads = [line for line in lines if not line.strip().startswith("=") and ". " not in line]
    assert max(len(line) - len(line.lstrip()) for line in heads) <= 2 * depth + 6


def test_what_needs_something_absent_says_what(result_of: Any) -> None:
    text = explain_screen(explain(result_of("quickstart", "price=null"), "run.rent"))
    assert text.startswith("run.rent  none")
    assert "price.hourly.nvidia-a100-sxm-80gb  not stated" in text


def test_ascii_terminals_are_served(llama: Result) -> None:
    assert explain_screen(explain(llama, "run.cost"), Terminal(encoding="ascii")).isascii()


def test_the_tree_is_one_document(llama: Result) -> None:
    found = json.loads(explain_json(llama, explain(llama, "step.time")))
    assert (found["format"], found["kind"], found["scenario"]) == (1, "explain", "Llama 3 405B")
    assert found["metric"]["value"] == llama.summary["step"]["time"]
    assert found["metric"]["unit"] == "s"

    def walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield node
        for child in node.get("children", ()):
            yield from walk(child)

    nodes = list(walk(found["metric"]))
    parts = [node for node in nodes if node["kind"] == "part"]
    bubble = llama.summary["step"]["breakdown"]["bubble"]
    assert sum(part["share"] for part in parts) == pytest.approx(1.0 - bubble / found["metric"]["value"])
    for node in nodes:
        if node["kind"] == "value":
            assert {"file", "line", "source", "status", "spread", "text"} <= set(node)


def test_every_metric_is_listed(llama: Result) -> None:
    values = Values(Facts.of(llama))
    listed = {path: one for path, one in METRICS.items() if one.unit != "rows"}
    found = {path: values.of(path) for path in listed}
    document = json.loads(metrics_json(llama, listed, found))
    assert [one["path"] for one in document["metrics"]] == list(listed)
    lines = metrics_screen(listed, found).splitlines()
    assert any(line.startswith("run.cost ") for line in lines)
    assert max(map(len, lines)) <= 100
