"""Methods of texts, computed as .NET would compute them."""

import re
from collections.abc import Callable
from typing import Final

from pratique.facts.scan.languages.powershell import folding
from pratique.facts.scan.languages.powershell.casting import cast
from pratique.facts.scan.languages.powershell.values import (
    CHARACTER,
    CHARACTERS,
    ITEMS_MAX,
    made,
    text_of,
)
from pratique.facts.scan.value import HOLE, Value


def method(value: Value, name: str, arguments: list[Value]) -> Value | None:
    """A method of a constant text; None for what is not computed here."""
    text = value.constant
    if name == "tostring" and not arguments:
        return cast("string", value)
    if not isinstance(text, str):
        return None
    if name == "replace" and len(arguments) > 1:
        return folding.replace(value, Value(items=arguments[:2]), plain=True)
    if name == "split":
        return _split_at(value, arguments)
    if name == "tochararray":
        return Value(text, value.labels, CHARACTERS, how=value.how)
    compute = _METHODS.get(name)
    if compute is None or not value.known:
        return None
    given: list[str | int] = []
    for each in arguments:
        constant = each.constant
        if not isinstance(constant, str | int) or not each.known:
            return None
        given.append(constant)
    try:
        found = compute(text, *given)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return made(found, value, *arguments, name=CHARACTER if name in ("chars", "get_chars") else "")


def _split_at(value: Value, arguments: list[Value]) -> Value | None:
    """A text cut at any of the characters given, as the older of the two runtimes does."""
    text = value.constant
    separators = "".join(text_of(each, "") for each in arguments[:1])
    if not isinstance(text, str) or HOLE in separators or not value.known:
        return None
    cut = re.split("[" + re.escape(separators) + "]", text) if separators else text.split()
    if len(cut) > ITEMS_MAX:
        return None
    return Value(labels=value.labels, items=[made(part, value) for part in cut])


def _removed(text: str, first: int, size: int | None = None) -> str:
    return text[:first] + (text[first + size :] if size is not None else "")


_METHODS: Final[dict[str, Callable[..., object]]] = {
    "substring": lambda text, first, size=None: text[first:] if size is None else text[first : first + size],
    "remove": _removed,
    "insert": lambda text, place, more: text[:place] + more + text[place:],
    "tolower": lambda text: text.lower(),
    "tolowerinvariant": lambda text: text.lower(),
    "toupper": lambda text: text.upper(),
    "toupperinvariant": lambda text: text.upper(),
    "trim": lambda text, some=None: text.strip(some),
    "trimstart": lambda text, some=None: text.lstrip(some),
    "trimend": lambda text, some=None: text.rstrip(some),
    "indexof": lambda text, some: text.find(some),
    "startswith": lambda text, some: text.startswith(some),
    "endswith": lambda text, some: text.endswith(some),
    "contains": lambda text, some: some in text,
    "chars": lambda text, place: text[place],
    "get_chars": lambda text, place: text[place],
    "normalize": lambda text: text,
    "clone": lambda text: text,
}
