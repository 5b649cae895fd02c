"""Tasks on a clock: queues, dependencies and deadlocks."""

import pytest

from simulator.engine.play import DeadlockError, Task, play


def test_nothing_to_do() -> None:
    assert play([], []).end.size == 0


def test_a_stream_works_in_order_and_streams_work_side_by_side() -> None:
    played = play([Task("a", 2.0), Task("a", 3.0), Task("b", 4.0)], [(), (), ()])
    assert played.start.tolist() == [0.0, 2.0, 0.0]
    assert played.end.tolist() == [2.0, 5.0, 4.0]


def test_a_task_waits_for_all_it_comes_after() -> None:
    played = play([Task("a", 2.0), Task("b", 5.0), Task("c", 1.0)], [(), (), (0, 1)])
    assert played.start[2] == 5.0


def test_what_a_task_comes_after_may_stand_later_in_the_list() -> None:
    assert play([Task("a", 1.0), Task("b", 2.0)], [(1,), ()]).end.tolist() == [3.0, 2.0]


def test_a_waiting_task_blocks_the_queue_behind_it() -> None:
    played = play([Task("a", 5.0), Task("b", 1.0), Task("b", 1.0)], [(), (0,), ()])
    assert played.start[2] == 6.0


def test_several_tasks_may_wait_for_the_same() -> None:
    played = play([Task("a", 2.0), Task("b", 1.0), Task("c", 1.0)], [(), (0,), (0,)])
    assert played.start.tolist() == [0.0, 2.0, 2.0]


def test_tasks_without_duration_end_when_they_start() -> None:
    played = play([Task("a", 0.0), Task("b", 1.0)], [(), (0,)])
    assert played.end.tolist() == [0.0, 1.0]


def test_tasks_that_wait_for_each_other_are_a_bug() -> None:
    with pytest.raises(DeadlockError, match="2 of 3 tasks never became ready"):
        play([Task("a", 1.0), Task("b", 1.0), Task("c", 1.0)], [(1,), (0,), ()])


def test_a_task_that_waits_for_one_behind_it_in_its_queue_is_a_bug() -> None:
    with pytest.raises(DeadlockError):
        play([Task("a", 1.0), Task("a", 1.0)], [(1,), ()])


def test_a_flow_starts_after_its_startup() -> None:
    played = play([Task("a", 2.0, size=30.0, links=("wire",))], [()], {"wire": 10.0})
    assert played.end.tolist() == [5.0]


def test_the_next_task_of_a_stream_waits_for_the_flow() -> None:
    played = play([Task("a", 0.0, size=30.0, links=("wire",)), Task("a", 1.0)], [(), ()], {"wire": 10.0})
    assert played.start[1] == 3.0
