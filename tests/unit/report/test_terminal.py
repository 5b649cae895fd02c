"""Colour and characters are used only where they are understood."""

from io import StringIO

import pytest

from simulator.report.terminal import Terminal


class Tty(StringIO):
    encoding = "utf-8"  # type: ignore[assignment]

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "colour"),
    [({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_colour_on_a_terminal(environ: dict[str, str], colour: bool) -> None:
    assert Terminal.of(Tty(), environ).colour is colour


def test_a_pipe_gets_no_colour() -> None:
    assert not Terminal.of(StringIO(), {}).colour


def test_what_has_no_substitute_is_marked() -> None:
    assert Terminal(encoding="ascii").printable("模型 × 2") == "?? x 2"
