"""Adds an entry to a catalogue folder, from a template or from the entry that it extends."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from simulator.catalogue.catalogue import Catalogue
from simulator.catalogue.check import NO_ID, is_id
from simulator.catalogue.fields import fields_at
from simulator.catalogue.lookup import find_part
from simulator.catalogue.nearest import suggestion
from simulator.catalogue.newfile import write_new
from simulator.catalogue.overrides import Override, read_overrides
from simulator.catalogue.parts import KINDS, SCENARIOS
from simulator.catalogue.problems import Problem, SpecError
from simulator.catalogue.reader import read
from simulator.catalogue.template import template
from simulator.catalogue.validate import validate

_TEMPLATES = tuple(kind for kind in KINDS if kind not in SCENARIOS)


def add(
    id: str,
    folder: Path,
    extends: str | None = None,
    kind: str | None = None,
    changes: Sequence[str] = (),
) -> Path:
    """Write a new entry; an existing file is never touched.

    Parameters
    ----------
    id
        Id of the new entry, which is the name of its file.
    folder
        A `hardware` folder, or a `scenarios` folder for models, software and collectives.
    extends
        Entry from which everything unstated is taken.
    kind
        Kind of an entry that stands alone; exactly one of `extends` and `kind` is given.
    changes
        Values that are known already, as `path=value`.

    Returns
    -------
    Path
        The file, complete; what its author has to say is marked `FILL_IN`.

    Raises
    ------
    SpecError
        If the id cannot be one, the file exists, there is no such parent or kind, or a value is wrong; then
        nothing has been written.
    """
    if not is_id(id):
        raise SpecError(Problem(id[:60] or "an empty id", NO_ID))
    catalogue, stated = Catalogue(), {}
    overrides = read_overrides(changes)
    inherited: dict[str, Any] | None = None
    if extends is not None:
        kind, parent = find_part(catalogue, extends)
        inherited, stated["extends"] = _parent(kind, parent, id, catalogue), parent.stem
    if kind not in _TEMPLATES:
        hint = suggestion(str(kind), _TEMPLATES)
        raise SpecError(Problem(f"--template {str(kind)[:60]}", "unknown kind of part", hint=hint))
    for change in overrides:
        _put(stated, change)
    _told_apart(kind, stated)
    path = folder / KINDS[kind].folders[1] / f"{id}.yaml"
    write_new(
        path, template(kind, stated, inherited), lambda draft: _judge(draft, kind, overrides, catalogue)
    )
    return path


def _parent(kind: str, parent: Path, id: str, catalogue: Catalogue) -> dict[str, Any]:
    if parent.stem == id:
        raise SpecError(Problem(id, "an entry cannot extend itself; choose another id"))
    if "extends" not in fields_at(KINDS[kind].type, (), {"kind": kind}):
        message = f"entries of kind `{kind}` extend no others"
        raise SpecError(Problem(f"--extends {parent.stem}", message, hint=f"use `--template {kind}`"))
    return catalogue.document(kind, parent).data


def _told_apart(kind: str, stated: dict[str, Any]) -> None:
    """Ask which form of a kind is meant where it has several."""
    told = TypeAdapter(KINDS[kind].type).json_schema().get("discriminator")
    if told and stated.get(told["propertyName"]) not in told["mapping"]:
        each = " or ".join(f"`--set {told['propertyName']}={name}`" for name in told["mapping"])
        raise SpecError(Problem(f"--template {kind}", "there are several forms of it", hint=f"add {each}"))


def _put(stated: dict[str, Any], change: Override) -> None:
    block = stated
    for key in change.keys[:-1]:
        inner = block.setdefault(key, {})
        if not isinstance(inner, dict):
            raise SpecError(change.place.problem(f"`{key}` is a value already, not a block"))
        block = inner
    if change.keys[0] in ("format", "kind", "extends"):
        raise SpecError(change.place.problem(f"`{change.keys[0]}` is not a value to set"))
    block[change.keys[-1]] = change.value


def _judge(draft: Path, kind: str, overrides: Sequence[Override], catalogue: Catalogue) -> None:
    """Refuse a draft whose set values are wrong; what is still to be filled in may stay so."""
    document, spec = read(draft), KINDS[kind].type
    lines = {document.place(change.keys).line: change for change in overrides}
    problems = []
    for change in overrides:
        if document.get(change.keys) is None:
            hint = suggestion(change.keys[-1], fields_at(spec, change.keys[:-1], document.data))
            problems.append(change.place.problem(f"entries of kind `{kind}` have no such key", hint))
    try:
        validate(catalogue.inherited(kind, draft.stem, document), spec)
    except SpecError as error:
        own = [p for p in error.problems if p.line in lines and p.file == document.source.label]
        problems += [lines[p.line].place.problem(p.message, p.hint) for p in own]
    if problems:
        raise SpecError(*problems)
