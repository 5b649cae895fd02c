"""Says on the terminal that something is going on, once it has taken a second."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import TextIO

_PATIENCE = 1.0
"""How long nothing is said [s]."""
_BEAT = 0.5
"""Time between two updates [s]."""


@contextmanager
def progress(what: str, stream: TextIO | None = None) -> Iterator[Callable[[str], None]]:
    """Show what is done and for how long, in one line that vanishes at the end.

    Nothing is shown within the first second, nor where the stream is no terminal.

    Parameters
    ----------
    what : str
        What is being done.
    stream : TextIO, optional
        Where to show it; stderr if left out.

    Yields
    ------
    callable
        Takes new words for what is being done.
    """
    stream, words = stream or sys.stderr, [what]
    if not stream.isatty():
        yield words.append
        return
    done, began = Event(), monotonic()

    def show() -> None:
        wait = _PATIENCE
        while not done.wait(wait):
            wait = _BEAT
            stream.write(f"\r\x1b[K{words[-1]}, {monotonic() - began:.0f} s ")
            stream.flush()
        if wait == _BEAT:
            stream.write("\r\x1b[K")
            stream.flush()

    thread = Thread(target=show, daemon=True)
    thread.start()
    try:
        yield words.append
    finally:
        done.set()
        thread.join()
