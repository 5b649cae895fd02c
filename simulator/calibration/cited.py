"""How an entry cites what it was fitted to, so that the same files give the same words."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from simulator.catalogue.problems import Problem, SpecError
from simulator.version import __version__

_MOST = 3  # More names than that tell less than their number.


def cited(paths: Sequence[Path]) -> str:
    """Name files with the beginning of the hash of their content, and what fitted them.

    Raises
    ------
    SpecError
        If a file cannot be read.
    """
    names = [path.name for path in paths]
    shown = ", ".join(names) if len(names) <= _MOST else f"{names[0]} and {len(names) - 1} more"
    content = hashlib.sha256()
    for path in paths:
        try:
            content.update(path.read_bytes())
        except OSError as error:
            raise SpecError(Problem(str(path), f"cannot be read: {error.strerror}")) from error
    digest = content.hexdigest()[:12]
    return f"{shown} (SHA-256 {digest}), fitted by least absolute logarithmic error, scalewall {__version__}"
