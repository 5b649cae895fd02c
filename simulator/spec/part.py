"""What every user-written file has in common: a format, a kind, and where its numbers come from."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["datasheet", "measured", "fitted", "estimated", "announced"]
"""How a number became known, from the firmest to the least firm."""

Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
Count = Annotated[int, Field(ge=1)]


class Spec(BaseModel):
    """A frozen block of a spec file; unknown keys are refused."""

    # Most commands read few kinds of file, so a block is made ready when it is first read.
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        protected_namespaces=(),
        defer_build=True,
    )


class Origin(Spec):
    """Where one number of a catalogue entry comes from."""

    source: str
    """Key of the entry's `sources`."""
    status: Status
    """How the number became known."""
    spread: Fraction | None = None
    """Relative standard deviation of the number [1]."""
    note: str | None = None
    """What a reader should know before trusting the number."""


class Part(Spec):
    """A catalogue entry: one file, whose name is the entry's id."""

    format: Literal[1]
    """Version of the file format."""
    name: str
    """Name shown to people."""
    aliases: tuple[str, ...] = ()
    """Other ids under which the entry is found."""
    sources: Annotated[dict[str, str], Field(min_length=1)]
    """Where the numbers were read: short key to full reference."""
    status: Status
    """Status of every number that `origins` does not list; its source is the first of `sources`."""
    origins: dict[str, Origin] = {}
    """Origin of single numbers, by dotted path (`memory.bandwidth`)."""
    note: str | None = None
    """Anything a reader of the entry should know."""
