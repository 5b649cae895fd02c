"""Collectives: more is never faster, and no byte is lost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import a_machine

MACHINE = a_machine()
operations = st.sampled_from(["all_reduce", "all_gather", "reduce_scatter", "send_recv"])
places = st.sampled_from([(2, 1), (8, 1), (16, 1), (4, 8), (64, 8), (32, 2), (512, 4)])
sizes = st.floats(1.0, 1e11)


@settings(max_examples=50)
@given(operations, places, sizes, sizes)
def test_a_larger_message_is_never_faster(operation: str, place: tuple[int, int], a: float, b: float) -> None:
    small, large = (MACHINE.collective_seconds(operation, size, *place) for size in sorted((a, b)))  # type: ignore[arg-type]
    assert small <= large * (1 + 1e-12)


@settings(max_examples=50)
@given(operations, places, sizes)
def test_each_member_sends_at_least_what_the_others_lack(
    operation: str, place: tuple[int, int], size: float
) -> None:
    ranks, _ = place
    least = size if operation == "send_recv" else size * (ranks - 1) / ranks
    machine = a_machine(collectives__scale_up__NVLink3__switch_reduction=1.0)
    sent = machine.collective(operation, size, *place)  # type: ignore[arg-type]
    members = machine.topology.members_per_domain(*place)
    assert max(sent.scale_up, sent.scale_out * members) >= least * (1 - 1e-12)


@settings(max_examples=50)
@given(places, sizes)
def test_an_all_reduce_is_no_slower_than_its_two_halves(place: tuple[int, int], size: float) -> None:
    whole = MACHINE.collective_seconds("all_reduce", size, *place)
    halves = [MACHINE.collective_seconds(o, size, *place) for o in ("reduce_scatter", "all_gather")]  # type: ignore[arg-type]
    assert whole <= sum(halves) * (1 + 1e-12)
