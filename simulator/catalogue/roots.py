"""The folders in which parts and scenarios are looked for, in order."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from simulator.catalogue.aliases import aliases_of, glance, kind_of
from simulator.catalogue.parts import KINDS

CATALOGUE_VARIABLE = "SCALEWALL_CATALOGUE"
"""Environment variable that names further catalogue folders."""


@dataclass(frozen=True)
class Root:
    """A folder with parts.

    Parameters
    ----------
    path
        The folder.
    short
        Whether `accelerators/` is looked into as well as `hardware/accelerators/`.
    flat
        Whether parts may lie directly in the folder, of whatever kind.
    """

    path: Path
    short: bool = False
    flat: bool = False

    def folders(self, kind: str) -> Iterator[Path]:
        """Give the folders that may hold parts of a kind."""
        if self.flat:
            yield self.path
        full, short = KINDS[kind].folders
        yield self.path / full
        if self.short:
            yield self.path / short

    def find(self, kind: str, name: str) -> Path | None:
        """Give the file of a part, by id first and by alias only then."""
        for folder in self.folders(kind):
            file = folder / f"{name}.yaml"
            # A model and a scenario of the same name may lie in one flat folder.
            if os.path.isfile(file) and (folder != self.path or kind_of(glance(file)) == kind):
                return file
        for file, text in self._files(kind):
            if name in text and name in aliases_of(text):
                return file
        return None

    def names(self, kind: str) -> dict[str, Path]:
        """Give the ids of a kind with their files."""
        return {file.stem: file for file, _ in reversed(list(self._files(kind)))}

    def aliases(self, kind: str) -> list[tuple[str, Path]]:
        """Give the aliases of a kind, each with its file; a careless catalogue has one twice."""
        return [(alias, file) for file, text in self._files(kind) for alias in aliases_of(text)]

    def _files(self, kind: str) -> Iterator[tuple[Path, str]]:
        for folder in self.folders(kind):
            try:
                names = sorted(n for n in os.listdir(folder) if n.endswith(".yaml"))
            except OSError:
                continue
            for name in names:
                file = folder / name
                text = glance(file)
                if folder != self.path or kind_of(text) == kind:
                    yield file, text


def roots(folder: Path | None = None) -> list[Root]:
    """Give the folders to look in, the one that wins first.

    Parameters
    ----------
    folder
        Folder of the scenario, none if it has none.

    Returns
    -------
    list of Root
        The scenario's folder, `$SCALEWALL_CATALOGUE`, the working directory, the built-in catalogue.
    """
    found = []
    if folder is not None:
        found.append(Root(folder, short=True, flat=True))
    extra = os.environ.get(CATALOGUE_VARIABLE, "").split(os.pathsep)
    found.extend(Root(Path(path), short=True) for path in extra if path)
    found.append(Root(Path.cwd()))
    found.append(built_in())
    return found


def built_in() -> Root:
    """Give the catalogue that ships: beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).resolve().parents[1]
    beside = package.parent
    if (beside / "hardware" / "accelerators").is_dir() and (beside / "scenarios").is_dir():
        return Root(beside)
    return Root(package / "_catalogue")
