"""Requests: when they arrive, how long their prompts and answers are."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from simulator.spec.serving import Lengths, Traffic


@dataclass(frozen=True)
class Requests:
    """Requests in order of arrival, shape (requests,).

    Attributes
    ----------
    arrival : array
        Time of arrival; of a closed loop the number that are there at the beginning counts alone [s].
    prompt, answer : array
        Lengths [tokens].
    at_once : int
        Requests in flight at most, of a closed loop; 0 for none [1].
    rounds : bool
        Whether the next ones come only when all in flight are done.
    """

    arrival: NDArray[np.float64]
    prompt: NDArray[np.int64]
    answer: NDArray[np.int64]
    at_once: int = 0
    rounds: bool = False

    def __len__(self) -> int:
        return len(self.arrival)


def make_requests(traffic: Traffic, arrivals: Generator, lengths: Generator) -> Requests:
    """Draw the requests of a scenario.

    Gaps between arrivals at a rate are gamma distributed with the given squared coefficient of variation;
    1 makes them exponential.

    Examples
    --------
    >>> from numpy.random import default_rng
    >>> traffic = Traffic(requests=3, prompt={"tokens": 100}, answer={"tokens": 10}, saturated=True)
    >>> make_requests(traffic, default_rng(0), default_rng(0)).prompt.tolist()
    [100, 100, 100]
    """
    count = traffic.requests
    prompt, answer = _draw(traffic.prompt, count, lengths), _draw(traffic.answer, count, lengths)
    if traffic.rate is not None:
        shape = 1.0 / traffic.burstiness
        gaps = arrivals.gamma(shape, 1.0 / (traffic.rate * shape), count)
        return Requests(np.cumsum(gaps), prompt, answer)
    at_once = traffic.concurrency or traffic.batch or 0
    return Requests(np.zeros(count), prompt, answer, at_once, traffic.batch is not None)


def _draw(lengths: Lengths, count: int, random: Generator) -> NDArray[np.int64]:
    """Whole lengths of at least one token."""
    if lengths.lowest is not None:
        low = max(1, round(lengths.lowest * lengths.tokens))
        return random.integers(low, lengths.tokens, count, endpoint=True)
    if lengths.deviation is not None:
        variance = np.log1p(lengths.deviation**2)
        drawn = random.lognormal(np.log(lengths.tokens) - variance / 2.0, np.sqrt(variance), count)
        return np.maximum(1, np.rint(drawn)).astype(np.int64)
    return np.full(count, lengths.tokens, dtype=np.int64)
