"""Places the rows of the record on a time line: what lies inside what, and in which lane."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import isclose
from operator import attrgetter
from typing import NamedTuple

from simulator.record.row import Row
from simulator.result.breakdown import Blocks


class Slice(NamedTuple):
    """A row at one place of the time line.

    Times are whole nanoseconds, so that what lies inside a slice also ends inside it as written.
    """

    row: Row
    lane: str
    """Stream of the stage; with a number where slices of one stream would cross each other."""
    start: int
    """Start [ns]."""
    end: int
    """End [ns]."""


def nanoseconds(seconds: float) -> int:
    """Round a time to whole nanoseconds.

    >>> nanoseconds(1.5e-6)
    1500
    """
    return round(seconds * 1e9)


def lanes(rows: Iterable[Row]) -> Iterator[Slice]:
    """Give each row of one stage a lane of its stream in which nothing crosses it."""
    busy: dict[str, list[int]] = defaultdict(list)
    for row in sorted(rows, key=attrgetter("start")):
        start = nanoseconds(row.start)
        end = max(start, nanoseconds(row.start + row.duration * row.repeat))
        ends = busy[row.stream]
        # A nanosecond of overlap is rounding: the row begins where its lane is free.
        lane = 0
        while lane < len(ends) and ends[lane] > start + 1:
            lane += 1
        if lane == len(ends):
            ends.append(0)
        start = max(start, ends[lane])
        ends[lane] = end = max(start, end)
        yield Slice(row, row.stream if lane == 0 else f"{row.stream} {lane + 1}", start, end)


def first_passes(slices: Iterable[Slice], blocks: Blocks) -> list[Slice]:
    """Pick the first forward and the first backward pass of a stage.

    A pass that overlaps with communication is recorded in pieces; a whole one shows its parts better, so it
    is preferred.
    """
    found: dict[str, Slice] = {}
    whole: dict[str, Slice] = {}
    for slice_ in slices:
        if slice_.row.kind != "task":
            continue
        row = slice_.row
        direction = row.name.partition(" ")[0]
        found.setdefault(direction, slice_)
        if direction not in whole and isclose(row.duration, _length(row.name, blocks), rel_tol=1e-6):
            whole[direction] = slice_
    return list((found | whole).values())


def inside(slice_: Slice, blocks: Blocks) -> Iterator[Slice]:
    """Everything a block holds, layer by layer and operator by operator, drawn to fit the slice."""
    length = _length(slice_.row.name, blocks)
    if length:
        scale = (slice_.end - slice_.start) / length
        yield from _inside(slice_.row.name, blocks, slice_.start, scale, slice_.end)


def _inside(name: str, blocks: Blocks, origin: float, scale: float, limit: int) -> Iterator[Slice]:
    free: dict[str, int] = {}
    for row in sorted(blocks.parts(name), key=lambda row: row.start):
        for repeat in range(row.repeat):
            begin = origin + scale * (row.start + repeat * row.duration)
            start = max(round(begin), free.get(row.stream, 0))
            end = min(limit, max(start, round(begin + scale * row.duration)))
            free[row.stream] = end
            yield Slice(row, row.stream, min(start, end), end)
            if row.kind == "task":
                yield from _inside(row.name, blocks, begin, scale, end)


def _length(name: str, blocks: Blocks) -> float:
    """Duration of a block [s]."""
    parts: Sequence[Row] = blocks.parts(name)
    return max((row.start + row.duration * row.repeat for row in parts), default=0.0)
