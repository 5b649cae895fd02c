"""Which keys a spec type allows at a path, for messages that list them."""

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from simulator.catalogue.place import Keys


def fields_at(spec: Any, path: Keys, data: Any) -> dict[str, FieldInfo]:
    """Give the fields of the block at `path`.

    Parameters
    ----------
    spec
        Pydantic model, or a union of models told apart by a `Literal` field.
    path
        Path of the block.
    data
        The mapping that is validated, to choose between the members of a union.

    Returns
    -------
    dict of str to FieldInfo
        By key; empty where any key is allowed, or the path leads nowhere.

    Examples
    --------
    >>> from simulator.spec.training import TrainingScenario
    >>> "tensor" in fields_at(TrainingScenario, ("parallelism",), {})
    True
    """
    candidates = list(_members(spec))
    for key in path:
        if len(candidates) > 1:
            candidates = [c for c in candidates if not _is_model(c) or _fits(c, data)]
        candidates = [m for c in candidates for a in _step(c, key) for m in _members(a)]
        data = _item(data, key)
    fields: dict[str, FieldInfo] = {}
    for candidate in candidates:
        if _is_model(candidate) and (len(candidates) == 1 or _fits(candidate, data)):
            fields.update(candidate.model_fields)
    return fields


def _members(annotation: Any) -> Iterator[Any]:
    """Give the alternatives of an annotation, without metadata."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _members(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for member in get_args(annotation):
            yield from _members(member)
    else:
        yield annotation


def _step(annotation: Any, key: str | int) -> Iterator[Any]:
    if _is_model(annotation):
        field = annotation.model_fields.get(str(key))
        if field is not None:
            yield field.annotation
    elif get_origin(annotation) is dict:
        yield get_args(annotation)[1]
    elif get_origin(annotation) in (tuple, list):
        yield get_args(annotation)[0]


def _fits(model: type[BaseModel], data: Any) -> bool:
    """Whether the mapping states no `Literal` that the model refuses."""
    if not isinstance(data, dict):
        return True
    for name, field in model.model_fields.items():
        told_apart = get_origin(field.annotation) is Literal and field.is_required() and name in data
        if told_apart and data[name] not in get_args(field.annotation):
            return False
    return True


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _item(data: Any, key: str | int) -> Any:
    try:
        return data[key]
    except (KeyError, IndexError, TypeError):
        return None
