"""Where a cluster stands, what it writes checkpoints to, and what it costs."""

from typing import Annotated, Literal

from pydantic import Field

from simulator.spec.part import Fraction, Part
from simulator.spec.quantities import Bandwidth, CarbonIntensity, Duration, EnergyPrice, HourlyPrice, Money


class Site(Part):
    """A place with a grid and a building."""

    kind: Literal["site"]
    carbon_intensity: CarbonIntensity
    """Carbon dioxide equivalent per energy from the grid, location-based."""
    electricity_price: EnergyPrice
    """What an industrial customer pays for energy."""
    pue: Annotated[float, Field(ge=1.0)]
    """Energy of the building over energy of the computers in it [1]."""


class Storage(Part):
    """A shared store for checkpoints and data."""

    kind: Literal["storage"]
    write_bandwidth: Bandwidth
    """Sustained write bandwidth of the whole store."""
    read_bandwidth: Bandwidth
    """Sustained read bandwidth of the whole store."""
    write_bandwidth_per_node: Bandwidth
    """What one node can write."""
    read_bandwidth_per_node: Bandwidth
    """What one node can read."""


class RentedPrice(Part):
    """Accelerators by the hour, electricity and network included."""

    kind: Literal["price"]
    basis: Literal["rented"]
    hourly: dict[str, HourlyPrice]
    """Price of one accelerator for an hour, by accelerator id."""


class OwnedPrice(Part):
    """Bought hardware, written off evenly; electricity is added from the site."""

    kind: Literal["price"]
    basis: Literal["owned"]
    purchase: dict[str, Money]
    """Price of one accelerator with its share of the node, by accelerator id."""
    network_share: Fraction
    """Price of the network over the price of the nodes [1]."""
    building_share: Fraction
    """Price of building, power and cooling over the price of the nodes [1]."""
    lifetime: Duration
    """Time over which the purchase is written off."""
    utilization: Fraction
    """Share of the lifetime in which the hardware is used [1]."""
    operations_per_year: Fraction
    """Staff and maintenance for a year over the purchase price [1]."""


Price = Annotated[RentedPrice | OwnedPrice, Field(discriminator="basis")]
