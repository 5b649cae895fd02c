"""Max-min fair rates of flows over shared links."""

from collections.abc import Hashable, Mapping, Sequence


def max_min_rates(routes: Sequence[Sequence[Hashable]], capacities: Mapping[Hashable, float]) -> list[float]:
    """Rates of flows, none of which can gain without taking from one that has no more.

    Progressive filling: the link that gives the smallest equal share fixes its flows, and so on (Bertsekas
    and Gallager, "Data Networks", 2nd ed., section 6.5.2).

    Parameters
    ----------
    routes : sequence of sequences
        Links each flow passes.
    capacities : mapping
        Capacity of each link [B/s].

    Returns
    -------
    list of float
        Rate of each flow [B/s].

    Examples
    --------
    >>> max_min_rates([["a"], ["a", "b"], ["b"]], {"a": 10.0, "b": 30.0})
    [5.0, 5.0, 25.0]
    """
    rates = [0.0] * len(routes)
    free = set(range(len(routes)))
    left = dict(capacities)
    while free:
        load: dict[Hashable, int] = {}
        for flow in free:
            for link in routes[flow]:
                load[link] = load.get(link, 0) + 1
        tightest = min(load, key=lambda link: left[link] / load[link])
        share = left[tightest] / load[tightest]
        for flow in sorted(f for f in free if tightest in routes[f]):
            rates[flow] = share
            free.remove(flow)
            for link in routes[flow]:
                left[link] = max(0.0, left[link] - share)
    return rates
