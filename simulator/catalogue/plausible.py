"""Judges a part beyond its form: names, ranges, ratios and the physics of its kind."""

from simulator.catalogue.architecture import judge_architecture
from simulator.catalogue.catalogue import Catalogue
from simulator.catalogue.domain import judge_domain
from simulator.catalogue.findings import Findings
from simulator.catalogue.label import judge_label
from simulator.catalogue.nearest import nearest
from simulator.catalogue.place import Document
from simulator.catalogue.problems import Problem
from simulator.catalogue.ranges import judge
from simulator.catalogue.references import judge_references
from simulator.spec.family import Family


def plausible(kind: str, id: str, document: Document, catalogue: Catalogue) -> list[Problem]:
    """Judge the numbers of a part.

    Parameters
    ----------
    kind, id
        Which part it is.
    document
        Its content with places, what it inherits included; it may have other mistakes.
    catalogue
        Has the tables to judge by, and the parts that this one names.

    Returns
    -------
    list of Problem
        Errors for what cannot be, warnings for what hardly is; each with a code.
    """
    found = Findings(kind, id, document)
    judge_references(found, catalogue)
    if kind == "accelerator":
        judge_architecture(found, _family(found, catalogue), catalogue)
        judge_label(found)
    if kind == "system":
        judge_domain(found)
    # Rules of thumb come last: they do not doubt what physics has confirmed.
    if kind in catalogue.ids("ranges"):
        judge(found, catalogue.load("ranges", kind).spec, catalogue)
    return found.problems


def _family(found: Findings, catalogue: Catalogue) -> Family | None:
    """Give what is known of the family; a name that is nearly one of the known ones is doubted."""
    name = found.document.data.get("family")
    if not isinstance(name, str):
        return None
    known = catalogue.ids("family")
    if name in known:
        family: Family = catalogue.load("family", name).spec
        return family
    if (meant := nearest(name, known)) and meant not in name:
        found.implausible(("family",), "W05", f"no family `{name}` is described", f"did you mean `{meant}`?")
    return None
