"""Max-min fairness: no link above its capacity, and nobody gains but from one that has more."""

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.engine.play import Task, play
from simulator.network.fair_share import max_min_rates

LINKS = "abcde"
capacities = st.fixed_dictionaries({link: st.floats(0.1, 100.0) for link in LINKS})
routes = st.lists(st.sets(st.sampled_from(LINKS), min_size=1).map(sorted), min_size=1, max_size=12)
flows = st.lists(
    st.tuples(
        st.floats(0.0, 5.0), st.floats(0.1, 50.0), st.sets(st.sampled_from(LINKS), min_size=1).map(sorted)
    ),
    min_size=1,
    max_size=10,
)


@settings(max_examples=50)
@given(routes, capacities)
def test_no_link_is_above_its_capacity(routes: list[list[str]], capacities: dict[str, float]) -> None:
    rates = max_min_rates(routes, capacities)
    for link, capacity in capacities.items():
        assert sum(r for r, route in zip(rates, routes, strict=True) if link in route) <= capacity * (
            1 + 1e-9
        )


@settings(max_examples=50)
@given(routes, capacities)
def test_every_flow_has_a_full_link_on_which_none_has_more(
    routes: list[list[str]], capacities: dict[str, float]
) -> None:
    # The definition of max-min fairness by bottlenecks: Bertsekas and Gallager, section 6.5.2.
    rates = max_min_rates(routes, capacities)

    def bottleneck(link: str, rate: float) -> bool:
        others = [r for r, route in zip(rates, routes, strict=True) if link in route]
        return sum(others) >= capacities[link] * (1 - 1e-9) and rate >= max(others) * (1 - 1e-9)

    for rate, route in zip(rates, routes, strict=True):
        assert any(bottleneck(link, rate) for link in route)


@settings(max_examples=50)
@given(flows, capacities)
def test_no_byte_arrives_before_its_links_could_carry_it(
    flows: list[tuple[float, float, list[str]]], capacities: dict[str, float]
) -> None:
    tasks = [Task(index, start, size, tuple(links)) for index, (start, size, links) in enumerate(flows)]
    ends = play(tasks, [()] * len(tasks), capacities).end.tolist()
    for end, (start, size, links) in zip(ends, flows, strict=True):
        assert end - start >= size / min(capacities[link] for link in links) * (1 - 1e-9)
    for link, capacity in capacities.items():
        users = [
            (start, size, end) for end, (start, size, links) in zip(ends, flows, strict=True) if link in links
        ]
        if users:
            busy = max(end for _, _, end in users) - min(start for start, _, _ in users)
            assert sum(size for _, size, _ in users) <= busy * capacity * (1 + 1e-9)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(0.0, 5.0), st.floats(0.1, 50.0)), min_size=1, max_size=10))
def test_a_link_never_idles_while_bytes_wait(flows: list[tuple[float, float]]) -> None:
    tasks = [Task(index, start, size, ("wire",)) for index, (start, size) in enumerate(flows)]
    ends = play(tasks, [()] * len(tasks), {"wire": 2.0}).end
    free = 0.0
    for start, size in sorted(flows):  # one after the other instead of side by side
        free = max(free, start) + size / 2.0
    assert abs(ends.max() - free) <= 1e-9 * free
