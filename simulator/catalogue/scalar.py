"""What a plain word of YAML 1.2 means: nothing, a truth value, a number, or text."""

import re

_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}

Scalar = str | int | float | bool | None


def scalar(text: str) -> Scalar:
    """Resolve an unquoted word by the core schema of YAML 1.2, section 10.3.2.

    Infinity and not-a-number stay text: no field of a spec means them. A float without a fraction is an
    integer, so that `405e9` counts parameters.

    Examples
    --------
    >>> scalar("1e9"), scalar("no"), scalar("3.35 TB/s"), scalar("true")
    (1000000000, 'no', '3.35 TB/s', True)
    """
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > 64:  # a number is short; a long one is costly to convert
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if abs(number) == float("inf"):
            return text
        # Beyond 2^53 the float is not the number that was written.
        return int(number) if number.is_integer() and abs(number) <= 2**53 else number
    return text
