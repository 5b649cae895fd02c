"""Finds a part whose kind is not told, and the files of the same name that it hides."""

from pathlib import Path

from simulator.catalogue.catalogue import Catalogue
from simulator.catalogue.nearest import nearest, suggestion
from simulator.catalogue.parts import KINDS, SCENARIOS
from simulator.catalogue.place import Document, printed
from simulator.catalogue.problems import Problem, SpecError

_PARTS = [kind for kind in KINDS if kind not in SCENARIOS]


def find_part(catalogue: Catalogue, name: str, kind: str | None = None) -> tuple[str, Path]:
    """Give kind and file of a part.

    Parameters
    ----------
    catalogue
        Where to look.
    name
        Id, alias, or path ending in `.yaml`.
    kind
        Its kind; if left out, ids win over aliases, and kinds come in the order of `KINDS`.

    Returns
    -------
    tuple
        Key of `KINDS`, and the file that wins.

    Raises
    ------
    SpecError
        If no catalogue has the name.

    Examples
    --------
    >>> find_part(Catalogue(), "h100-sxm")[0]
    'accelerator'
    """
    if kind is not None:
        if kind not in _PARTS:
            raise SpecError(Problem(f"--kind {kind[:60]}", "unknown kind", hint=suggestion(kind, _PARTS)))
        return kind, catalogue.find(kind, name)
    if name.endswith((".yaml", ".yml")):
        document = catalogue.read(catalogue.find("accelerator", name))
        return _stated(document), Path(name)
    found = kinds_of(catalogue, name)
    if not found:
        ids = [id for each in _PARTS for id in catalogue.ids(each)]
        aliases = [alias for each in _PARTS for root in catalogue.roots for alias, _ in root.aliases(each)]
        meant = nearest(name, ids) or nearest(name, aliases)
        hint = f"did you mean `{meant}`?" if meant else "`scalewall hardware list` lists all"
        raise SpecError(Problem(name[:60], "no part of that name", hint=hint))
    return found[0]


def kinds_of(catalogue: Catalogue, name: str) -> list[tuple[str, Path]]:
    """Give every kind that has a part of this name, with the file; ids before aliases."""
    found = []
    for kind in _PARTS:
        path = next((p for root in catalogue.roots if (p := root.find(kind, name))), None)
        if path is not None:
            found.append((kind, path))
    return sorted(found, key=lambda pair: pair[1].stem != name)


def hidden(catalogue: Catalogue, kind: str, path: Path) -> list[str]:
    """Give the files of the same kind and id that lose, as printed."""
    others = [p for root in catalogue.roots if (p := root.names(kind).get(path.stem))]
    distinct = dict.fromkeys(p.resolve() for p in others)
    return [printed(p) for p in distinct if p != path.resolve()]


def _stated(document: Document) -> str:
    kind = document.data.get("kind")
    if isinstance(kind, str) and kind in _PARTS:
        return kind
    raise SpecError(document.block(("kind",)).problem("no part: `kind` names none of " + ", ".join(_PARTS)))
