"""Parts of the catalogue that rows name, each loaded once."""

from dataclasses import dataclass, field

from simulator.catalogue.catalogue import Catalogue, Entry
from simulator.catalogue.problems import SpecError


class NotSimulatedError(Exception):
    """Why a row cannot be simulated."""


@dataclass
class LoadedParts:
    """Parts of a catalogue by kind and id; ids are looked up once too."""

    catalogue: Catalogue = field(default_factory=Catalogue)
    _entries: dict[tuple[str, str], Entry] = field(default_factory=dict)
    _known: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def _ids(self, kind: str) -> tuple[str, ...]:
        """Every id of a kind."""
        if kind not in self._known:
            self._known[kind] = tuple(self.catalogue.ids(kind))
        return self._known[kind]

    def _entry(self, kind: str, name: str) -> Entry:
        """A part.

        Raises
        ------
        NotSimulatedError
            If the catalogue lacks it.
        """
        if (kind, name) not in self._entries:
            try:
                self._entries[kind, name] = self.catalogue.load(kind, name)
            except SpecError as error:
                raise NotSimulatedError(error.problems[0].message) from error
        return self._entries[kind, name]
