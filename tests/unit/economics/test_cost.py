"""What hardware costs, rented or owned."""

from dataclasses import replace

import pytest

from simulator.economics.cost import OwnedHardware, rental_cost

YEAR = 365 * 86400.0
BOUGHT = OwnedHardware(
    purchase=20000.0,
    network_share=0.2,
    building_share=0.3,
    lifetime=4 * YEAR,
    utilization=1.0,
    operations=0.0,
)


def test_rent_is_price_times_accelerators_times_time() -> None:
    assert rental_cost(2.0 / 3600, accelerators=8, seconds=2 * 3600.0) == pytest.approx(32.0)


def test_after_its_lifetime_the_hardware_has_paid_for_itself() -> None:
    assert BOUGHT.cost(accelerators=2, seconds=4 * YEAR) == pytest.approx(2 * 20000.0 * 1.5)


def test_idle_hours_are_paid_by_the_busy_ones() -> None:
    assert replace(BOUGHT, utilization=0.5).cost(1, YEAR) == 2 * BOUGHT.cost(1, YEAR)


def test_operations_are_a_share_of_the_purchase_per_time() -> None:
    staffed = replace(BOUGHT, operations=0.05 / YEAR)
    assert staffed.cost(1, YEAR) - BOUGHT.cost(1, YEAR) == pytest.approx(0.05 * 20000.0 * 1.5)
