"""How many tokens each expert of a rank gets."""

import numpy as np
from numpy.typing import NDArray

SMALLEST = 0.5
"""Experts with fewer tokens than this on average are taken to have none [tokens]."""


def expert_loads(
    tokens: int, top_k: int, experts: int, ranks: int, skew: float | None = None
) -> NDArray[np.float64]:
    """Tokens of each expert on the busiest of `ranks` ranks that share the experts.

    Parameters
    ----------
    tokens : int
        Tokens that are routed [tokens].
    top_k : int
        Experts each token goes to [1].
    experts : int
        Experts of the layer [1].
    ranks : int
        Ranks among which the experts are divided evenly [1].
    skew : float, optional
        Exponent of a power law over the experts; balanced if left out [1].

    Returns
    -------
    array, shape (experts // ranks,)
        Tokens by expert; fewer entries where some experts get none [tokens].

    Notes
    -----
    The power law is truncated at 0.8 × tokens and evaluated at its quantiles; no expert gets more than all
    tokens. The busiest rank holds the most loaded expert, and of the others an even sample.

    Examples
    --------
    >>> expert_loads(1024, 2, 8, 4).tolist()
    [256.0, 256.0]
    >>> expert_loads(1024, 2, 8, 8, skew=1.2).tolist()
    [1024.0]
    """
    local = experts // ranks
    assigned = tokens * top_k
    if skew is None:
        if assigned >= experts:
            return np.full(local, assigned / experts)
        return np.ones(max(1, round(assigned / ranks)))
    quantiles = (np.arange(experts) + 0.5) / experts
    largest, slope = max(0.8 * tokens, 1.0001), 1.0 - skew
    shares = ((largest**slope - 1.0) * quantiles + 1.0) ** (1.0 / slope)
    loads = _capped(np.sort(shares)[::-1] * assigned / shares.sum(), float(tokens))
    if local < experts:
        rest = loads[1:]
        loads = np.append(loads[0], rest[np.linspace(0, len(rest) - 1, local - 1).round().astype(int)])
    return loads[loads >= SMALLEST] if loads[0] >= SMALLEST else np.ones(1)


def _capped(loads: NDArray[np.float64], cap: float) -> NDArray[np.float64]:
    """Pass what exceeds the cap on to the experts below it, in proportion."""
    for _ in range(len(loads)):
        over = np.maximum(loads - cap, 0.0).sum()
        if over < 1e-6 * cap:
            break
        loads = np.minimum(loads, cap)
        free = loads < cap
        loads[free] *= (loads[free].sum() + over) / loads[free].sum()
    return loads
