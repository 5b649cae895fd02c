"""Progress shows on a terminal, late, and vanishes."""

from io import StringIO
from threading import Event

import pytest

from simulator.cli import progress as progress_module
from simulator.cli.progress import progress


class Tty(StringIO):
    """A terminal that says when something was written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        count = super().write(text)
        self.written.set()
        return count


def test_a_pipe_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_module, "_PATIENCE", 0.0)
    stream = StringIO()
    with progress("simulating", stream):
        pass
    assert stream.getvalue() == ""


def test_what_is_quick_says_nothing() -> None:
    stream = Tty()
    with progress("simulating", stream):
        pass
    assert stream.getvalue() == ""


def test_what_takes_long_is_shown_and_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_module, "_PATIENCE", 0.0)
    monkeypatch.setattr(progress_module, "_BEAT", 0.001)
    stream = Tty()
    with progress("simulating", stream) as say:
        assert stream.written.wait(10)
        say("simulating row 2")
        while "row 2" not in stream.getvalue():
            stream.written.clear()
            assert stream.written.wait(10)
    assert stream.getvalue().startswith("\r\x1b[Ksimulating, 0 s ")
    assert stream.getvalue().endswith("\r\x1b[K")
