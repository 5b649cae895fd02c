"""Numbers of the shipped parts lie where such parts lie, and agree with each other."""

from typing import Any

import pytest

from simulator.catalogue.catalogue import Catalogue
from simulator.workload.parameters import total_parameters

CATALOGUE = Catalogue()

PER_CLOCK = {"volta": 1024, "ampere": 2048, "hopper": 4096, "blackwell": 8192}
"""Dense 16-bit operations of one streaming multiprocessor in a clock, by family [FLOP]."""


def every(kind: str) -> Any:
    parts = [CATALOGUE.load(kind, id) for id in CATALOGUE.ids(kind)]
    assert parts
    return pytest.mark.parametrize("part", [p.spec for p in parts], ids=[p.id for p in parts])


@every("accelerator")
def test_peak_is_units_times_operations_times_clock(part: Any) -> None:
    compute = part.compute
    expected = compute.units * PER_CLOCK[part.family] * compute.clock
    peaks = {p: compute.peak[p] for p in ("bf16", "fp16") if p in compute.peak}
    assert peaks
    assert all(peak == pytest.approx(expected, rel=0.02) for peak in peaks.values())


@every("accelerator")
def test_narrower_formats_are_no_slower(part: Any) -> None:
    widest_first = ["fp64", "fp32", "tf32", "bf16", "fp8", "fp4"]
    peaks = [part.compute.peak[name] for name in widest_first if name in part.compute.peak]
    assert peaks == sorted(peaks)


@every("accelerator")
def test_accelerators_lie_in_range(part: Any) -> None:
    assert 16e9 <= part.memory.capacity <= 300e9
    assert 0.5e12 <= part.memory.bandwidth <= 10e12
    assert 100e9 <= part.scale_up.bandwidth <= 1e12
    assert 10e9 <= part.host_link <= 130e9 < part.memory.bandwidth
    assert 250 <= part.power.limit <= 1500
    assert 0.05 <= part.power.idle / part.power.limit <= 0.3
    activity = part.power.activity
    assert activity.bubble <= activity.host <= activity.optimizer <= activity.compute


@every("accelerator")
def test_kernels_lie_in_range(part: Any) -> None:
    kernels = part.kernels
    assert 1e-6 <= kernels.launch <= 20e-6
    assert 0.6 <= kernels.memory_efficiency <= 0.95
    assert 0.7 <= kernels.sustained <= 1.0
    for gemm in kernels.gemm.values():
        assert 0.5 <= gemm.efficiency <= 1.0
    for attention in kernels.attention.values():
        assert 0.2 <= attention.forward_efficiency <= 0.9
        assert 0.2 <= attention.backward_efficiency <= 0.9
    assert set(kernels.gemm) <= set(part.compute.peak)


@every("accelerator")
def test_the_collective_library_knows_every_link(part: Any) -> None:
    assert part.scale_up.link in CATALOGUE.load("collectives", "nccl").spec.scale_up


@every("network")
def test_networks_lie_in_range(part: Any) -> None:
    assert 100e9 / 8 <= part.rate <= 800e9 / 8
    assert 0.7 <= part.efficiency <= 1.0
    assert 0.3e-6 <= part.adapter_latency <= 10e-6
    reach = [tier.accelerators for tier in part.tiers]
    assert reach[-1] is None
    assert reach[:-1] == sorted(reach[:-1])
    assert all(0.05e-6 <= tier.latency <= 5e-6 for tier in part.tiers)
    assert 10 <= part.power_per_accelerator <= 250


@every("system")
def test_systems_lie_in_range(part: Any) -> None:
    assert CATALOGUE.load("accelerator", part.accelerator)
    assert CATALOGUE.load("network", part.network)
    assert part.scale_up <= part.per_node
    assert 500 <= part.host.idle_power < part.host.active_power <= 6000
    assert 20 <= part.reliability.mtbf / 86400 <= 2000
    assert part.reliability.repair_time < part.reliability.mtbf / 10


@every("site")
def test_sites_lie_in_range(part: Any) -> None:
    assert 1.0 <= part.pue <= 1.6
    assert 0.01 <= part.carbon_intensity * 3.6e6 <= 1.0  # kg per kWh
    assert 0.02 <= part.electricity_price * 3.6e6 <= 0.3  # USD per kWh


@every("price")
def test_prices_lie_in_range(part: Any) -> None:
    table = part.hourly if part.basis == "rented" else part.purchase
    low, high = (0.1 / 3600, 20.0 / 3600) if part.basis == "rented" else (1e3, 1e5)
    assert all(low <= price <= high for price in table.values())
    assert all(CATALOGUE.load("accelerator", id) for id in table)


@every("model")
def test_a_model_has_the_parameters_it_was_published_with(part: Any) -> None:
    assert total_parameters(part) == pytest.approx(part.parameters, rel=0.03)


@every("software")
def test_a_stack_uses_what_the_catalogue_has(part: Any) -> None:
    assert CATALOGUE.load("collectives", part.collectives)
    accelerators = [CATALOGUE.load("accelerator", id).spec for id in CATALOGUE.ids("accelerator")]
    known = {name for accelerator in accelerators for name in accelerator.kernels.attention}
    assert part.attention in known | {"unfused"}
    assert {"fp16", "bf16"} == set(part.states) == set(part.weight_gradient) == set(part.gradient_reduction)
    assert 0.0 < part.spread <= 0.3
