"""What a scheduler may hold."""

import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a scheduler may hold.

    Attributes
    ----------
    tokens, sequences : int
        Most tokens of an iteration, most sequences in progress [1].
    cache : int
        Tokens that the cache holds [tokens].
    piece, whole : int
        Most tokens of one prompt in an iteration, and of several of them [tokens].
    schedulers : int
        Schedulers that share these limits and run as one [1].
    """

    tokens: int
    sequences: int
    cache: int
    piece: int = sys.maxsize
    whole: int = sys.maxsize
    schedulers: int = 1
