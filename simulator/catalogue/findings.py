"""What checks of a part find: errors, and warnings with a code that a note in the file answers."""

from dataclasses import dataclass, field

from simulator.catalogue.place import Document, Keys, dotted
from simulator.catalogue.problems import Problem


@dataclass
class Findings:
    """Collects what is wrong or implausible about one part.

    Parameters
    ----------
    kind
        Kind of the part.
    id
        Id of the part.
    document
        Its content with places, what it inherits included.
    """

    kind: str
    id: str
    document: Document
    problems: list[Problem] = field(default_factory=list)
    """What was found, in order."""
    settled: set[Keys] = field(default_factory=set)
    """Values that an exact check has confirmed: no rule of thumb doubts them."""

    def wrong(self, path: Keys, code: str, message: str, hint: str = "") -> None:
        """Note an error at a value."""
        self.problems.append(self.document.place(path).problem(f"{message} [{code}]", hint, excerpt=True))

    def implausible(self, path: Keys, code: str, message: str, hint: str = "", of_file: bool = False) -> None:
        """Note a warning at a value, unless it is settled or its own origin has a note.

        With `of_file`, what the value is compared with is this file's own, and no inherited note answers.
        """
        if path in self.settled or self.noted(path, of_file):
            return
        problem = self.document.place(path).problem(f"{message} [{code}]", hint, True, "warning")
        self.problems.append(problem)

    def noted(self, path: Keys, of_file: bool = False) -> bool:
        """Whether `origins` has an entry for exactly this value that says more than where it is from."""
        name = dotted(path)
        origins = self.document.data.get("origins")
        origin = origins.get(name) if isinstance(origins, dict) else None
        if not isinstance(origin, dict) or not origin.get("note"):
            return False
        return not of_file or self.document.block(("origins", name)).source is self.document.source

    def stated_here(self, path: Keys) -> bool:
        """Whether the file itself states a value, rather than one that it extends."""
        return self.document.place(path).source is self.document.source
