"""The commands, each imported when it is asked for."""

from collections.abc import Sequence
from importlib import import_module

from cyclopts import App, CycloptsError

from simulator.cli.exits import UsageError
from simulator.cli.overview import COMMANDS, GROUPS


def dispatch(words: Sequence[str]) -> int:
    """Run the command that the words name and give its exit code.

    Raises
    ------
    UsageError
        If there is no such command or option, or a value is not what it should be.
    """
    app = _app("scalewall")
    for name, text in COMMANDS.items():
        if name in GROUPS:
            app.command(_group(name, text))
        else:
            app.command(f"simulator.cli.{name}:{name}", name=name, help=text)
    try:
        code = app(words, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        raise UsageError(str(error).strip()) from error
    return code if isinstance(code, int) else 0


def _group(name: str, text: str) -> App:
    """Give a command that has commands of its own: one module each, in a package of the group's name."""
    package = f"simulator.cli.{name}"
    group = _app(name, text)
    for command, about in import_module(package).COMMANDS.items():
        group.command(f"{package}.{command}:{command}", name=command, help=about)
    return group


def _app(name: str, text: str = "") -> App:
    return App(
        name=name,
        help=text,
        help_format="plaintext",
        help_formatter="plain",
        version_flags=(),
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
