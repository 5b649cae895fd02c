"""What a search found: a table on the screen, and the same as JSON."""

import json
from typing import Any

from simulator.report.terminal import Terminal
from simulator.search.serving import Found, Objective, Option
from simulator.units import show

_ROWS = "{:<49} {:>5} {:>9} {:>9} {:>9} {:>10}"


def search_screen(found: Found, name: str, objective: Objective, top: int, terminal: Terminal) -> str:
    """The best deployments, the front of cost against speed, and why others were rejected."""
    lines = [f"{name}: {found.considered} deployments, {len(found.options)} keep the promise", ""]
    if found.options:
        best = found.options[0]
        lines.append(
            terminal.paint(
                f"  best by {objective}: {best.replicas} × {best.candidate.label}, "
                f"{_dollars(best)} per M output tokens",
                "strong",
            )
        )
        heads = ("deployment (* on the front)", "accel", "$/M out", "TTFT p99", "TPOT p99", "tokens/s")
        lines += ["", _ROWS.format(*heads)]
        front = found.front()
        for option in found.options[:top]:
            summary, star = option.summary, "*" if option in front else " "
            lines.append(
                _ROWS.format(
                    f"{star}{option.candidate.label}",
                    option.accelerators,
                    _dollars(option),
                    show(summary["ttft"]["p99"], "duration"),
                    show(summary["tpot"]["p99"], "duration"),
                    f"{summary['output_tokens_per_second']:,.0f}",
                )
            )
    if found.rejected:
        lines += ["", "rejected"]
        lines += [f"  {count:>4}  {reason}" for reason, count in found.reasons().items()]
    if found.options:
        best = found.options[0]
        changes = best.candidate.changes(best.replicas).items()
        lines += ["", "next    scalewall run SCENARIO " + " ".join(f"--set {p}={v}" for p, v in changes)]
    return terminal.printable("\n".join(lines) + "\n")


def search_json(found: Found, objective: Objective, top: int) -> str:
    """The document of `--json`: plans best first, how many were considered, why others were rejected."""
    document: dict[str, Any] = {
        "format": 1,
        "kind": "search",
        "objective": objective,
        "plans": [_plan(option, option in found.front()) for option in found.options[:top]],
        "considered": found.considered,
        "rejected": found.reasons(),
    }
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _plan(option: Option, front: bool) -> dict[str, Any]:
    summary = option.summary
    kept = (
        "ttft",
        "tpot",
        "output_tokens_per_second",
        "cost",
        "energy",
        "cost_per_million_output_tokens",
        "slo",
    )
    return {
        "deployment": option.candidate._asdict() | {"replicas": option.replicas},
        "accelerators": option.accelerators,
        "front": front,
        **{key: summary[key] for key in kept},
    }


def _dollars(option: Option) -> str:
    cost = option.summary["cost_per_million_output_tokens"]
    return "–" if cost is None else f"${cost:.3g}"
