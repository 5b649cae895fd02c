"""Checks a document against a spec type: all problems at once, each at its place."""

import functools
import json
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from simulator.catalogue.fields import fields_at
from simulator.catalogue.nearest import nearest, suggestion
from simulator.catalogue.place import Document, Keys
from simulator.catalogue.problems import Problem, SpecError
from simulator.catalogue.wording import alternatives, quoted, words

_DESCRIBED = 90  # The first sentence of a field's description is enough to know what to write.


def validate(document: Document, spec: Any) -> Any:
    """Build the spec object of a document.

    Parameters
    ----------
    document
        What a user wrote, with places.
    spec
        Pydantic model, or annotated union of models.

    Returns
    -------
    object
        Instance of `spec`.

    Raises
    ------
    SpecError
        With every problem of the document: misspelt keys first, then values, then what is missing.
    """
    # By way of JSON pydantic is strict without refusing lists for tuples: no "8" for 8, no true for 1.
    try:
        return _adapter(spec).validate_json(json.dumps(document.data), strict=True)
    except ValidationError as error:
        raise SpecError(*_problems(error, document, spec)) from None


@functools.cache
def _adapter(spec: Any) -> TypeAdapter[Any]:
    return TypeAdapter(spec)


def _problems(error: ValidationError, document: Document, spec: Any) -> list[Problem]:
    details = error.errors(include_url=False, include_context=True)
    found = [(_path(d, document), d) for d in details if not _follows(d)]
    forgiven = _typos(found)
    ranked: dict[Keys, tuple[int, Problem]] = {}
    for path, detail in found:
        # Several errors at one place are the branches of a union: the first says enough.
        if path not in forgiven and path not in ranked:
            ranked[path] = _problem(path, detail, document, spec)
    ordered = sorted(ranked.values(), key=lambda r: (r[0], r[1].line or 0, r[1].column or 0))
    return [problem for _, problem in ordered]


def _follows(detail: ErrorDetails) -> bool:
    """Whether the error only follows from others: pydantic counts entries that have mistakes as absent."""
    value, context = detail["input"], detail.get("ctx", {})
    return detail["type"] == "too_short" and isinstance(value, list) and len(value) >= context["min_length"]


def _path(detail: ErrorDetails, document: Document) -> Keys:
    """Give the path in the document of an error, without the names of union branches pydantic puts in."""
    path: list[str | int] = []
    location = detail["loc"]
    value: Any = document.data
    for i, key in enumerate(location):
        last = i == len(location) - 1
        inside = (isinstance(value, dict) and key in value) or (
            isinstance(value, list) and isinstance(key, int) and key < len(value)
        )
        if inside:
            value = value[key]
        elif not (last and detail["type"] == "missing"):
            continue
        path.append(key)
    return tuple(path)


def _typos(found: list[tuple[Keys, ErrorDetails]]) -> set[Keys]:
    """Give the missing keys that a misspelt one beside them explains; pydantic reports both."""
    missing = {path for path, d in found if d["type"] == "missing"}
    explained: set[Keys] = set()
    for path, detail in found:
        if detail["type"] == "extra_forbidden":
            siblings = [str(m[-1]) for m in missing - explained if m[:-1] == path[:-1]]
            if meant := nearest(str(path[-1]), siblings):
                explained.add((*path[:-1], meant))
    return explained


def _problem(path: Keys, detail: ErrorDetails, document: Document, spec: Any) -> tuple[int, Problem]:
    """Give one problem, with its rank: what is most probably the cause of others has the lowest."""
    kind, context = detail["type"], detail.get("ctx", {})
    key = str(path[-1]) if path else ""
    if detail["loc"][-1:] == ("[key]",) or kind == "extra_forbidden":
        if kind == "extra_forbidden":
            allowed = list(fields_at(spec, path[:-1], document.data))
            unstated = [a for a in allowed if a not in (document.get(path[:-1]) or {})]
            hint = suggestion(key, allowed, likely=unstated)
        else:
            hint = suggestion(key, alternatives(str(context.get("expected", ""))))
        return 1, document.block(path).problem(f"unknown key `{key}`", hint, excerpt=True)
    if kind == "missing":
        return 3, _missing(path, document, spec)
    if kind.startswith("union_tag"):
        tag = str(context["discriminator"]).strip("'")
        if kind == "union_tag_not_found":
            return 1, document.block(path).problem(f"`{tag}` is missing", "one of " + _tags(document, spec))
        stated = (document.get(path) or {}).get(tag)
        message = words("literal_error", stated, {"expected": str(context["expected_tags"])}, "")
        return 1, document.place((*path, tag)).problem(f"{quoted(tag, stated)}: {message}")
    value = document.get(path)
    message = words(kind, value, context, detail["msg"])
    if kind == "value_error" and isinstance(value, dict):
        # A check of the whole block: its message names the keys.
        return 4, document.block(path).problem(message)
    rank = 0 if path in (("format",), ("kind",)) else 2
    return rank, document.place(path).problem(f"{quoted(_name(path), value)}: {message}")


def _missing(path: Keys, document: Document, spec: Any) -> Problem:
    field = fields_at(spec, path[:-1], document.data).get(str(path[-1]))
    description = ((field.description if field else None) or "").split("\n")[0].strip()
    block = f" in `{_name(path[:-1])}`" if path[:-1] else ""
    about = f": {description[:_DESCRIBED].rstrip('.')}" if description else ""
    return document.block(path[:-1]).problem(f"`{path[-1]}` is missing{block}{about}")


def _name(path: Keys) -> str:
    """Give the last key of a path; an entry of a list goes by the list's key and its position."""
    words_of_it = [str(path[-1])] if path else []
    for key in reversed(path[:-1]):
        if not words_of_it[0].isdigit():
            break
        words_of_it.insert(0, str(key))
    return ".".join(words_of_it)


def _tags(document: Document, spec: Any) -> str:
    return ", ".join(
        f"`{t}`" for t in TypeAdapter(spec).json_schema().get("discriminator", {}).get("mapping", {})
    )
