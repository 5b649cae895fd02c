"""Named random streams: adding one changes no other."""

from numpy.random import Generator, SeedSequence, default_rng


def random_stream(seed: int, name: str) -> Generator:
    """The stream of a name under a seed.

    >>> a, b = random_stream(0, "failures"), random_stream(0, "repairs")
    >>> a.random() == b.random(), a.random() == random_stream(0, "failures").random()
    (False, False)
    >>> random_stream(7, "failures").random() == random_stream(7, "failures").random()
    True
    """
    return default_rng(SeedSequence(seed, spawn_key=tuple(name.encode())))
