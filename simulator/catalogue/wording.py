"""Says in plain words what pydantic found wrong with a value."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from simulator.catalogue.nearest import nearest

Context = Mapping[str, Any]

_LONGEST = 40  # A value is quoted to be recognised, not to be read.
_YES_NO = {"yes": "true", "on": "true", "no": "false", "off": "false"}


def quoted(key: str, value: object) -> str:
    """Quote a key with its value as the file has it.

    Examples
    --------
    >>> quoted("bandwidth", "3.35 TBs"), quoted("gated", True), quoted("host", {})
    ('`bandwidth: 3.35 TBs`', '`gated: true`', '`host`')
    """
    if isinstance(value, dict | list):
        return f"`{key}`"
    if value is None:
        return f"`{key}:` without a value"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    text = " ".join(text.split())
    return f"`{key}: {text if len(text) <= _LONGEST else text[:_LONGEST] + '…'}`"


def words(kind: str, value: object, context: Context, fallback: str) -> str:
    """Say what is wrong with a value.

    Parameters
    ----------
    kind
        Type of the pydantic error.
    value
        The value as read.
    context
        The error's `ctx`.
    fallback
        Pydantic's own message, for what has no words of our own.

    Returns
    -------
    str
        Half a sentence that follows the quoted key and value.

    Examples
    --------
    >>> words("greater_than_equal", 0, {"ge": 1}, "")
    'must be at least 1'
    >>> words("literal_error", "ful", {"expected": "'none', 'selective' or 'full'"}, "")
    'unknown, did you mean `full`?  (allowed: none, selective, full)'
    """
    if kind in _WORDS:
        return _WORDS[kind](value, context)
    message = fallback.removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return message or "is not valid"


def alternatives(expected: str) -> list[str]:
    """Take the allowed values out of pydantic's sentence.

    Examples
    --------
    >>> alternatives("'bf16' or 'fp16'"), alternatives("1")
    (['bf16', 'fp16'], ['1'])
    """
    return re.findall(r"'([^']*)'", expected) or [expected]


def _literal(value: object, context: Context) -> str:
    allowed = alternatives(str(context["expected"]))
    if allowed == ["1"]:
        return "this version reads `format: 1`"
    meant = nearest(str(value), allowed)
    listed = f"(allowed: {', '.join(allowed)})"
    return f"unknown, did you mean `{meant}`?  {listed}" if meant else f"unknown  {listed}"


def _whole(value: object, context: Context) -> str:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,3}([,_][0-9]{3})+", value):
        return f"a whole number is due; write `{re.sub('[,_]', '', value)}`"
    if isinstance(value, float):
        return "a whole number is due, without a fraction"
    return "a whole number is due, for example `8`"


def _number(value: object, context: Context) -> str:
    if isinstance(value, str) and (percent := re.fullmatch(r"([0-9.]+) ?%", value)):
        return f"a share is a number from 0 to 1; write `{float(percent[1]) / 100:g}`"
    return "a number is due, for example `0.9`"


def _truth(value: object, context: Context) -> str:
    meant = _YES_NO.get(str(value).lower())
    return f"write `{meant}`" if meant else "`true` or `false` is due"


def _text(value: object, context: Context) -> str:
    if isinstance(value, dict | list):
        return "a text is due, not a block or a list"
    if value is None:
        return "a text is due; inside `{ }` a comma ends a text unless it is in quotes"
    return "a text is due; put it in quotes if it is meant as one"


def _block(value: object, context: Context) -> str:
    return "a block of `key: value` lines is due"


def _list(value: object, context: Context) -> str:
    return "a list is due: `[a, b]`, or one `- ` line an entry"


_WORDS: dict[str, Callable[[object, Context], str]] = {
    "literal_error": _literal,
    "int_type": _whole,
    "int_parsing": _whole,
    "int_from_float": _whole,
    "float_type": _number,
    "float_parsing": _number,
    "finite_number": lambda value, context: "must be finite",
    "bool_type": _truth,
    "bool_parsing": _truth,
    "string_type": _text,
    "model_type": _block,
    "model_attributes_type": _block,
    "dict_type": _block,
    "tuple_type": _list,
    "list_type": _list,
    "greater_than_equal": lambda value, context: f"must be at least {context['ge']:g}",
    "greater_than": lambda value, context: f"must be more than {context['gt']:g}",
    "less_than_equal": lambda value, context: f"must be at most {context['le']:g}",
    "less_than": lambda value, context: f"must be less than {context['lt']:g}",
    "too_short": lambda value, context: (
        f"needs at least {context['min_length']} {'entry' if context['min_length'] == 1 else 'entries'}"
    ),
    "too_long": lambda value, context: f"may have at most {context['max_length']} entries",
}
