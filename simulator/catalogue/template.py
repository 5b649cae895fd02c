"""Writes the text of a new entry: every key with what it means, placeholders where a value is due."""

import json
import re
from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from simulator.catalogue.fields import fields_at
from simulator.catalogue.numbers import dimension_at
from simulator.catalogue.parts import KINDS
from simulator.catalogue.place import Keys
from simulator.catalogue.placeholder import PLACEHOLDER
from simulator.catalogue.scalar import scalar
from simulator.units import EXAMPLES

_WIDTH = 96
_PLAIN = re.compile(r"\w(?:[\w ./+%()-]*[\w.)%])?")  # needs no quotes in YAML
_FILLED = {"format": 1}
_ABOUT_SOURCES = "Where the numbers were read: short key, then the full reference with year and address."
_ABOUT_STATUS = "datasheet, measured, fitted, estimated or announced: status of all numbers not in `origins`."
_ABOUT_ORIGINS = (
    "Origin of single numbers where it is not the first source: `path: {source: key, status: estimated, "
    'spread: 0.1, note: "why"}`. A note on a value also answers a warning of `scalewall hardware check`.'
)

_ABOUT_INHERITED = (
    "What is commented out below is inherited, with the value shown. To state another, take the `# ` away "
    "(of the blocks around it, too)."
)


def template(kind: str, stated: Mapping[str, Any], inherited: Mapping[str, Any] | None = None) -> str:
    """Write a new entry.

    Parameters
    ----------
    kind
        Key of `KINDS`.
    stated
        Values that are known already, `extends` among them, as the file will have them.
    inherited
        What the parent states; keys that the entry may then leave out are written as comments with these
        values. None for an entry that stands alone.

    Returns
    -------
    str
        YAML with a comment above each key; `FILL_IN` stands for what the author has to say.

    Examples
    --------
    >>> print(template("site", {"name": "Here", "pue": 1.2}))
    format: 1
    kind: site
    # Name shown to people.
    name: Here
    ...
    # Energy of the building over energy of the computers in it [1].
    pue: 1.2
    <BLANKLINE>
    """
    data = {**_FILLED, "kind": kind, **stated}
    spec = KINDS[kind].type
    lines = [f"format: {data['format']}", f"kind: {kind}"]
    fields = fields_at(spec, (), data)
    lines += [*_comment("Name shown to people."), f"name: {_scalar(data.get('name', PLACEHOLDER))}"]
    lines += [*_comment("Other ids under which the entry is found."), *_optional(data, "aliases", "[]")]
    if "extends" in data:
        lines += [*_comment(fields["extends"].description or ""), f"extends: {data['extends']}"]
    lines += _about(data)
    if inherited is not None:
        lines += ["", *_comment(_ABOUT_INHERITED)]
    for name in (n for n in fields if n not in _SAID):
        lines += ["", *_field((name,), fields[name], _Texts(spec, data, inherited))]
    return "\n".join(lines).rstrip() + "\n"


_SAID = ("format", "kind", "name", "aliases", "extends", "sources", "status", "origins", "note")


class _Texts:
    """What is known about the values of one entry."""

    def __init__(self, spec: Any, data: Mapping[str, Any], inherited: Mapping[str, Any] | None) -> None:
        self.spec, self.data, self.inherited = spec, data, inherited


def _about(data: Mapping[str, Any]) -> Iterator[str]:
    sources = data.get("sources") or {"datasheet": PLACEHOLDER}
    yield from [*_comment(_ABOUT_SOURCES), "sources:", *(f"  {k}: {_scalar(v)}" for k, v in sources.items())]
    yield from [*_comment(_ABOUT_STATUS), f"status: {_scalar(data.get('status', PLACEHOLDER))}"]
    yield from _comment(_ABOUT_ORIGINS)
    yield from ["# origins:"] if "origins" not in data else _block("origins", data["origins"], "")
    yield from [*_comment("Anything a reader of the entry should know."), *_optional(data, "note", '""')]


def _field(path: Keys, field: FieldInfo, texts: _Texts) -> Iterator[str]:
    """Write one key, its comment above; as a comment itself if it may be left out and nothing is stated."""
    stated = _get(texts.data, path)
    inherits = _get(texts.inherited, path) if texts.inherited is not None else None
    off = "# " if stated is None and inherits is not None else ""
    indent = "  " * (len(path) - 1)
    yield from (indent + line for line in _comment(_meaning(field), len(indent)))
    if not field.is_required() and stated is None:
        yield f"{indent}# {path[-1]}:"
        return
    inner = fields_at(texts.spec, path, texts.data)
    if inner and not off:
        yield f"{indent}{path[-1]}:"
        for name, each in inner.items():
            yield from _field((*path, name), each, texts)
        return
    value = stated if stated is not None else inherits
    if value is None:
        value = _wanted(path, field, texts)
    first, *rest = _block(str(path[-1]), value, indent)
    yield indent + off + first[len(indent) :]
    yield from (indent + off + line[len(indent) :] for line in rest)


def _meaning(field: FieldInfo) -> str:
    """Say what a key means; a block without words of its own is what its type is."""
    text = field.description or ""
    if not text and isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
        text = field.annotation.__doc__ or ""
    return f"{text} Leave out what does not apply." if get_origin(field.annotation) is dict else text


def _wanted(path: Keys, field: FieldInfo, texts: _Texts) -> Any:
    """Give what stands for a value that is due: the placeholder, in the shape of the field."""
    arguments = get_args(field.annotation)
    if get_origin(field.annotation) is dict:
        return {str(key): PLACEHOLDER for key in get_args(arguments[0]) if isinstance(key, str)} or {
            "key": PLACEHOLDER
        }
    if get_origin(field.annotation) is tuple:
        inner = fields_at(texts.spec, (*path, 0), texts.data)
        return [{name: PLACEHOLDER for name, each in inner.items() if each.is_required()} or PLACEHOLDER]
    if get_origin(field.annotation) is Literal:
        return arguments[0] if len(arguments) == 1 else _hinted(f"one of {', '.join(map(str, arguments))}")
    example = EXAMPLES.get(dimension_at(texts.spec, path, texts.data), "")
    if example:
        return _hinted(f"such as {example}")
    most = next((m.le for m in field.metadata if getattr(m, "le", None) is not None), None)
    return _hinted(f"from 0 to {most:g}") if most is not None else PLACEHOLDER


def _hinted(hint: str) -> str:
    return f"{PLACEHOLDER}  # {hint}"


def _block(key: str, value: Any, indent: str) -> Iterator[str]:
    """Write a key with whatever it holds."""
    if isinstance(value, dict) and value:
        yield f"{indent}{key}:"
        for name, inner in value.items():
            yield from _block(str(name), inner, f"{indent}  ")
    else:
        yield f"{indent}{key}: {_scalar(value)}"


def _scalar(value: Any) -> str:
    """Write a plain value so that it reads back as the same.

    >>> _scalar("3.35 TB/s"), _scalar("a: b"), _scalar(True), _scalar([1, "x"]), _scalar("8")
    ('3.35 TB/s', '"a: b"', 'true', '[1, x]', '"8"')
    """
    if isinstance(value, list):
        return f"[{', '.join(map(_scalar, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_scalar(v)}" for k, v in value.items()) + "}"
    if not isinstance(value, str):
        return json.dumps(value)
    if value.startswith(f"{PLACEHOLDER}  # "):
        return value
    plain = _PLAIN.fullmatch(value) and scalar(value) == value
    return value if plain else json.dumps(value, ensure_ascii=False)


def _optional(data: Mapping[str, Any], key: str, empty: str) -> list[str]:
    return [f"{key}: {_scalar(data[key])}" if key in data else f"# {key}: {empty}"]


def _comment(text: str, indent: int = 0) -> list[str]:
    return [f"# {line}" for line in wrap(" ".join(text.split()), _WIDTH - indent)]


def _get(data: Any, path: Keys) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data
