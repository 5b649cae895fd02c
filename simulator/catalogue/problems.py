"""What is wrong in a user's file: one place, one sentence, one remedy each, printed as the house does."""

from dataclasses import dataclass
from typing import Literal

_SHOWN = 30  # After so many problems the first ones are what matters.
_WIDTH = 100  # Longest excerpt; a minified file has its whole content on one line.


@dataclass(frozen=True)
class Problem:
    """One mistake in a spec file.

    Parameters
    ----------
    file
        Where it is, as printed: a path, or the option that brought the value in.
    message
        What is wrong, in one sentence.
    line, column
        Place in the file, counted from 1; none if it is not in a file.
    excerpt
        The line of the file, empty if the message quotes what matters.
    underline
        Length of the mistake [characters].
    hint
        What to type instead.
    severity
        A warning does not stop a run.

    Examples
    --------
    >>> print(Problem("a.yaml", "unknown key `tensr`", 14, 3, "  tensr: 8", 5, "did you mean `tensor`?"))
    error: a.yaml:14:3: unknown key `tensr`
       14 |   tensr: 8
          |   ^^^^^ did you mean `tensor`?
    """

    file: str
    message: str
    line: int | None = None
    column: int | None = None
    excerpt: str = ""
    underline: int = 1
    hint: str = ""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        """Print as `error: file:line:col: message`, with excerpt and hint below."""
        place = ":".join(str(p) for p in (self.file, self.line, self.column) if p is not None)
        first = f"{self.severity}: {place}: {self.message}"
        if self.line is None or self.column is None or not self.excerpt:
            return f"{first}; {self.hint}" if self.hint else first
        text, column = _clip(self.excerpt, self.column)
        mark = "^" * max(1, min(self.underline, len(text) - column + 1))
        below = f"{' ' * (column - 1)}{mark} {self.hint}".rstrip()
        return f"{first}\n{self.line:>5} | {text}\n      | {below}"


def _clip(line: str, column: int) -> tuple[str, int]:
    """Make a line printable and short; give it with the column that is then meant."""
    clean = "".join(c if c.isprintable() else " " for c in line)
    if len(clean) <= _WIDTH:
        return clean, column
    start = max(0, min(column - 20, len(clean) - _WIDTH))
    return clean[start : start + _WIDTH], column - start


class SpecError(Exception):
    """A user's files cannot be used; says everything that is wrong with them at once.

    Parameters
    ----------
    problems
        At least one; the most probable cause first.
    """

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        """Print all problems and what became of the run."""
        lines = [str(p) for p in self.problems[:_SHOWN]]
        if len(self.problems) > _SHOWN:
            lines.append(f"… and {len(self.problems) - _SHOWN} more")
        errors = sum(p.severity == "error" for p in self.problems)
        lines.append(f"{errors} error{'' if errors == 1 else 's'}. Nothing was run.")
        return "\n".join(lines)
