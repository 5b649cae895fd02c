"""Simulates how AI models train and serve on clusters, and says which wall is hit first.

scenario + catalogue → spec → workload → schedule → events → result → report
"""

from importlib import import_module
from typing import TYPE_CHECKING

from simulator.version import __version__

if TYPE_CHECKING:
    from simulator.catalogue.problems import SpecError
    from simulator.catalogue.scenario import load_scenario
    from simulator.result.result import Result
    from simulator.simulate import run

__all__ = ["Result", "SpecError", "__version__", "load_scenario", "run"]

_HOMES = {
    "Result": "simulator.result.result",
    "SpecError": "simulator.catalogue.problems",
    "load_scenario": "simulator.catalogue.scenario",
    "run": "simulator.simulate",
}


def __getattr__(name: str) -> object:
    """Import an exported name when it is first asked for, so that `scalewall --help` stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
