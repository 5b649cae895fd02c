"""Numbers of the shipped parts lie where such parts lie, and agree with each other."""

from collections.abc import Callable
from typing import Any

import pytest

from simulator.catalogue.catalogue import Catalogue
from simulator.cost.formats import FORMATS
from simulator.workload.parameters import total_parameters

CATALOGUE = Catalogue()


def every(kind: str, where: Callable[[Any], bool] = lambda part: True) -> Any:
    """Run a test on each part of a kind to which it applies."""
    parts = [entry for entry in (CATALOGUE.load(kind, id) for id in CATALOGUE.ids(kind)) if where(entry.spec)]
    assert parts
    return pytest.mark.parametrize("part", [p.spec for p in parts], ids=[p.id for p in parts])


@every("accelerator")
def test_narrower_formats_are_no_slower(part: Any) -> None:
    widest_first = ["fp64", "fp32", "tf32", "bf16", "fp8", "fp4"]
    peaks = [part.compute.peak[name] for name in widest_first if name in part.compute.peak]
    assert peaks == sorted(peaks)


@every("accelerator", lambda part: part.kernels is not None)
def test_every_format_of_its_kernels_has_a_peak(part: Any) -> None:
    formats = [*part.kernels.gemm, *part.kernels.expert]
    assert {FORMATS[number].peak for number in formats} <= set(part.compute.peak)


@every("accelerator")
def test_waiting_draws_less_than_working(part: Any) -> None:
    activity = part.power.activity
    assert activity.bubble <= activity.host <= activity.optimizer <= activity.compute
    assert part.power.idle < part.power.limit


@every("accelerator", lambda part: part.kernels is not None)
def test_a_collective_library_knows_its_link(part: Any) -> None:
    libraries = [CATALOGUE.load("collectives", id).spec for id in CATALOGUE.ids("collectives")]
    assert any(part.scale_up.link in library.scale_up for library in libraries)


@every("network")
def test_networks_lie_in_range(part: Any) -> None:
    assert 25e9 / 8 <= part.rate <= 1600e9 / 8
    assert 0.5 <= part.efficiency <= 1.0
    assert 0.3e-6 <= part.adapter_latency <= 20e-6
    reach = [tier.accelerators for tier in part.tiers]
    assert reach[-1] is None
    assert reach[:-1] == sorted(reach[:-1])
    assert all(0.05e-6 <= tier.latency <= 5e-6 for tier in part.tiers)


@every("system")
def test_systems_lie_in_range(part: Any) -> None:
    assert CATALOGUE.load("accelerator", part.accelerator)
    assert CATALOGUE.load("network", part.network)
    assert part.scale_up % part.per_node == 0 or part.per_node % part.scale_up == 0
    assert part.host.idle_power < part.host.active_power
    assert part.reliability.repair_time < part.reliability.mtbf / 10


@every("site")
def test_sites_lie_in_range(part: Any) -> None:
    assert 1.0 <= part.pue <= 1.6
    assert 0.001 <= part.carbon_intensity * 3.6e6 <= 1.0  # kg per kWh
    assert 0.02 <= part.electricity_price * 3.6e6 <= 0.3  # USD per kWh


@every("price")
def test_prices_lie_in_range(part: Any) -> None:
    table = part.hourly if part.basis == "rented" else part.purchase
    low, high = (0.05 / 3600, 20.0 / 3600) if part.basis == "rented" else (500, 3e6)
    assert all(low <= price <= high for price in table.values())
    assert all(CATALOGUE.load("accelerator", id) for id in table)


@every("model")
def test_a_model_has_the_parameters_it_was_published_with(part: Any) -> None:
    assert total_parameters(part) == pytest.approx(part.parameters, rel=0.01)


@every("software")
def test_a_stack_uses_what_the_catalogue_has(part: Any) -> None:
    assert CATALOGUE.load("collectives", part.collectives)
    accelerators = [CATALOGUE.load("accelerator", id).spec for id in CATALOGUE.ids("accelerator")]
    known = {
        name for accelerator in accelerators if accelerator.kernels for name in accelerator.kernels.attention
    }
    assert part.attention in known | {"unfused"}
    assert {"fp16", "bf16"} == set(part.states) == set(part.weight_gradient) == set(part.gradient_reduction)
    assert 0.0 < part.spread <= 0.3
