"""Where a value was stated: the text it stands in, its line and column."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from simulator.catalogue.problems import Problem

Keys = tuple[str | int, ...]
"""Path of a value inside a document: keys of mappings, indices of lists."""


@dataclass(frozen=True, slots=True)
class Source:
    """A text that states values: a file that was read, or an option of the command."""

    label: str
    """As printed in messages."""
    path: Path | None = None
    """File, none for an option."""
    lines: tuple[str, ...] = ()
    """Content, for excerpts."""
    sha256: str = ""
    """Hash of the file's bytes, hexadecimal."""


@dataclass(frozen=True, slots=True)
class Place:
    """A key or value in a source; line and column count from 1, none for an option."""

    source: Source
    line: int | None = None
    column: int | None = None
    length: int = 1

    @property
    def excerpt(self) -> str:
        """The line of the file in which the place lies."""
        if self.line is None or not 1 <= self.line <= len(self.source.lines):
            return ""
        return self.source.lines[self.line - 1]

    def problem(
        self,
        message: str,
        hint: str = "",
        excerpt: bool = False,
        severity: Literal["error", "warning"] = "error",
    ) -> Problem:
        """Give the problem `message` at this place, with the line below it if asked."""
        shown = self.excerpt if excerpt else ""
        return Problem(self.source.label, message, self.line, self.column, shown, self.length, hint, severity)


@dataclass
class Document:
    """The content of a file as plain data, and where each key and value of it stands."""

    source: Source
    data: dict[str, Any]
    keys: dict[Keys, Place] = field(default_factory=dict)
    """Place of each mapping key."""
    values: dict[Keys, Place] = field(default_factory=dict)
    """Place of each value."""

    def place(self, keys: Keys) -> Place:
        """Give the place of a value, or of the block that would contain it."""
        if keys in self.values and not isinstance(self.get(keys), dict | list):
            return self.values[keys]
        return self.block(keys)

    def block(self, keys: Keys) -> Place:
        """Give the place of a key, or of the nearest key around it; the top of the file failing that."""
        for length in range(len(keys), 0, -1):
            if place := self.keys.get(keys[:length]) or self.values.get(keys[:length]):
                return place
        return Place(self.source, *((1, 1) if self.source.path else (None, None)))

    def get(self, keys: Keys) -> Any:
        """Give the value at a path, none if there is none."""
        value: Any = self.data
        for key in keys:
            try:
                value = value[key]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def below(self, keys: Keys) -> "Document":
        """Give the mapping at `keys` as a document of its own."""
        n = len(keys)
        return Document(
            self.source,
            self.get(keys),
            {k[n:]: p for k, p in self.keys.items() if len(k) > n and k[:n] == keys},
            {k[n:]: p for k, p in self.values.items() if k[:n] == keys},
        )


def printed(path: Path) -> str:
    """Give a path as messages print it: relative if it lies below the working directory."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return str(path)


def dotted(keys: Keys) -> str:
    """Write a path as users do.

    Examples
    --------
    >>> dotted(("tiers", 0, "latency"))
    'tiers.0.latency'
    """
    return ".".join(str(k) for k in keys)
