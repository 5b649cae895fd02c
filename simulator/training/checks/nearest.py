"""The nearest numbers that divide."""


def divisors(number: int, near: int) -> str:
    """The divisors of a number on both sides of another, for a sentence.

    >>> divisors(96, 9)
    '8 and 12 do'
    """
    below = next(d for d in range(min(near, number), 0, -1) if number % d == 0)
    above = next((d for d in range(near, number + 1) if number % d == 0), None)
    return f"{below} does" if above is None else f"{below} and {above} do"
