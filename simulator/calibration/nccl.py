"""Reads what nccl-tests and rccl-tests print."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from simulator.catalogue.problems import Problem, SpecError
from simulator.cost.collective import Operation

OPERATIONS: dict[str, Operation] = {
    "all_reduce": "all_reduce",
    "all_gather": "all_gather",
    "reduce_scatter": "reduce_scatter",
    "sendrecv": "send_recv",
}
"""Operations that are modelled, by the names of the programs without `_perf`."""

SMALLEST = 1024.0
"""Message below which only the start counts [B]."""

_PROGRAM = re.compile(r"(\w+?)_perf\b")
_RANK = re.compile(r"#\s+Rank\s+(\d+)\b.*?\bon\s+(\S+)\s+device")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_COLUMNS = 9
"""Up to `#wrong` of the out-of-place run: size count type redop root time algbw busbw #wrong."""


@dataclass(frozen=True)
class CollectiveRow:
    """One measured collective.

    Attributes
    ----------
    place : str
        File and line.
    operation : str
        What was run.
    ranks : int
        Members, all in one scale-up domain [1].
    size : float
        Message as nccl-tests counts it [B].
    seconds : float
        Time out of place [s].
    """

    place: str
    operation: Operation
    ranks: int
    size: float
    seconds: float


@dataclass
class _Run:
    """What the header of one run of a test has said so far."""

    program: str = ""
    ranks: set[int] = field(default_factory=set)
    hosts: set[str] = field(default_factory=set)
    rows: int = 0


def read_log(path: Path, operation: str | None = None, ranks: int | None = None) -> list[CollectiveRow]:
    """Read the output of one or more tests.

    Parameters
    ----------
    path : Path
        The output.
    operation : str, optional
        Program without `_perf`, where neither the output nor the file's name tells.
    ranks : int, optional
        Members, where the output does not list them, or lists several hosts that share one scale-up domain.

    Returns
    -------
    list of CollectiveRow
        Messages of 1 KiB and more.

    Raises
    ------
    SpecError
        If the file cannot be read, has no results, wrong ones, or does not tell what was run.
    """
    try:
        lines = path.read_text(encoding="utf-8", errors="strict").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not a text file"
        raise SpecError(Problem(str(path), f"cannot be read: {reason}")) from error
    named = _PROGRAM.search(path.name) or re.search(rf"({'|'.join(OPERATIONS)})", path.name)
    fallback = named.group(1) if named else ""
    rows: list[CollectiveRow] = []
    problems: list[Problem] = []
    run, found = _Run(), 0
    for number, line in enumerate(lines, start=1):
        cells = line.split()
        # Launchers put the rank in front of each line: `[1,0]<stdout>: …`.
        while cells and cells[0].startswith("["):
            cells = cells[1:]
        if len(cells) < _COLUMNS or not cells[0].isdigit():
            run = _heard(line, run)
            continue
        found += 1
        run.rows += 1
        try:
            row = _row(cells, f"{path.name}:{number}", run, operation or run.program or fallback, ranks)
        except ValueError as error:
            if str(error) not in {p.message for p in problems}:
                problems.append(Problem(str(path), str(error), number, 1))
            continue
        if row.size >= SMALLEST:
            rows.append(row)
    if problems:
        raise SpecError(*problems)
    if not found:
        hint = "the output of all_reduce_perf, all_gather_perf or reduce_scatter_perf is due"
        raise SpecError(Problem(str(path), "no results of nccl-tests", hint=hint))
    return rows


def _heard(line: str, run: _Run) -> _Run:
    """Take in a line of a header; one that follows results begins another run."""
    program, rank = _PROGRAM.search(line), _RANK.search(line)
    if run.rows and (program or rank or "nThread" in line):
        run = _Run()
    if program:
        run.program = program.group(1)
    if rank:
        run.ranks.add(int(rank.group(1)))
        run.hosts.add(rank.group(2))
    return run


def _row(cells: list[str], place: str, run: _Run, program: str, ranks: int | None) -> CollectiveRow:
    if not program:
        raise ValueError("nothing tells which operation was run; add --operation, for example all_reduce")
    if program not in OPERATIONS:
        raise ValueError(f"`{program}` is not modelled; known are {', '.join(OPERATIONS)}")
    if ranks is None and len(run.hosts) > 1:
        raise ValueError(
            f"the run spans {len(run.hosts)} hosts, one scale-up domain is due; "
            f"if they share one, add --ranks {len(run.ranks)}"
        )
    members = len(run.ranks) if ranks is None else ranks
    if members < 2:
        raise ValueError("no `# Rank` lines tell how many took part; add --ranks")
    if not _NUMBER.fullmatch(cells[5]) or not float(cells[5]) > 0.0:
        raise ValueError(f"the time is `{cells[5]}`, a positive number of microseconds is due")
    if cells[8].isdigit() and int(cells[8]):
        raise ValueError(f"{cells[8]} results are wrong: the run itself has failed")
    return CollectiveRow(place, OPERATIONS[program], members, float(cells[0]), float(cells[5]) * 1e-6)
