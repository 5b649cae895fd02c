"""`scalewall hardware`: the parts of the catalogue, listed, shown, compared, added and checked."""

from collections.abc import Mapping

COMMANDS: Mapping[str, str] = {
    "list": "list the parts of the catalogue",
    "show": "print every value of a part with its unit, source and place",
    "diff": "compare two parts value by value",
    "add": "write a new entry, each key explained",
    "check": "check the whole catalogue, or some of its files: form, sources, ranges, physics",
}
"""Every command of the group with what it does."""
