"""Reads the `aliases:` of a file without parsing it: a look-up must not read the whole catalogue."""

import re
from pathlib import Path

_FLOW = re.compile(r"^aliases:\s*\[([^\]]*)\]", re.MULTILINE)
_BLOCK = re.compile(r"^aliases:[ \t]*(?:#.*)?\n((?:[ \t]*(?:-[ \t].*|#.*)?(?:\n|\Z))+)", re.MULTILINE)
_KIND = re.compile(r"^kind:[ \t]*[\"']?(\w+)", re.MULTILINE)
_LARGEST = 1_000_000


def glance(path: Path) -> str:
    """Give the text of a file, empty if it cannot be read: looking on is then the only sensible thing."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(_LARGEST)
    except OSError:
        return ""


def kind_of(text: str) -> str:
    r"""Give the kind a spec file states, empty if it states none.

    Examples
    --------
    >>> kind_of("format: 1\nkind: model\n")
    'model'
    """
    match = _KIND.search(text)
    return match[1] if match else ""


def aliases_of(text: str) -> list[str]:
    r"""Give the aliases a spec file states.

    Examples
    --------
    >>> aliases_of("kind: model\naliases: [gpt3, 'gpt-3']\n")
    ['gpt3', 'gpt-3']
    >>> aliases_of("aliases:\n  - h100  # short\n  - h100-sxm\nkind: model\n")
    ['h100', 'h100-sxm']
    """
    if flow := _FLOW.search(text):
        items = re.sub(r"#.*", "", flow[1]).split(",")
    elif block := _BLOCK.search(text):
        items = [line.split(" #")[0].strip().removeprefix("-") for line in block[1].splitlines()]
    else:
        return []
    names = (item.strip().strip("\"'") for item in items)
    return [n for n in names if n and not n.startswith("#")]
