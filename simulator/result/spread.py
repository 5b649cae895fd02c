"""Relative spreads of headline results, from the spreads that the catalogue states."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.catalogue.resolved import Resolved
from simulator.record.row import Row
from simulator.result.intervals import combine, device_time_by_cost, downtime_spread
from simulator.result.metrics import time_by_kind, wall_clock

UNKNOWN = 0.1
"""Relative spread of an input whose entry states none but calls it fitted or estimated [1]."""


@dataclass(frozen=True)
class Spreads:
    """Looks spreads up in the provenance of a resolved scenario."""

    resolved: Resolved

    def of(self, path: str) -> float:
        """Relative spread of one input [1]; none for datasheet values and choices of the user."""
        found = self.resolved.provenance.get(path)
        if found is None:
            return 0.0
        if found.spread is not None:
            return found.spread
        return UNKNOWN if found.status in ("fitted", "estimated", "announced") else 0.0

    def step_time(self, rows: Sequence[Row]) -> float:
        """Spread of the step time [1]: cost models by their share of it, and what the stack leaves open."""
        resolved = self.resolved
        precision, link = resolved.scenario.training.precision, resolved.accelerator.scale_up.link
        shares = device_time_by_cost(rows)
        compute = shares.get("gemm", 0.0) + shares.get("attention", 0.0)
        attention = f"accelerator.kernels.attention.{resolved.software.attention}.forward_efficiency"
        parts = [
            (shares.get("gemm", 0.0), self.of(f"accelerator.kernels.gemm.{precision}.efficiency")),
            (shares.get("attention", 0.0), self.of(attention)),
            (compute, self.of("accelerator.kernels.sustained")),
            (shares.get("memory", 0.0), self.of("accelerator.kernels.memory_efficiency")),
            (shares.get("scale_up", 0.0), self.of(f"collectives.scale_up.{link}.efficiency")),
            (shares.get("scale_out", 0.0), self.of("network.efficiency")),
            (shares.get("host", 0.0), self.of("software.host.launch")),
            (1.0, resolved.software.spread),
        ]
        return combine(parts)

    def wall_clock(self, step_time: float, run: Sequence[Row]) -> float:
        """Spread of the duration of a run [1]: its steps, chance, and how often nodes fail."""
        times = time_by_kind(run)
        total = wall_clock(times)
        working = (times.get("train", 0.0) + times.get("lost", 0.0)) / total
        down = 1.0 - times.get("train", 0.0) / total
        parts = [
            (working, step_time),
            (1.0, downtime_spread(run, total)),
            (down, self.of("system.reliability.mtbf")),
        ]
        return combine(parts)

    def energy(self, wall_clock: float) -> float:
        """Spread of the energy [1]: the duration, and what accelerators and hosts draw."""
        return combine([
            (1.0, wall_clock),
            (0.7, self.of("accelerator.power.activity.compute")),
            (0.3, self.of("system.host.active_power")),
        ])  # fmt: skip

    def cost(self, wall_clock: float) -> float:
        """Spread of the cost [1]: the duration and the price of the accelerator."""
        price, name = self.resolved.price, self.resolved.ids["accelerator"]
        table = "hourly" if price is not None and price.basis == "rented" else "purchase"
        return combine([(1.0, wall_clock), (1.0, self.of(f"price.{table}.{name}"))])
