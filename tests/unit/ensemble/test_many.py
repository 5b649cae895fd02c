"""Many items on several processes give what a loop gives."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator.ensemble.many import Many

ROOT = Path(__file__).parents[3]


def third(item: int) -> float:
    return item / 3.0


def process(item: int) -> int:
    return os.getpid()


def slowly(item: int) -> int:
    time.sleep(0.05)
    return os.getpid()


def fails(item: int) -> int:
    if item == 7:
        raise ValueError(f"no item {item}")
    return item


class Cache:
    """What a process makes once."""

    def __init__(self) -> None:
        self.name = f"{os.getpid()}.{id(self)}"


def cached(item: int, cache: Cache) -> str:
    time.sleep(0.01)
    return cache.name


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize("length", [0, 1, 5, 50])
def test_outcomes_are_those_of_a_loop_in_its_order(jobs: int, length: int) -> None:
    with Many(jobs) as many:
        assert many.map(third, range(length)) == [third(item) for item in range(length)]


def test_several_processes_share_the_work() -> None:
    with Many(2) as many:
        found = set(many.map(slowly, range(12)))
    assert os.getpid() not in found
    assert len(found) == 2


@pytest.mark.parametrize(("jobs", "length"), [(1, 50), (8, 9)])
def test_one_job_or_few_items_start_no_process(jobs: int, length: int) -> None:
    with Many(jobs) as many:
        assert set(many.map(process, range(length), least=5)) == {os.getpid()}


@pytest.mark.parametrize("jobs", [1, 2])
def test_progress_ends_at_the_whole(jobs: int) -> None:
    told: list[tuple[int, int]] = []
    with Many(jobs) as many:
        many.map(third, range(40), progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1] == (40, 40)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_process_makes_its_state_once_and_keeps_it_for_the_block(jobs: int) -> None:
    with Many(jobs) as many:
        first, second = (set(many.map_with(Cache, cached, range(16))) for _ in range(2))
        assert len(first | second) <= jobs
    with Many(jobs) as many:
        assert (first | second).isdisjoint(many.map_with(Cache, cached, range(16)))


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_of_an_item_is_the_error_of_the_call(jobs: int) -> None:
    with pytest.raises(ValueError, match="no item 7"), Many(jobs) as many:
        many.map(fails, range(20))
    with Many(jobs) as many:
        assert many.map(third, [3, 6]) == [1.0, 2.0]


def test_an_error_in_progress_ends_the_work() -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), Many(2) as many:
        many.map(slowly, range(200), progress=stop)


def test_at_least_one_job_is_due() -> None:
    with pytest.raises(ValueError, match="jobs = 0"):
        Many(0)


@pytest.mark.skipif(sys.platform == "win32", reason="groups of processes are POSIX")
def test_an_interrupt_from_the_terminal_ends_all_processes_quietly() -> None:
    code = (
        "import time\n"
        "from simulator.ensemble.many import Many\n"
        "with Many(2) as many:\n"
        "    try: many.map(time.sleep, [0.05] * 2000, progress=lambda done, total: print(done, flush=True))\n"
        "    except KeyboardInterrupt: print('stopped', flush=True); raise SystemExit(130)\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert run.stdout is not None
    assert run.stdout.readline()  # the processes are at work
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does
    said, complaint = run.communicate(timeout=20)  # comes back when no process holds the pipes any more
    assert run.returncode == 130
    assert said.endswith("stopped\n")
    assert complaint == ""
