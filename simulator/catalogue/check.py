"""Checks spec files without running anything, for editors and CI."""

from collections.abc import Iterable
from pathlib import Path

from simulator.catalogue.catalogue import Catalogue
from simulator.catalogue.nearest import suggestion
from simulator.catalogue.parts import KINDS, SCENARIOS
from simulator.catalogue.place import Document
from simulator.catalogue.problems import Problem, SpecError
from simulator.catalogue.reader import read
from simulator.catalogue.scenario import load_scenario

_ID = "lower-case letters, digits, `-`, `_` and `.`"


def check(paths: Iterable[str | Path]) -> list[Problem]:
    """Check spec files of any kind.

    Parameters
    ----------
    paths
        Files; the kind is read from each.

    Returns
    -------
    list of Problem
        Everything that is wrong, file by file; empty if nothing is.
    """
    found: list[Problem] = []
    for path in paths:
        # A part that several scenarios name is reported once.
        found.extend(p for p in _check(Path(path)) if p not in found)
    return found


def _check(path: Path) -> list[Problem]:
    problems: list[Problem] = []
    try:
        document = read(path)
        problems.extend(_id(path, document))
        kind = document.data.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            problems.append(_unknown(document))
        elif kind in SCENARIOS:
            load_scenario(path)
        else:
            catalogue = Catalogue(path.parent)
            catalogue.entry(kind, path.stem, catalogue.document(kind, path))
            problems.extend(_aliases(path, kind, document, catalogue))
    except SpecError as error:
        problems.extend(error.problems)
    return problems


def _unknown(document: Document) -> Problem:
    if "kind" not in document.data:
        return document.block(()).problem("`kind` is missing", f"one of {', '.join(KINDS)}", excerpt=True)
    kind = document.data["kind"]
    hint = suggestion(str(kind), KINDS)
    return document.place(("kind",)).problem(f"unknown kind `{kind}`", hint, excerpt=True)


def _id(path: Path, document: Document) -> list[Problem]:
    """Find out whether the file name, which is the id, can be one."""
    id = path.stem
    if path.suffix != ".yaml":
        return [
            document.block(()).problem(
                f"the file ends in `{path.suffix}`: parts are found as `{id}.yaml` only"
            )
        ]
    if (
        id != id.lower()
        or not id[0].isalnum()
        or not all(c.isascii() and (c.isalnum() or c in "-_.") for c in id)
    ):
        return [document.block(()).problem(f"the file name is the id, and an id is {_ID}")]
    return []


def _aliases(path: Path, kind: str, document: Document, catalogue: Catalogue) -> list[Problem]:
    """Find aliases that other parts claim: such a name leads to whichever is found first."""
    aliases = document.data.get("aliases", [])
    others = [pair for root in catalogue.roots for pair in root.aliases(kind)] + list(
        catalogue.ids(kind).items()
    )
    taken = {name: file for name, file in others if file.stem != path.stem}
    return [
        document.place(("aliases", i)).problem(f"alias `{alias}` already means `{taken[alias].stem}`")
        for i, alias in enumerate(aliases)
        if alias in taken
    ]
