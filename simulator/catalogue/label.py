"""Judges a memory by the size on its label: GB on the label of a memory mean GiB, and programs get less."""

import re

from simulator.catalogue.findings import Findings
from simulator.catalogue.numbers import number_at
from simulator.catalogue.parts import KINDS
from simulator.units import show

_LABEL = re.compile(r"(?<![\d.])(\d+) ?gb\b", re.IGNORECASE)
_PATH = ("memory", "capacity")
_GIB = 2.0**30


def judge_label(found: Findings) -> None:
    """Compare the memory that a program can use with the label in the name (W04).

    Memory chips are powers of two, so 80 GB on a label are 80 GiB, of which the driver keeps some: what a
    program can use lies between 0.94 of the label in GB and the label in GiB.

    Parameters
    ----------
    found
        An accelerator.
    """
    name = found.document.data.get("name")
    labels = _LABEL.findall(f"{name} {found.id.replace('-', ' ')}") if isinstance(name, str) else []
    stated = number_at(KINDS[found.kind].type, _PATH, found.document.data)
    if not labels or stated is None:
        return
    sizes = [float(label) for label in labels]
    if any(0.94e9 * size <= stated <= 1.0001 * _GIB * size for size in sizes):
        return
    size = f"{show(stated, 'bytes')} ({stated / _GIB:.4g} GiB)"
    message = f"`memory.capacity` is {size}, the name says {labels[0]} GB"
    hint = f"GB on a label mean GiB; programs get a little less than {labels[0]} GiB"
    found.implausible(_PATH, "W04", message, hint, of_file=True)
