"""Judges how a node and its scale-up domain fit together."""

from simulator.catalogue.findings import Findings


def judge_domain(found: Findings) -> None:
    """A domain is a whole number of nodes, or a whole part of one (E04).

    Parameters
    ----------
    found
        A system.
    """
    node, domain = (found.document.data.get(key) for key in ("per_node", "scale_up"))
    if not isinstance(node, int) or not isinstance(domain, int) or min(node, domain) < 1:
        return
    if node % domain and domain % node:
        message = f"a scale-up domain of {domain} accelerators is no whole number of nodes of {node}"
        found.wrong(("scale_up",), "E04", message, "count accelerators, neither nodes nor switches")
