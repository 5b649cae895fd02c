"""A small global search: differential evolution, the same result for the same seed."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Loss = Callable[[NDArray[np.float64]], float]


def minimise(
    loss: Loss,
    bounds: Sequence[tuple[float, float]],
    generations: int = 60,
    crowd: int = 8,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Parameters within bounds at which `loss` is smallest.

    Parameters
    ----------
    loss : callable
        What is to be small, a function of the parameters.
    bounds : sequence of (float, float)
        Smallest and largest value of each parameter.
    generations : int
        Rounds of the search [1].
    crowd : int
        Candidates for each parameter [1].
    seed : int
        Seed of the random stream.

    Returns
    -------
    array, shape (parameters,)
        The best candidate.

    Notes
    -----
    Storn and Price 1997, "Differential Evolution", Journal of Global Optimization 11, scheme best/1/bin;
    the last third of the rounds shrinks around the best candidate.

    Examples
    --------
    >>> def bowl(p):
    ...     return float(((p - [0.3, 2.0]) ** 2).sum())
    >>> [float(round(x, 2)) for x in minimise(bowl, [(0, 1), (0, 5)])]
    [0.3, 2.0]
    """
    random = np.random.default_rng(seed)
    low, high = np.asarray(bounds, dtype=float).T
    size = len(bounds)
    people = low + random.random((crowd * size, size)) * (high - low)
    losses = np.array([loss(one) for one in people])
    for generation in range(generations):
        best = people[losses.argmin()]
        for place in range(len(people)):
            one, two = people[random.choice(len(people), 2, replace=False)]
            if generation < generations * 2 // 3:
                trial = best + random.uniform(0.5, 1.0) * (one - two)
                keep = random.random(size) > 0.7
                keep[random.integers(size)] = False
                trial = np.where(keep, people[place], trial)
            else:
                width = 0.05 * (high - low) * 0.8 ** (generation - generations * 2 // 3)
                trial = best + random.normal(size=size) * width
            trial = np.clip(trial, low, high)
            found = loss(trial)
            if found < losses[place]:
                people[place], losses[place] = trial, found
    return np.asarray(people[losses.argmin()], dtype=float)
