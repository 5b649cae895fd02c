"""One function over many items on several processes; the only place that knows joblib."""

import os
import signal
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from threading import current_thread, main_thread
from types import TracebackType
from typing import Any, Self, TypeVar, cast

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
State = TypeVar("State")

Progress = Callable[[int, int], None]
"""Called with items done and items in all."""

_BATCHES = 16
"""Batches a process gets: enough that none waits long for the last one, and that progress is seen.

They are dealt like cards, since neighbours often cost alike.
"""

_NUMBERS = count()
_STATES: dict[tuple[str, str], Any] = {}


class Many:
    """Processes for many simulations: they start when first needed and end with the `with` block.

    What a process keeps between items lives no longer than the block, so that it cannot be older than the
    files and the environment the block began with.

    Parameters
    ----------
    jobs : int, optional
        Most processes at a time; as many as there are CPUs for this process if left out. With 1, everything
        runs in the process that calls.

    Examples
    --------
    >>> with Many(jobs=1) as many:
    ...     many.map(abs, [-2, 3])
    [2, 3]
    """

    def __init__(self, jobs: int | None = None) -> None:
        if jobs is not None and jobs < 1:
            raise ValueError(f"jobs = {jobs}: at least one process is due")
        self._jobs = jobs
        self._name = f"{os.getpid()}.{next(_NUMBERS)}"
        self._started = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _forget(self._name)
        if self._started:
            self._started = False
            _end(at_once=error is not None)

    def map(
        self,
        function: Callable[[Item], Outcome],
        items: Sequence[Item],
        least: int = 1,
        progress: Progress | None = None,
    ) -> list[Outcome]:
        """Apply a function to every item.

        Parameters
        ----------
        function : callable
            Can be pickled: defined at the top of a module, or a `partial` of such a function.
        items : sequence
            What it is applied to; each can be pickled.
        least : int
            Items that are worth the start of a process; fewer than twice as many run where the call is.
        progress : callable, optional
            Told how far it is.

        Returns
        -------
        list
            The outcomes in the order of the items, as a loop would give them.
        """
        return self.map_with(_nothing, partial(_alone, function), items, least, progress)

    def map_with(
        self,
        make: Callable[[], State],
        function: Callable[[Item, State], Outcome],
        items: Sequence[Item],
        least: int = 1,
        progress: Progress | None = None,
    ) -> list[Outcome]:
        """Apply a function to every item and to what each process makes once, a cache for instance.

        Parameters
        ----------
        make : callable
            Makes what the items of one process share; the outcome of an item must not depend on the others.
        function, items, least, progress
            As for `map`; the function takes an item and what was made.
        """
        key = (self._name, f"{make.__module__}.{make.__qualname__}")
        processes = self._processes(len(items) // max(least, 1))
        if processes == 1:
            outcomes = []
            for done, item in enumerate(items, start=1):
                outcomes.append(function(item, _state(key, make)))
                if progress:
                    progress(done, len(items))
            return outcomes
        batches = min(len(items), processes * _BATCHES)
        calls = [
            partial(_batch, first, items[first::batches], key, make, function) for first in range(batches)
        ]
        found: list[Any] = [None] * len(items)
        done = 0
        self._started = True
        with _results(calls, processes) as results:
            for first, outcomes in results:
                found[first::batches] = outcomes
                done += len(outcomes)
                if progress:
                    progress(done, len(items))
        return found

    def _processes(self, worthwhile: int) -> int:
        if worthwhile < 2 or self._jobs == 1:
            return 1
        if self._jobs is None:
            from joblib import cpu_count

            self._jobs = cast("int", cpu_count())
        return min(self._jobs, worthwhile)


@contextmanager
def _results(calls: Sequence[Callable[[], Outcome]], processes: int) -> Iterator[Iterator[Outcome]]:
    """Give what the calls return, as it comes; what is not waited for is stopped."""
    from joblib import Parallel, delayed

    run = Parallel(
        n_jobs=processes,
        backend="loky",
        return_as="generator_unordered",
        batch_size=1,  # calls are batches already
        max_nbytes=None,
    )
    with _unheard():  # all processes start with the first call
        results = run(delayed(call)() for call in calls)
    try:
        yield results
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # joblib warns of what is left undone, which is what was asked
            results.close()


@contextmanager
def _unheard() -> Iterator[None]:
    """Start processes deaf to Ctrl-C, which a terminal sends to all: the one that started them ends them.

    A process inherits what its parent ignores. A mask would not do: joblib's resource tracker lifts it.
    """
    if current_thread() is not main_thread():
        yield  # signals come to the main thread alone
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _batch(
    first: int,
    items: Sequence[Item],
    key: tuple[str, str],
    make: Callable[[], State],
    function: Callable[[Item, State], Outcome],
) -> tuple[int, list[Outcome]]:
    """Apply the function to some of the items, in a process that may have made the state before."""
    return first, [function(item, _state(key, make)) for item in items]


def _state(key: tuple[str, str], make: Callable[[], State]) -> State:
    """What this process made for these processes and this maker; what it made for others is dropped."""
    if key not in _STATES:
        for other in [k for k in _STATES if k[0] != key[0]]:
            del _STATES[other]
        _STATES[key] = make()
    return cast("State", _STATES[key])


def _forget(name: str) -> None:
    for key in [k for k in _STATES if k[0] == name]:
        del _STATES[key]


def _end(at_once: bool) -> None:
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor().shutdown(wait=True, kill_workers=at_once)


def _nothing() -> None:
    return None


def _alone(function: Callable[[Item], Outcome], item: Item, state: None) -> Outcome:
    return function(item)
