"""The word that stands for a value still to be filled in, and where it is left."""

from simulator.catalogue.fields import fields_at
from simulator.catalogue.numbers import dimension_at
from simulator.catalogue.origins import leaves
from simulator.catalogue.parts import KINDS
from simulator.catalogue.place import Document, dotted
from simulator.catalogue.problems import Problem
from simulator.units import EXAMPLES

PLACEHOLDER = "FILL_IN"
"""Stands where a template wants a value."""


def unfilled(kind: str, document: Document) -> list[Problem]:
    """Find the placeholders that are left.

    Parameters
    ----------
    kind
        Kind of the part.
    document
        Its content, with what it inherits or without.

    Returns
    -------
    list of Problem
        One error for each, with an example of what to write.
    """
    spec, found = KINDS[kind].type, []
    for path in leaves(document.data):
        if document.get(path) != PLACEHOLDER:
            continue
        field = fields_at(spec, path[:-1], document.data).get(str(path[-1]))
        about = first_sentence(field.description if field else None)
        example = EXAMPLES.get(dimension_at(spec, path, document.data), "")
        hint = "; ".join([*([f"for example `{example}`"] if example else []), *([about] if about else [])])
        found.append(document.place(path).problem(f"`{dotted(path)}` is still to be filled in", hint))
    return found


def first_sentence(description: str | None) -> str:
    """Give the first line of a description without its full stop.

    >>> first_sentence("Memory that a program can use.")
    'Memory that a program can use'
    """
    return (description or "").strip().split("\n")[0].strip().rstrip(".")
