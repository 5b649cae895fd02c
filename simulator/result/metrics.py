"""The numbers of a training result, each a query of the record."""

from collections.abc import Iterable, Mapping, Sequence

from simulator.record.row import Row
from simulator.result.breakdown import Blocks, by_stage


def recomputed_share(rows: Sequence[Row]) -> float:
    """Floating-point operations made again over those made once [1]."""
    blocks = Blocks(rows)
    shares: dict[str, float] = {}

    def share(name: str) -> float:
        """Recomputed operations over all operations of a block."""
        if name not in shares:
            parts = blocks.parts(name)
            again = sum(r.repeat * r.flops * (share(r.name) if r.kind == "task" else 1.0) for r in parts
                        if r.kind in ("task", "recompute"))  # fmt: skip
            total = sum(r.repeat * r.flops for r in parts)
            shares[name] = again / total if total else 0.0
        return shares[name]

    passes = [row for stage in by_stage(rows).values() for row in stage if row.kind == "task"]
    again = sum(row.represents * row.flops * share(row.name) for row in passes)
    total = sum(row.represents * row.flops for row in passes)
    return again / (total - again)


def step_time(rows: Sequence[Row]) -> float:
    """From the start of the step to the end of its last row [s]."""
    return max(row.start + row.duration for row in rows if not row.parent)


def time_by_kind(rows: Iterable[Row]) -> dict[str, float]:
    """Time of a run spent in each kind of row [s]."""
    found: dict[str, float] = {}
    for row in rows:
        found[row.kind] = found.get(row.kind, 0.0) + row.duration * row.repeat
    return found


def wall_clock(times: Mapping[str, float]) -> float:
    """Duration of a run [s]."""
    return sum(times.values())


def goodput(times: Mapping[str, float]) -> float:
    """Useful training time over wall-clock time [1]."""
    return times["train"] / wall_clock(times)


def interruptions(rows: Iterable[Row]) -> int:
    """Times a run was stopped by a failure [1]."""
    return sum(row.kind == "failure" for row in rows)
