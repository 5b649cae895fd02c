"""Says that a plan does not fit in memory, by how much, and what would."""

import json
from typing import Any

from simulator.training.fit import DoesNotFitError


def misfit_json(error: DoesNotFitError, scenario: str) -> str:
    """Write the answer as a JSON document.

    Parameters
    ----------
    error : DoesNotFitError
        What was found.
    scenario : str
        Name of the scenario.

    Returns
    -------
    str
        `fits`, `memory` of the fullest stage by kind [B], its `stage`, the `capacity` [B], and the
        `nearest` plan that fits: the values to `set` and its `memory`, or null.
    """
    memory, fit = error.memory, error.fit
    document: dict[str, Any] = {
        "format": 1,
        "kind": "training",
        "scenario": scenario,
        "fits": False,
        "memory": memory.kinds,
        "stage": memory.stage,
        "capacity": memory.capacity,
        "nearest": None if fit is None else {"set": fit.changes, "memory": fit.memory.kinds},
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
