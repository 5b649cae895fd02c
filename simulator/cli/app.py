"""The commands, each imported when it is asked for."""

from collections.abc import Sequence

from cyclopts import App, CycloptsError

from simulator.cli.exits import UsageError
from simulator.cli.overview import COMMANDS


def dispatch(words: Sequence[str]) -> int:
    """Run the command that the words name and give its exit code.

    Raises
    ------
    UsageError
        If there is no such command or option, or a value is not what it should be.
    """
    app = App(
        name="scalewall",
        help_format="plaintext",
        help_formatter="plain",
        version_flags=(),
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
    for name, text in COMMANDS.items():
        app.command(f"simulator.cli.{name}:{name}", name=name, help=text)
    try:
        code = app(words, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        raise UsageError(str(error).strip()) from error
    return code if isinstance(code, int) else 0
