"""Where the numbers of a kind of part lie: bounds of what is possible, and of what is usual."""

from typing import Annotated, Literal

from pydantic import Field

from simulator.spec.part import Part, Spec

Bounds = tuple[str | float, str | float]
"""Least and largest value, written as the field itself is: with its unit where it has one."""

Code = Annotated[str, Field(pattern=r"^W\d\d$")]
"""Name of a warning, by which a reader finds it again."""


class Range(Spec):
    """Bounds of one value."""

    possible: Bounds
    """Outside of this the number is wrong."""
    usual: Bounds
    """Outside of this the number is implausible, and its origin should say in a note why it is right."""
    hint: str = ""
    """What is often mistaken for it."""


class Ratio(Spec):
    """Bounds of one value over others of the same part, or of parts that it names."""

    code: Code
    """Name of the warning."""
    of: str
    """Path of the value that is judged; values multiplied with ` * `."""
    over: str
    """What it is divided by."""
    usual: tuple[float, float]
    """Least and largest usual ratio of the two in SI units [of over over]."""
    hint: str
    """What is often mistaken for it."""


class Ranges(Part):
    """Bounds for one kind of part."""

    kind: Literal["ranges"]
    applies_to: str
    """Kind of the parts that are judged."""
    values: dict[str, Range]
    """Bounds by dotted path; `*` stands for any one key."""
    ratios: tuple[Ratio, ...] = ()
    """Bounds of ratios."""
    distrusted: tuple[str, ...] = ()
    """Publications known for wrong numbers; a source that names one is doubted."""
