"""The trace opens in Perfetto: slices nest, and add up to what the record says."""

import json
from collections import defaultdict
from typing import Any

import pytest

from simulator.record.table import Table
from simulator.report.trace import trace
from simulator.result.result import Result

Event = dict[str, Any]


def _events(result: Result, most: int = 200_000) -> list[Event]:
    events: list[Event] = json.loads("".join(trace(result, most)))["traceEvents"]
    return events


def _threads(events: list[Event]) -> dict[tuple[int, int], list[tuple[int, int, str]]]:
    """Start [ns], end [ns] and name of the slices of each thread, parents before what they hold."""
    threads = defaultdict(list)
    for event in events:
        if event["ph"] == "X":
            start, length = round(event["ts"] * 1000), round(event["dur"] * 1000)
            threads[event["pid"], event["tid"]].append((start, start + length, event["name"]))
    return {key: sorted(slices, key=lambda s: (s[0], -s[1])) for key, slices in threads.items()}


@pytest.mark.parametrize("name", ["quickstart", "llama"])
def test_slices_of_a_thread_nest(name: str, request: pytest.FixtureRequest) -> None:
    deepest = 0
    for slices in _threads(_events(request.getfixturevalue(name))).values():
        around: list[int] = []
        for start, end, _ in slices:
            while around and around[-1] <= start:
                around.pop()
            assert not around or end <= around[-1]
            around.append(end)
            deepest = max(deepest, len(around))
    assert deepest == 3  # pass, layer, operator


def test_every_row_of_the_step_is_a_slice(llama: Result) -> None:
    threads = _threads(_events(llama))
    for stage in range(llama.plan.pipeline):
        rows = [row for row in llama.record.where(stage=stage, stream="compute") if not row.parent]
        drawn = threads[stage, 0]
        assert {row.name for row in rows} <= {name for _, _, name in drawn}
        passes = [s for s in drawn if s[2] in {row.name for row in rows if row.kind == "task"}]
        assert len(passes) == sum(row.kind == "task" for row in rows)


def test_stages_streams_and_run_are_named(llama: Result) -> None:
    named = {(e["name"], e["pid"], e["args"]["name"]) for e in _events(llama) if "name" in e["args"]}
    assert ("process_name", 3, "stage 3 (1,024 ranks)") in named
    assert {name for kind, pid, name in named if kind == "thread_name" and pid == 3} >= {
        "compute",
        "data",
        "send",
    }
    assert ("process_name", 16, "run (times ÷ 1,000,000)") in named


def test_an_inside_is_drawn_for_a_whole_pass(llama: Result) -> None:
    layer = [s for s in _threads(_events(llama))[1, 0] if s[2] == "layer forward"]
    duration = next(row.duration for row in llama.record.rows if row.name == "layer forward")
    assert [end - start for start, end, _ in layer] == [pytest.approx(duration * 1e9, abs=2)]


def test_a_trace_that_would_be_too_long_says_what_is_missing(llama: Result) -> None:
    document = json.loads("".join(trace(llama, 3000)))
    stages = {e["pid"] for e in document["traceEvents"]} - {llama.plan.pipeline}
    assert {0, 15} <= stages
    assert len(stages) < 16
    assert "events.parquet has all" in document["otherData"]["note"]
    top = [
        e
        for e in document["traceEvents"]
        if e["ph"] == "X" and e["pid"] in stages and "micro_batch" in e["args"]
    ]
    assert len(top) <= 3000


def test_a_single_stage_is_cut_too(quickstart: Result) -> None:
    document = json.loads("".join(trace(quickstart, 5)))
    assert document["otherData"]["note"].startswith("cut to the first 5 slices")


def test_crossing_rows_get_lanes_of_their_own(quickstart: Result) -> None:
    row = next(row for row in quickstart.record.rows if row.kind == "task" and not row.parent)
    crossing = row._replace(start=row.start + row.duration / 2)
    doubled = Result(
        quickstart.summary, Table([*quickstart.record.rows, crossing]), quickstart.resolved, quickstart.plan
    )
    threads = {e["args"]["name"] for e in _events(doubled) if e["name"] == "thread_name"}
    assert "compute 2" in threads
