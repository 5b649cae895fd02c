"""JSON Schema of each kind of spec file, so that editors complete and check as one types."""

from typing import Any

from pydantic import TypeAdapter

from simulator.catalogue.nearest import suggestion
from simulator.catalogue.parts import KINDS
from simulator.catalogue.problems import Problem, SpecError


def schema(kind: str) -> dict[str, Any]:
    """Give the JSON Schema of a kind.

    Parameters
    ----------
    kind
        Key of `KINDS`.

    Returns
    -------
    dict
        JSON Schema, draft 2020-12; descriptions are those of the fields.

    Raises
    ------
    SpecError
        If there is no such kind.

    Examples
    --------
    >>> schema("storage")["properties"]["write_bandwidth"]["type"]
    'string'
    """
    if kind not in KINDS:
        raise SpecError(Problem(kind[:60], "unknown kind of spec file", hint=suggestion(kind, KINDS)))
    document = TypeAdapter(KINDS[kind].type).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": kind} | {
        key: value for key, value in document.items() if key != "title"
    }
