"""A row of any kind against its simulation."""

from dataclasses import dataclass, field

from simulator.validation.assemble import Assembler
from simulator.validation.compare import Comparison
from simulator.validation.published import PublishedRun
from simulator.validation.published_service import PublishedService
from simulator.validation.row import compare_row
from simulator.validation.service import ServiceAssembler, compare_service


@dataclass
class Assemblers:
    """Scenarios of training runs and of services, from one catalogue."""

    runs: Assembler = field(default_factory=Assembler)

    def __post_init__(self) -> None:
        self.services = ServiceAssembler(self.runs.catalogue)


def compare_any(row: PublishedRun | PublishedService, assemblers: Assemblers) -> list[Comparison]:
    """Simulate one row and compare each of its metrics."""
    if isinstance(row, PublishedService):
        return compare_service(row, assemblers.services)
    return compare_row(row, assemblers.runs)
