"""Keeps the garbage collector out of loops that make much and no cycles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause collection of cycles.

    A step makes hundreds of thousands of tasks, events and rows that live until its end; walking them again
    and again costs a fifth of its time and finds nothing.

    >>> with collector_paused():
    ...     gc.isenabled()
    False
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
