"""Where the time of a step goes: a query of the record that leaves nothing over."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from simulator.record.row import BUCKETS, Row

Shares = dict[str, float]
"""Time by bucket [s]."""


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
    blocks = Blocks(rows)
    weights, total = 0, dict.fromkeys(BUCKETS, 0.0)
    for stage_rows in by_stage(rows).values():
        represents = stage_rows[0].represents
        weights += represents
        for bucket, seconds in stage_breakdown(stage_rows, blocks, step_time).items():
            total[bucket] += represents * seconds
    return {bucket: seconds / weights for bucket, seconds in total.items()}


def by_stage(rows: Iterable[Row]) -> dict[int, list[Row]]:
    """Rows of each stage, without the parts of blocks."""
    stages: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if not row.parent and row.stage >= 0:
            stages[row.stage].append(row)
    return dict(sorted(stages.items()))


def stage_breakdown(rows: Sequence[Row], blocks: "Blocks", step_time: float) -> Shares:
    """Time of one rank of a stage in each bucket [s].

    Blocks count through their parts, other rows by their kind, and the rest of the step is bubble. What is
    beside compute goes to compute, so only what lies in its gaps is looked at again.
    """
    found = dict.fromkeys(BUCKETS, 0.0)
    compute = [row for row in rows if row.stream == "compute"]
    beside = [row for row in rows if row.stream != "compute"]
    for row in compute:
        if row.kind == "task":
            for bucket, share in blocks.shares(row.name).items():
                found[bucket] += share * row.duration
        else:
            found[row.kind] += row.duration
    gaps = _gaps(compute, step_time)
    for bucket, seconds in _claim(beside, gaps).items():
        found[bucket] += seconds
    return found


class Blocks:
    """Shares of the buckets within each block, found once a block."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._parts: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            if row.parent:
                self._parts[row.parent].append(row)
        self._shares: dict[str, Shares] = {}

    def parts(self, name: str) -> list[Row]:
        """Rows directly inside a block."""
        return self._parts.get(name, [])

    def shares(self, name: str) -> Shares:
        """Share of each bucket in the duration of a block [1]."""
        if name not in self._shares:
            seconds = self._seconds(name)
            total = sum(seconds.values())
            self._shares[name] = {bucket: s / total for bucket, s in seconds.items()} if total else {}
        return self._shares[name]

    def _seconds(self, name: str) -> Shares:
        found: Shares = defaultdict(float)
        rows = self.parts(name)
        for row in rows:
            if row.kind == "task":
                for bucket, share in self.shares(row.name).items():
                    found[bucket] += share * row.duration * row.repeat
        leaves = [row for row in rows if row.kind != "task"]
        if leaves:
            end = max(row.start + row.duration for row in leaves)
            for bucket, seconds in _claim(leaves, [(0.0, end)]).items():
                found[bucket] += seconds
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


def _claim(rows: Sequence[Row], spans: Sequence[tuple[float, float]]) -> Shares:
    """Give each instant of `spans` to the first bucket active in it, and to bubble where none is."""
    found: Shares = defaultdict(float)
    left = list(spans)
    for bucket in BUCKETS[:-1]:
        active = _union([(row.start, row.start + row.duration) for row in rows if row.kind == bucket])
        if active:
            covered, left = _split(left, active)
            found[bucket] += covered
    found["bubble"] += sum(end - start for start, end in left)
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
