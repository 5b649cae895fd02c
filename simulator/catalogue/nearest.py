"""The name that was probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches

_MOST = 12  # A longer list does not help the reader.


def nearest(name: str, allowed: Iterable[str]) -> str:
    """Give the allowed name closest to `name`, empty if none is close.

    Examples
    --------
    >>> nearest("tensr", ["data", "tensor"]), nearest("H100", ["h100"]), nearest("xyz", ["data"])
    ('tensor', 'h100', '')
    """
    names = {a.lower().replace("_", "-"): a for a in allowed}
    plain = name.lower().replace("_", "-")
    if plain in names:
        return names[plain]
    close = get_close_matches(plain, names, n=1, cutoff=0.6)
    if close:
        return names[close[0]]
    # A short form of one name (`h100` for `nvidia-h100-sxm-80gb`) shares few letters with it.
    inside = [full for low, full in names.items() if len(plain) >= 3 and plain in low]
    return min(inside, key=len, default="")


def suggestion(name: str, allowed: Iterable[str], listed: str = "allowed", likely: Iterable[str] = ()) -> str:
    """Give the hint for an unknown name: what was meant, what is allowed.

    Parameters
    ----------
    name
        What was written.
    allowed
        All names that would do.
    listed
        What to call them.
    likely
        Those of them that are more probable than the others, such as keys not yet stated.

    Examples
    --------
    >>> suggestion("tensr", ["tensor", "data"])
    'did you mean `tensor`?  (allowed: data, tensor)'
    """
    names = sorted(set(allowed))
    if not names:
        return ""
    meant = nearest(name, likely) or nearest(name, names)
    rest = f", … {len(names) - _MOST} more" if len(names) > _MOST else ""
    all_of_them = f"{listed}: {', '.join(names[:_MOST])}{rest}"
    return f"did you mean `{meant}`?  ({all_of_them})" if meant else all_of_them
