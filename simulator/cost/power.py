"""Electrical power of an accelerator from what it is doing."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AcceleratorDraw:
    """Idle power plus a share of what lies between idle and the limit, by activity.

    Attributes
    ----------
    idle : float
        Power with nothing running [W].
    limit : float
        Power limit [W].
    activity : mapping of str to float
        Share of (limit − idle) drawn in each bucket of the step's breakdown; buckets left out draw none [1].

    Examples
    --------
    >>> AcceleratorDraw(70.0, 700.0, {"compute": 1.0}).watts({"compute": 3.0, "bubble": 1.0})
    542.5
    """

    idle: float
    limit: float
    activity: Mapping[str, float]

    def watts(self, seconds: Mapping[str, float]) -> float:
        """Mean power over a breakdown of time into buckets [W]."""
        total = sum(seconds.values())
        busy = sum(self.activity.get(bucket, 0.0) * time for bucket, time in seconds.items())
        return self.idle + (self.limit - self.idle) * busy / total
