"""Two parts side by side: what differs, and by which factor."""

from dataclasses import dataclass

from simulator.catalogue.catalogue import Catalogue
from simulator.catalogue.described import Described, describe
from simulator.catalogue.problems import Problem, SpecError


@dataclass(frozen=True)
class Row:
    """One path of two parts."""

    path: str
    a: str | None
    """Value in the first part as written; none if it states none."""
    b: str | None
    """Value in the second part."""
    ratio: float | None
    """Second over first, in SI units [1]; none where one of them is no number, or the first is zero."""


@dataclass(frozen=True)
class Difference:
    """Two parts of one kind, path by path."""

    a: Described
    b: Described
    rows: tuple[Row, ...]
    """All numbers, and texts that differ."""


def difference(a: str, b: str, kind: str | None = None, catalogue: Catalogue | None = None) -> Difference:
    """Compare two parts.

    Parameters
    ----------
    a, b
        Ids, aliases or paths.
    kind
        Kind of both, if a name has several.
    catalogue
        Where to look; all catalogues in use if left out.

    Returns
    -------
    Difference
        Numbers with their ratio, in the order of the first part, then what only the second has.

    Raises
    ------
    SpecError
        If there is no such part, one has mistakes, or they are of different kinds.

    Examples
    --------
    >>> rows = difference("nvidia-a100-sxm-40gb", "nvidia-a100-sxm-80gb").rows
    >>> [(row.a, row.b, round(row.ratio, 2)) for row in rows if row.path == "memory.bandwidth"]
    [('1.555 TB/s', '2.039 TB/s', 1.31)]
    """
    catalogue = catalogue or Catalogue()
    first = describe(a, kind, catalogue)
    second = describe(b, kind, catalogue)
    if first.kind != second.kind:
        message = f"`{first.id}` is of kind `{first.kind}`, `{second.id}` of kind `{second.kind}`"
        raise SpecError(Problem(b[:60], message, hint="compare parts of one kind; --kind chooses it"))
    left, right = ({v.path: v for v in part.values} for part in (first, second))
    rows = []
    for path in _together([*left], [*right]):
        one, other = left.get(path), right.get(path)
        ratio = (
            other.number / one.number if one and other and one.number and other.number is not None else None
        )
        texts = (one.text if one else None, other.text if other else None)
        if ratio is not None or texts[0] != texts[1]:
            rows.append(Row(path, *texts, ratio))
    return Difference(first, second, tuple(rows))


def _together(left: list[str], right: list[str]) -> list[str]:
    """Join two lists of paths; what only the second has goes below its neighbours of the same block.

    >>> _together(["a.x", "a.y", "b"], ["a.z", "c"])
    ['a.x', 'a.y', 'a.z', 'b', 'c']
    """
    joined = list(left)
    for path in right:
        if path in joined:
            continue
        block, place = path, -1
        while block and place < 0:
            block = block.rpartition(".")[0]
            inside = [i for i, other in enumerate(joined) if block and other.startswith(f"{block}.")]
            place = max(inside, default=-1)
        joined.insert(place + 1 if place >= 0 else len(joined), path)
    return joined
