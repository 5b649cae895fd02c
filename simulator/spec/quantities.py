"""Floats that a user writes with a unit: what a spec field of each dimension accepts."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from simulator import units


@dataclass(frozen=True)
class Quantity:
    """Annotation that turns a float field into one written with a unit.

    Parameters
    ----------
    dimension
        Key of `simulator.units.DIMENSIONS`.

    Examples
    --------
    >>> from pydantic import TypeAdapter
    >>> TypeAdapter(Bandwidth).validate_python("400 Gb/s")
    50000000000.0
    """

    dimension: str

    def read(self, value: Any) -> float:
        """Read a string with a unit; anything else is an error that names an example.

        Raises
        ------
        UnitError
            If the value is no string, or no quantity of the dimension.
        """
        return units.parse(value if isinstance(value, str) else str(value), self.dimension)

    def write(self, value: float) -> str:
        """Write the string that reads back as exactly `value`."""
        return units.exact(value, self.dimension)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate from a string; serialize to one in JSON mode, so that a dumped file can be read again."""
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                self.write, return_schema=core_schema.str_schema(), when_used="json-unless-none"
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Say string, or editors underline `3.35 TB/s` as not a number."""
        return {"type": "string", "examples": [units.EXAMPLES[self.dimension]]}


Bytes = Annotated[float, Quantity("bytes")]
Bandwidth = Annotated[float, Quantity("bandwidth")]
Flop = Annotated[float, Quantity("flop")]
FlopRate = Annotated[float, Quantity("flop_rate")]
Duration = Annotated[float, Quantity("duration")]
Power = Annotated[float, Quantity("power")]
Energy = Annotated[float, Quantity("energy")]
Money = Annotated[float, Quantity("money")]
Tokens = Annotated[float, Quantity("tokens")]
Frequency = Annotated[float, Quantity("frequency")]
CarbonIntensity = Annotated[float, Quantity("carbon_intensity")]
EnergyPrice = Annotated[float, Quantity("energy_price")]
HourlyPrice = Annotated[float, Quantity("hourly_price")]
