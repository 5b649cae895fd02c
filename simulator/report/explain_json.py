"""The tree of an explanation, and the list of metrics, as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from simulator.report.quantity import base_unit
from simulator.result.metric import Metric
from simulator.result.node import Node
from simulator.result.result import Result


def explain_json(result: Result, node: Node) -> str:
    """Write an explanation as one JSON document; values in base units.

    Parameters
    ----------
    result : Result
        The simulation.
    node : Node
        The metric.
    """
    return _document(result, {"metric": _tree(node)})


def metrics_json(result: Result, metrics: Mapping[str, Metric], values: Mapping[str, Any]) -> str:
    """Write every metric with its value, formula and what it reads as one JSON document."""
    found = [
        {
            "path": path,
            "value": values[path],
            "unit": base_unit(metric.unit),
            "formula": metric.formula,
            "reads": [*metric.reads.values(), *metric.upstream],
        }
        for path, metric in metrics.items()
    ]
    return _document(result, {"metrics": found})


def _document(result: Result, content: dict[str, Any]) -> str:
    scenario = result.resolved.scenario
    head = {"format": 1, "kind": "explain", "scenario": scenario.name, "seed": scenario.seed}
    return json.dumps(head | content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _tree(node: Node) -> dict[str, Any]:
    """One node; of its fields those that say something."""
    found: dict[str, Any] = {"path": node.path, "kind": node.kind}
    if node.kind != "model":
        found["value"] = node.value
    if node.unit:
        found["unit"] = base_unit(node.unit)
    found |= {key: text for key, text in (("text", node.text), ("formula", node.formula)) if text}
    if node.origin is not None:
        found |= asdict(node.origin)
    found |= node.details
    found |= {key: True for key, flag in (("above", node.above), ("cut", node.cut)) if flag}
    if node.children:
        found["children"] = [_tree(child) for child in node.children]
    return found
