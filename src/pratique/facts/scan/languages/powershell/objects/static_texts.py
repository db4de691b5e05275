"""Static methods of .NET that make texts and bytes of each other."""

from typing import Final

from pratique.facts.scan import decode
from pratique.facts.scan.languages.powershell import casting, folding, patterns
from pratique.facts.scan.languages.powershell.machine import Invoked, Machine
from pratique.facts.scan.languages.powershell.objects.properties import NAMED_ENCODING
from pratique.facts.scan.languages.powershell.objects.tables import table
from pratique.facts.scan.languages.powershell.values import Fields, elements, made, spelled, text_of, whole
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value


def through(decoder: str, value: Value) -> Value:
    """A value through a decoder: its label stays, and its content where it is known."""
    labels = value.all_labels() | {decode.LABEL_OF[decoder]}
    if value.name == "<base64>" and value.of is not None:
        return Value(value.of.constant, labels, how=How.RESOLVED)
    found = decode.decoded(decoder, value.constant) if value.known else None
    return Value(NOT_KNOWN if found is None else found, labels, how=How.DECODED)


def _base64(machine: Machine, call: Invoked) -> Value:
    del machine
    return through("base64", call.argument(0))


def _to_base64(machine: Machine, call: Invoked) -> Value:
    """An encoded text; what it was made from stays with it, for handing on what can be read is no hiding."""
    del machine
    return Value(labels=call.labels(), name="<base64>", of=call.argument(0))


def _hex(machine: Machine, call: Invoked) -> Value:
    del machine
    return through("base16", call.argument(0))


def _number(machine: Machine, call: Invoked) -> Value:
    del machine
    text, base = spelled(call.argument(0)), whole(call.argument(1)) if len(call.arguments) > 1 else 10
    if text is None or base not in (2, 8, 10, 16) or len(text) > 64:
        return Value(labels=call.labels())
    if call.argument(0).name == "<char>" and len(call.arguments) == 1:
        return made(whole(call.argument(0)), *call.arguments)
    try:
        return made(int(text, base), *call.arguments)
    except ValueError:
        return Value(labels=call.labels())


def _char(machine: Machine, call: Invoked) -> Value:
    del machine
    return casting.cast("char", call.argument(0))


def _string_join(machine: Machine, call: Invoked) -> Value:
    del machine
    listed = call.argument(1) if len(call.arguments) == 2 else Value(items=call.arguments[1:])
    return folding.join(listed, call.argument(0))


def _string_concat(machine: Machine, call: Invoked) -> Value:
    del machine
    listed = call.argument(0) if len(call.arguments) == 1 else Value(items=call.arguments)
    return folding.join(listed, Value(""))


def _string_format(machine: Machine, call: Invoked) -> Value:
    del machine
    listed = call.argument(1) if len(call.arguments) == 2 else Value(items=call.arguments[1:])
    return folding.formatted(call.argument(0), listed)


def _reverse(machine: Machine, call: Invoked) -> Value:
    """`[array]::Reverse($list)` turns round what the variable holds."""
    value = call.argument(0)
    labels = value.all_labels() | {"decode.cipher"}
    name = call.variable(0)
    turned = Value(labels=labels)
    if isinstance(value.constant, str | bytes):
        turned = Value(value.constant[::-1], labels, value.name, how=How.RESOLVED)
    elif (listed := elements(value)) is not None:
        turned = Value(labels=labels, items=listed[::-1])
    if name:
        machine.assign(name, turned)
    return UNKNOWN


def _regex_replace(machine: Machine, call: Invoked) -> Value:
    del machine
    return folding.replace(call.argument(0), Value(items=call.arguments[1:3]), ignore_case=False)


def _regex_split(machine: Machine, call: Invoked) -> Value:
    del machine
    return folding.split(call.argument(0), call.argument(1), ignore_case=False)


def _regex_matches(machine: Machine, call: Invoked) -> Value:
    """Matches from left to right or from right to left, each with its text under `value`."""
    del machine
    text, pattern = call.argument(0).constant, call.argument(1).constant
    labels = call.labels()
    if not isinstance(text, str) or not isinstance(pattern, str) or HOLE in text:
        return Value(labels=labels)
    found = patterns.matches(text, pattern, ignore_case=False)
    if found is None or len(found) > 100_000:
        return Value(labels=labels)
    if any("righttoleft" in text_of(each).lower() for each in call.arguments[2:]):
        found.reverse()
        labels |= {"decode.cipher"}
    return Value(
        labels=labels,
        items=[Fields(labels=labels, fields={"value": Value(each, labels, how=How.RESOLVED)}) for each in found],
    )


def _encoding(machine: Machine, call: Invoked) -> Value:
    del machine
    name = text_of(call.argument(0)).lower()
    known = {"utf-16": "utf-16-le", "unicode": "utf-16-le", "ascii": "ascii", "us-ascii": "ascii"}
    return Value(name=f"{NAMED_ENCODING}{known.get(name, 'utf-8')}")


STATICS: Final = table(
    ("convert::frombase64string", _base64),
    ("convert::tobase64string", _to_base64),
    ("convert::fromhexstring", _hex),
    ("convert::toint16 convert::toint32 convert::toint64 convert::tobyte convert::touint16 convert::touint32", _number),
    ("convert::tochar char::convertfromutf32 char::parse", _char),
    ("string::join", _string_join),
    ("string::concat", _string_concat),
    ("string::format", _string_format),
    ("array::reverse", _reverse),
    ("regex::replace text.regularexpressions.regex::replace", _regex_replace),
    ("regex::split text.regularexpressions.regex::split", _regex_split),
    ("regex::matches text.regularexpressions.regex::matches", _regex_matches),
    ("text.encoding::getencoding", _encoding),
)
"""These methods, by type and name."""
