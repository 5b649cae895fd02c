"""The number that a file states at a path, in SI units."""

from collections.abc import Iterator
from typing import Any, get_args

from simulator.catalogue.fields import fields_at
from simulator.catalogue.place import Keys
from simulator.spec.quantities import Quantity
from simulator.units import UnitError, parse


def dimension_at(spec: Any, path: Keys, data: Any) -> str:
    """Give the dimension in which the value at a path is written.

    Parameters
    ----------
    spec
        Pydantic model, or a union of models.
    path
        Path of the value.
    data
        The mapping that states it.

    Returns
    -------
    str
        Key of `simulator.units.DIMENSIONS`; empty if the value has no unit.

    Examples
    --------
    >>> from simulator.spec.accelerator import Accelerator
    >>> dimension_at(Accelerator, ("compute", "peak", "bf16"), {"compute": {"peak": {}}})
    'flop_rate'
    """
    for depth in range(len(path) - 1, -1, -1):
        field = fields_at(spec, path[:depth], data).get(str(path[depth]))
        if field is not None:
            found = [*field.metadata, *_metadata(field.annotation)]
            return next((m.dimension for m in found if isinstance(m, Quantity)), "")
    return ""


def number_at(spec: Any, path: Keys, data: Any) -> float | None:
    """Give the number at a path.

    Parameters
    ----------
    spec, path, data
        As for `dimension_at`.

    Returns
    -------
    float or None
        In the base unit of its dimension; none if nothing is stated there, or no number.

    Examples
    --------
    >>> from simulator.spec.site import Site
    >>> number_at(Site, ("electricity_price",), {"electricity_price": "36 USD/MWh"})
    1e-08
    """
    value = data
    for key in path:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return read_number(value, dimension_at(spec, path, data))


def read_number(value: object, dimension: str) -> float | None:
    """Read a value as spec files have it; none if it is no number of the dimension.

    Examples
    --------
    >>> read_number("80 GB", "bytes"), read_number(8, ""), read_number("many", ""), read_number(True, "")
    (80000000000.0, 8.0, None, None)
    """
    if dimension and isinstance(value, str):
        try:
            return parse(value, dimension)
        except UnitError:
            return None
    if dimension or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def _metadata(annotation: Any) -> Iterator[Any]:
    """Give what `Annotated` says anywhere inside a type: of an optional value, of the values of a table."""
    yield from getattr(annotation, "__metadata__", ())
    for inner in get_args(annotation):
        yield from _metadata(inner)
