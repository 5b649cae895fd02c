"""Writes a file that did not exist before: complete, or not at all."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.catalogue.place import printed
from simulator.catalogue.problems import Problem, SpecError


def write_new(path: Path, text: str, judge: Callable[[Path], None]) -> None:
    """Write a draft beside the file, judge it, and give it the name in one step.

    Parameters
    ----------
    path
        The file; its folders are made.
    text
        Its content.
    judge
        Reads the draft and raises if it must not become the file.

    Raises
    ------
    SpecError
        If the file exists, or nothing can be written there; then all is as it was before.
    """
    if os.path.lexists(path):
        raise _exists(path)
    with _folders(path.parent):
        try:
            descriptor, draft = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".draft", dir=path.parent)
        except OSError as error:
            raise _refused(path, error) from None
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            judge(Path(draft))
            os.chmod(draft, 0o644)
            os.link(draft, path)  # unlike a rename, it fails if somebody else was faster
        except FileExistsError:
            raise _exists(path) from None
        except OSError as error:
            raise _refused(path, error) from None
        finally:
            os.unlink(draft)


@contextmanager
def _folders(folder: Path) -> Iterator[None]:
    """Make the folders that are missing, and remove them again if nothing comes of it."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException as error:
        for each in missing:
            with contextlib.suppress(OSError):
                each.rmdir()
        if isinstance(error, OSError):
            raise _refused(folder, error) from None
        raise


def _exists(path: Path) -> SpecError:
    message = "exists already, and is not touched; edit it, or choose another id"
    return SpecError(Problem(printed(path), message))


def _refused(path: Path, error: OSError) -> SpecError:
    return SpecError(Problem(printed(path), f"cannot be written: {error.strerror or error}"))
