"""Where the time of a step goes: a query of the record that leaves nothing over."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np

from simulator.record.row import BUCKETS, Row

Shares = dict[str, float]
"""Time by bucket [s]."""

K = TypeVar("K", bound=Hashable)

IDLE = Row("bubble", "bubble", "every rank", 1, "compute", "", -1, -1, 0.0, 0.0, 1, 0.0, 0.0, 0.0, 1, -1)
"""Stands for the time in which nothing runs."""

_ORDER = {bucket: place for place, bucket in enumerate(BUCKETS)}


def bucket_of(row: Row) -> str:
    """Bucket of a row that stands for itself."""
    return row.kind


def step_breakdown(rows: Sequence[Row], step_time: float) -> Shares:
    """Mean time of a rank in each bucket, every rank counting once.

    Parameters
    ----------
    rows : sequence of Row
        The record of one step.
    step_time : float
        Duration of the step [s].

    Returns
    -------
    dict of str to float
        Seconds by bucket, in the order of `BUCKETS`; they add up to `step_time`.
    """
    found = step_time_by(rows, step_time, bucket_of)
    return {bucket: found.get(bucket, 0.0) for bucket in BUCKETS}


def step_time_by(rows: Sequence[Row], step_time: float, key: Callable[[Row], K]) -> dict[K, float]:
    """Mean time of a rank by a key of the rows, such as their bucket, every rank counting once.

    Parameters
    ----------
    rows : sequence of Row
        The record of one step.
    step_time : float
        Duration of the step [s].
    key : callable
        Gives what a row counts for; rows of different buckets must have different keys.

    Returns
    -------
    dict
        Seconds by key; they add up to `step_time`.
    """
    blocks = Blocks(rows, key)
    weights, total = 0, dict[K, float]()
    for stage_rows in by_stage(rows).values():
        represents = stage_rows[0].represents
        weights += represents
        for which, seconds in _stage_time_by(stage_rows, blocks, step_time).items():
            total[which] = total.get(which, 0.0) + represents * seconds
    return {which: seconds / weights for which, seconds in total.items()}


def by_stage(rows: Iterable[Row]) -> dict[int, list[Row]]:
    """Rows of each stage, without the parts of blocks."""
    stages: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if not row.parent and row.stage >= 0:
            stages[row.stage].append(row)
    return dict(sorted(stages.items()))


def stage_breakdown(rows: Sequence[Row], blocks: "Blocks", step_time: float) -> Shares:
    """Time of one rank of a stage in each bucket [s]."""
    found = _stage_time_by(rows, blocks, step_time)
    return {bucket: found.get(bucket, 0.0) for bucket in BUCKETS}


def _stage_time_by(rows: Sequence[Row], blocks: "Blocks", step_time: float) -> dict[Any, float]:
    """Time of one rank of a stage by key [s].

    Blocks count through their parts, other rows by their kind, and the rest of the step is bubble. What is
    beside compute goes to compute, so only what lies in its gaps is looked at again.
    """
    found: dict[Any, float] = defaultdict(float)
    in_blocks: dict[str, float] = defaultdict(float)
    compute = [row for row in rows if row.stream == "compute"]
    beside = [row for row in rows if row.stream != "compute"]
    for row in compute:
        if row.kind == "task":
            in_blocks[row.name] += row.duration
        else:
            found[blocks.key(row)] += row.duration
    for name, seconds in in_blocks.items():
        for which, share in blocks.shares(name).items():
            found[which] += share * seconds
    gaps = _gaps(compute, step_time)
    for which, seconds in _claim(beside, gaps, blocks.key).items():
        found[which] += seconds
    return found


class Blocks:
    """Shares of the keys within each block, found once a block.

    Parameters
    ----------
    rows : iterable of Row
        The record of one step.
    key : callable, optional
        Gives what a row counts for; its bucket if left out.
    """

    def __init__(self, rows: Iterable[Row], key: Callable[[Row], Any] = bucket_of) -> None:
        self.key = key
        self._parts: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            if row.parent:
                self._parts[row.parent].append(row)
        self._shares: dict[str, dict[Any, float]] = {}

    def parts(self, name: str) -> list[Row]:
        """Rows directly inside a block."""
        return self._parts.get(name, [])

    def shares(self, name: str) -> dict[Any, float]:
        """Share of each key in the duration of a block [1]."""
        if name not in self._shares:
            seconds = self._seconds(name)
            total = sum(seconds.values())
            self._shares[name] = {which: s / total for which, s in seconds.items()} if total else {}
        return self._shares[name]

    def _seconds(self, name: str) -> dict[Any, float]:
        found: dict[Any, float] = defaultdict(float)
        rows = self.parts(name)
        for row in rows:
            if row.kind == "task":
                for which, share in self.shares(row.name).items():
                    found[which] += share * row.duration * row.repeat
        leaves = [row for row in rows if row.kind != "task"]
        if leaves:
            end = max(row.start + row.duration for row in leaves)
            for which, seconds in _claim(leaves, [(0.0, end)], self.key).items():
                found[which] += seconds
        return found


def _gaps(rows: Sequence[Row], end: float) -> list[tuple[float, float]]:
    """Times in which none of `rows`, which are in order and do not overlap, is active."""
    gaps, now = [], 0.0
    for row in sorted(rows, key=lambda row: row.start):
        if row.start > now:
            gaps.append((now, row.start))
        now = max(now, row.start + row.duration)
    if end > now:
        gaps.append((now, end))
    return gaps


def _claim(
    rows: Sequence[Row], spans: Sequence[tuple[float, float]], key: Callable[[Row], K]
) -> dict[K, float]:
    """Give each instant of `spans` to the first bucket active in it, and to bubble where none is."""
    found: dict[K, float] = defaultdict(float)
    left = list(spans)
    groups: dict[K, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: _ORDER[row.kind]):
        groups[key(row)].append(row)
    for which, group in groups.items():
        covered, left = _split(left, _union([(row.start, row.start + row.duration) for row in group]))
        found[which] += covered
    found[key(IDLE)] += sum(end - start for start, end in left)
    return found


def _union(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _split(
    spans: Sequence[tuple[float, float]], active: Sequence[tuple[float, float]]
) -> tuple[float, list[tuple[float, float]]]:
    """Time of `spans` inside `active`, and what lies outside; both in order without overlap."""
    starts = np.asarray([start for start, _ in active])
    covered, outside = 0.0, []
    for start, end in spans:
        now = start
        first = max(0, int(np.searchsorted(starts, start, side="right")) - 1)
        for low, high in active[first:]:
            if low >= end:
                break
            if high <= now:
                continue
            if low > now:
                outside.append((now, low))
            covered += min(high, end) - max(low, now)
            now = min(high, end)
        if end > now:
            outside.append((now, end))
    return covered, outside
