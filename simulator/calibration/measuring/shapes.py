"""Which sizes are measured: what language models ask for, from decoding to long prompts."""

from dataclasses import dataclass

HEAD_DIM = 128
"""Width of an attention head [elements]."""

_LONGEST_BATCH = 32768
"""Tokens of one attention launch above which memory would run short on small cards [tokens]."""


@dataclass(frozen=True)
class Shapes:
    """What to measure.

    Attributes
    ----------
    gemm : tuple of (int, int, int)
        m, n and k of the products, weights being k × n [elements].
    attention : tuple of (int, int, int)
        Sequences, heads, and tokens of each sequence [1].
    memory : tuple of int
        Bytes that a copy or a norm reads and writes together [B].
    """

    gemm: tuple[tuple[int, int, int], ...]
    attention: tuple[tuple[int, int, int], ...]
    memory: tuple[int, ...]


def shapes(quick: bool) -> Shapes:
    """Give the sizes; the quick set is the smallest that can be fitted.

    Examples
    --------
    >>> [len(sizes) for sizes in (shapes(True).gemm, shapes(True).attention, shapes(True).memory)]
    [25, 23, 12]
    """
    weights = [(4096, 4096), (28672, 4096), (4096, 14336), (8192, 8192), (1024, 8192)]
    if not quick:
        weights += [(6144, 4096), (10240, 8192), (8192, 28672)]
    tokens = (16, 128, 1024, 4096, 8192) if quick else tuple(2**i for i in range(4, 15))
    lengths = (512, 1024, 2048, 4096, 8192, 16384) if quick else tuple(2**i for i in range(7, 15))
    batches = ((1, 8), (1, 32), (2, 16), (4, 32)) if quick else ((1, 8), (1, 32), (4, 8), (4, 32), (16, 32))
    return Shapes(
        gemm=tuple((m, n, k) for n, k in weights for m in tokens),
        attention=tuple((b, h, s) for b, h in batches for s in lengths if b * s <= _LONGEST_BATCH),
        memory=tuple(2**i for i in range(19, 31)),
    )
