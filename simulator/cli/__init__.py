"""Arguments in, one library call, an exit code out."""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after `scalewall`; those of the process if left out.

    Returns
    -------
    int
        Exit code: 0 done, 1 the answer is no, 2 bad input, 3 our bug, 130 interrupted.
    """
    from simulator.cli.exits import guarded
    from simulator.cli.overview import overview

    words = list(sys.argv[1:] if arguments is None else arguments)
    text = overview(words)
    if text is not None:
        return guarded(lambda: print(text))

    def command() -> int:
        from simulator.cli.app import dispatch

        return dispatch(words)

    return guarded(command)
