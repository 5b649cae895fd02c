"""Fitted values as a spec file has them, with their units."""

from collections.abc import Mapping

from simulator.catalogue.numbers import dimension_at
from simulator.catalogue.parts import KINDS
from simulator.units import exact


def written(kind: str, path: tuple[str, ...], parameters: Mapping[str, object]) -> dict[str, object]:
    """Write parameters for the entry.

    Parameters
    ----------
    kind : str
        Kind of the entry.
    path : tuple of str
        Where the entry has them.
    parameters : dict
        Values by field, in SI units.

    Returns
    -------
    dict
        Values by field, as YAML has them.

    Examples
    --------
    >>> written("accelerator", ("kernels", "gemm", "bf16"), {"efficiency": 0.8, "launch": 2.9e-06})
    {'efficiency': 0.8, 'launch': '2.9 us'}
    """
    return {name: _value(kind, (*path, name), value) for name, value in parameters.items()}


def _value(kind: str, path: tuple[str, ...], value: object) -> object:
    if isinstance(value, tuple):
        return [list(pair) for pair in value]
    dimension = dimension_at(KINDS[kind].type, path, {})
    return exact(value, dimension) if dimension and isinstance(value, float) else value
