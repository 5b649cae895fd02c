"""Reads a YAML 1.2 file as plain data with the place of each key and value."""

import errno
import hashlib
import stat
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node

from simulator.catalogue.nodes import convert
from simulator.catalogue.place import Document, Place, Source, printed
from simulator.catalogue.problems import Problem, SpecError

_LARGEST = 1_000_000  # The largest shipped file has 20 kB; reading takes 4 s a megabyte.


def read(path: Path) -> Document:
    r"""Read one spec file.

    Parameters
    ----------
    path
        File to read.

    Returns
    -------
    Document
        Its content with places.

    Raises
    ------
    SpecError
        If it cannot be read, or is not a YAML mapping of plain values.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "a.yaml")
    ...     _ = file.write_text("format: 1\nname: small\n")
    ...     read(file).data
    {'format': 1, 'name': 'small'}
    """
    label = printed(path)
    content = _bytes(path, label)
    text = _text(content, label)
    source = Source(label, path, tuple(text.splitlines()), hashlib.sha256(content).hexdigest())
    root = _compose(text, source)
    if root is None:
        raise SpecError(Problem(label, "the file is empty; a spec file begins with `format: 1` and `kind:`"))
    if not isinstance(root, MappingNode):
        place = Place(source, root.start_mark.line + 1, root.start_mark.column + 1)
        raise SpecError(
            place.problem("a spec file is a block of `key: value` lines, beginning with `format: 1`")
        )
    return convert(root, source)


def _bytes(path: Path, label: str) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise SpecError(Problem(label, "is a directory; name a file in it"))
        if not stat.S_ISREG(mode):
            raise SpecError(Problem(label, "is not a regular file; copy its content into one"))
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise SpecError(Problem(label, "no such file")) from None
    except PermissionError:
        raise SpecError(Problem(label, "may not be read; check its permissions")) from None
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
            label = label[:60] + "…"
        raise SpecError(Problem(label, f"cannot be read: {reason}")) from None
    if len(content) > _LARGEST:
        raise SpecError(Problem(label, f"is larger than {_LARGEST // 1_000_000} MB, which no spec file is"))
    return content


def _text(content: bytes, label: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rsplit(b"\n", 1)[-1].decode("utf-8", "replace")) + 1
        byte = content[error.start]
        message = f"byte 0x{byte:02x} is not UTF-8; save the file with the encoding UTF-8"
        raise SpecError(Problem(label, message, line, column)) from None


def _compose(text: str, source: Source) -> Node | None:
    try:
        node = _nodes(text)
    except RecursionError:
        raise SpecError(Problem(source.label, "nested too deep to be a spec file")) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words, hint = _words(error, text)
        if mark is None:
            raise SpecError(Problem(source.label, words, hint=hint)) from None
        place = Place(source, mark.line + 1, mark.column + 1)
        raise SpecError(place.problem(words, hint, excerpt=True)) from None
    except (YAMLError, ValueError) as error:
        # Control characters, escapes beyond Unicode: without a mark, but with a sentence.
        raise SpecError(Problem(source.label, f"is not YAML: {str(error).splitlines()[0]}")) from None
    return node


@lru_cache(maxsize=1024)
def _nodes(text: str) -> Node | None:
    """Compose a text, once: that is nine tenths of reading, and runs of one process read the same parts."""
    node: Node | None = YAML(typ="safe", pure=True).compose(text)
    return node


def _words(error: MarkedYAMLError, text: str) -> tuple[str, str]:
    """Say what a scanner or parser error means, and what to do."""
    problem = (error.problem or str(error)).strip()
    mark = error.problem_mark
    if mark is not None:
        lines = text.splitlines()
        line = lines[mark.line] if mark.line < len(lines) else ""
        if "\t" in line[: mark.column + 1]:
            return "a tab where YAML needs spaces", "indent with spaces"
    if "undefined alias" in problem:
        return problem, "quote the text if the `*` belongs to it"
    if "mapping values are not allowed" in problem:
        return "a second `: ` in one line", 'quote the text: key: "a: b"'
    if "expected a single document" in str(error.context or "") or "another document" in problem:
        return "a second document (`---`) in the file", "one part a file"
    if "could not find expected ':'" in problem:
        return "a line without `:`", "write `key: value`"
    context = f" ({error.context.strip()})" if error.context else ""
    return f"not YAML: {problem}{context}", ""
