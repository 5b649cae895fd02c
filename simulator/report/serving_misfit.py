"""Says as JSON that a fleet has no room for its requests, and what would have."""

import json
from typing import Any

from simulator.serving.fit import DoesNotFitError


def serving_misfit_json(error: DoesNotFitError, scenario: str) -> str:
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
        `fits`, `memory` that is needed by kind [B], `capacity` that the engine may fill [B], the
        `longest_request` and `cache_tokens` that there is room for [tokens], and the `nearest` deployment
        that fits: values to `set`, or null.
    """
    need = error.need
    document: dict[str, Any] = {
        "format": 1,
        "kind": "serving",
        "scenario": scenario,
        "fits": False,
        "pool": need.pool,
        "memory": {"weights": need.weights, "reserved": need.reserved, "cache": need.each * need.tokens},
        "capacity": need.capacity,
        "longest_request": need.tokens,
        "cache_tokens": max(0, need.room),
        "nearest": None if error.changes is None else {"set": error.changes},
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
