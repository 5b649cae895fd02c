"""How an entry cites what it was fitted to, so that the same files give the same words."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from simulator import __version__
from simulator.catalogue.problems import Problem, SpecError


def cited(paths: Sequence[Path]) -> str:
    """Name files with the beginning of their hash, and what fitted them.

    Raises
    ------
    SpecError
        If a file cannot be read.
    """
    files = ", ".join(f"{path.name} (SHA-256 {_hash(path)[:12]})" for path in paths)
    return f"{files}, fitted by least absolute logarithmic error with scalewall {__version__}"


def _hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise SpecError(Problem(str(path), f"cannot be read: {error.strerror}")) from error
