"""Writes the record as a Chrome JSON trace, which Perfetto opens (https://ui.perfetto.dev).

A process is a class of ranks (a pipeline stage), a thread one of its streams. Every row of the step is a
slice; the first forward and the first backward pass of each stage also show their layers and operators. The
run, which may be a million times longer, is a process of its own with its times divided by a power of ten.
"""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from math import log10
from pathlib import Path

from simulator.record.row import Row
from simulator.report.slices import Slice, first_passes, inside, lanes
from simulator.result.breakdown import Blocks, by_stage
from simulator.result.result import Result

MOST_SLICES = 200_000
"""Slices of the step beyond which only some stages are written [1]."""


def write_trace(result: Result, path: Path, most: int = MOST_SLICES) -> None:
    """Write the trace of a result, gzipped, the same bytes for the same record.

    Parameters
    ----------
    result : Result
        The result.
    path : Path
        File to write; by convention `trace.json.gz`.
    most : int
        Slices of the step beyond which only some of the stages are written, with a note that says which [1].
    """
    pack(trace(result, most), path)


def pack(texts: Iterable[str], path: Path) -> None:
    """Write the portions of a trace, gzipped."""
    # Neither time of day nor file name go into the header, or equal runs would differ.
    with open(path, "wb") as file, gzip.GzipFile("", "wb", 5, file, mtime=0) as packed:
        for text in texts:
            packed.write(text.encode())


def trace(result: Result, most: int = MOST_SLICES) -> Iterator[str]:
    """Give the JSON of the trace in portions, one process each.

    Parameters
    ----------
    result, most
        As for `write_trace`.

    Examples
    --------
    >>> from simulator import run
    >>> import json
    >>> events = json.loads("".join(trace(run("quickstart"))))["traceEvents"]
    >>> next(event["args"]["name"] for event in events if event["name"] == "process_name")
    'stage 0 (8 ranks)'
    """
    rows = result.record.rows
    stages = by_stage(row for row in rows if row.stream != "job")
    kept, share = _kept(stages, most)
    notes = {"scenario": result.summary["scenario"], "version": result.summary["version"]}
    dropped = [stage for stage in stages if stage not in kept]
    if dropped or any(len(stages[stage]) > share for stage in kept):
        notes["note"] = (
            f"cut to the first {share} slices of each of the stages {', '.join(map(str, kept))} "
            f"(the plan has {len(stages)}); events.parquet has all"
        )
    yield f'{{"displayTimeUnit":"ms","otherData":{json.dumps(notes, ensure_ascii=False)},"traceEvents":[\n'
    blocks = Blocks(rows)
    yield ",\n".join(_stage(stage, stages[stage], share, blocks) for stage in kept)
    run = [row for row in rows if row.stream == "job"]
    if run:
        yield ",\n" + _run(len(stages), run, result.summary["step"]["time"])
    yield "\n]}\n"


def _kept(stages: Mapping[int, Sequence[Row]], most: int) -> tuple[list[int], int]:
    """Which stages are written, evenly spread from the first to the last, and how many slices of each."""
    total, numbers = sum(map(len, stages.values())), list(stages)
    if total <= most:
        return numbers, total
    count = max(1, len(numbers) * most // total)
    last = len(numbers) - 1
    kept = sorted({numbers[i * last // max(1, count - 1)] for i in range(count)})
    return kept, max(1, most // len(kept))


def _stage(stage: int, rows: Sequence[Row], most: int, blocks: Blocks) -> str:
    """One stage: all its rows, and the insides of its first passes."""
    slices = list(lanes(rows))[:most]
    for first in first_passes(slices, blocks):
        slices.extend(inside(first, blocks))
    name = f"stage {stage} ({rows[0].represents:,} rank{'' if rows[0].represents == 1 else 's'})"
    return process(stage, name, slices, "micro_batch")


def _run(pid: int, rows: Sequence[Row], step: float) -> str:
    """The run, drawn about as long as the step so that both can be seen at once."""
    last = rows[-1]
    length = last.start + last.duration * last.repeat
    power = max(0, round(log10(length / step)))
    shrunk = [row._replace(start=row.start / 10**power, duration=row.duration / 10**power) for row in rows]
    return process(pid, f"run (times ÷ {10**power:,})", list(lanes(shrunk)), "step")


def process(pid: int, name: str, slices: Sequence[Slice], item: str) -> str:
    """A process with a thread for each lane; `item` is what the items of its rows are called."""
    threads = {lane: number for number, lane in enumerate(sorted({slice_.lane for slice_ in slices}))}
    events = [
        _about(pid, 0, "process_name", "name", name),
        _about(pid, 0, "process_sort_index", "sort_index", pid),
    ]
    events.extend(_about(pid, thread, "thread_name", "name", lane) for lane, thread in threads.items())
    for row, lane, start, end in slices:
        before, after = _words(row.name, row.kind, row.bytes, row.flops, item if row.item >= 0 else "")
        number = row.item if row.item >= 0 else ""
        length = end - start
        events.append(
            f'{{"ph":"X","pid":{pid},"tid":{threads[lane]},"ts":{start // 1000}.{start % 1000:03},'
            f'"dur":{length // 1000}.{length % 1000:03},{before}{number}{after}'
        )
    return ",\n".join(events)


@lru_cache(maxsize=4096)
def _words(name: str, kind: str, size: float, flops: float, numbered: str) -> tuple[str, str]:
    """What of a slice does not depend on when it happens, before and after the number that `numbered` names.

    Nearly all slices differ in their times and that number alone, so the rest is written once.
    """
    stated = {key: value for key, value in (("bytes", size), ("flops", flops)) if value}
    rest = json.dumps(stated)[1:]
    before = f'"name":{json.dumps(name)},"cat":"{kind}","args":{{'
    if not numbered:
        return before, f"{rest}}}"
    return f'{before}"{numbered}":', f"{', ' if stated else ''}{rest}}}"


def _about(pid: int, tid: int, what: str, key: str, value: str | int) -> str:
    """A metadata event."""
    return (
        f'{{"ph":"M","pid":{pid},"tid":{tid},"ts":0,"name":"{what}","args":{{"{key}":{json.dumps(value)}}}}}'
    )
