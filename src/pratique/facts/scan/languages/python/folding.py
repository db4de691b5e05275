"""Constants computed as Python would compute them, for the few operations that programs spell texts with.

Nothing is called that the scanned code defines. What comes out is at most `SCAN_DECODED_BYTES_MAX` long, else it is not known.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import unquote

from pratique.facts.scan import decode
from pratique.facts.scan.languages.python.apis import CODECS, DECODERS
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value, _NotKnown, concatenated, joined, labels_of
from pratique.model import limits

_MAX: Final = limits.SCAN_DECODED_BYTES_MAX
_NUMBER_BITS_MAX: Final = 4_096
_ITEMS_MAX: Final = 100_000
_RANGE_MAX: Final = 8_192
"""Of a longer range no element is of use: what goes through it is not worked out element by element."""
_FIELDS_MAX: Final = 2_000
_CHARACTERS: Final = 0x110000
_NO_KEYWORDS: Final[Mapping[str, Value]] = {}


def made(constant: object, *sources: Value) -> Value:
    """A computed constant with the labels of what it was made from; unknown where it is too large or of no simple kind."""
    labels = labels_of(sources)
    if isinstance(constant, (str, bytes)) and len(constant) > _MAX:
        return Value(labels=labels)
    if isinstance(constant, bytearray):
        constant = bytes(constant)
    if isinstance(constant, int) and constant.bit_length() > _NUMBER_BITS_MAX:
        return Value(labels=labels)
    if isinstance(constant, (str, bytes, int, float, bool)) or constant is None:
        return Value(constant, labels, how=How.RESOLVED)
    if isinstance(constant, (list, tuple, range)) and len(constant) <= _ITEMS_MAX:
        return Value(labels=labels, items=[made(each) for each in constant], how=How.RESOLVED)
    return Value(labels=labels)


_NUMERIC: Final[dict[type[ast.operator], Callable[[int, int], object]]] = {
    ast.Add: lambda one, two: one + two,
    ast.Sub: lambda one, two: one - two,
    ast.Mult: lambda one, two: one * two,
    ast.FloorDiv: lambda one, two: one // two,
    ast.Pow: lambda one, two: one**two if two >= 0 and one.bit_length() * two < _NUMBER_BITS_MAX else NOT_KNOWN,
    ast.Mod: lambda one, two: one % two,
    ast.BitXor: lambda one, two: one ^ two,
    ast.BitAnd: lambda one, two: one & two,
    ast.BitOr: lambda one, two: one | two,
    ast.RShift: lambda one, two: one >> two if 0 <= two < _NUMBER_BITS_MAX else None,
    ast.LShift: lambda one, two: one << two if 0 <= two < _NUMBER_BITS_MAX else None,
}


def operated(operation: ast.operator, left: Value, right: Value) -> Value:
    """A binary operation on two values."""
    found = _on_texts(operation, left, right)
    if found is not None:
        return found
    compute = _NUMERIC.get(type(operation))
    one, two = left.constant, right.constant
    if compute is not None and type(one) in (int, bool) and type(two) in (int, bool):
        try:
            return made(compute(one, two), left, right)  # type: ignore[arg-type]  # both were just found to be integers
        except (ZeroDivisionError, OverflowError):
            return UNKNOWN
    return joined([left, right])


def _on_texts(operation: ast.operator, left: Value, right: Value) -> Value | None:
    """An operation on texts, lists or paths; None for one that is on something else."""
    match operation:
        case ast.Add():
            return _added(left, right)
        case ast.Mod() if isinstance(left.constant, str):
            return _percent(left, right)
        case ast.Mult():
            return _multiplied(left, right)
        case ast.Div() if (left.name or right.name) in ("<path>", "") and isinstance(right.constant, str):
            whole = concatenated(concatenated(left, Value("/")), right)
            return Value(whole.constant, whole.labels, "<path>" if left.name == "<path>" else "", how=How.RESOLVED)
        case _:
            return None


def _added(left: Value, right: Value) -> Value | None:
    if left.items is not None and right.items is not None:
        return Value(labels=left.labels | right.labels, items=[*left.items, *right.items][:_ITEMS_MAX])
    if isinstance(left.constant, str | bytes) or isinstance(right.constant, str | bytes):
        return concatenated(left, right)
    return None


def _multiplied(left: Value, right: Value) -> Value | None:
    for text, count in ((left, right), (right, left)):
        if isinstance(text.constant, str | bytes) and type(count.constant) is int:
            if len(text.constant) * max(count.constant, 0) > _MAX:
                return joined([left, right])
            return made(text.constant * count.constant, left, right)
    return None


def repeated(left: Value, right: Value) -> int:
    """How many characters or elements a text or list has once it is repeated; 0 where that is not known."""
    for whole, count in ((left, right), (right, left)):
        if type(count.constant) is int and count.constant > 0:
            if isinstance(whole.constant, str | bytes):
                return len(whole.constant) * count.constant
            if whole.items is not None:
                return len(whole.items) * count.constant
    return 0


def _percent(left: Value, right: Value) -> Value:
    parts = (
        right.items if right.items is not None else [right] * (left.text.count("%(") if right.keyed is not None else 1)
    )
    text = left.text
    for part in parts[:_FIELDS_MAX]:
        at = text.find("%")
        if at < 0:
            break
        name = ""
        end = at + 1
        if text[end : end + 1] == "(":
            name = text[end + 1 :].partition(")")[0]
            end += len(name) + 2
        while end < len(text) - 1 and not text[end].isalpha():
            end += 1
        shown = _shown(part.keyed.get(name, UNKNOWN) if part.keyed is not None else part, text[end : end + 1])
        text = text[:at] + shown + text[end + 1 :]
    return made(text, left, right)


def _shown(part: Value, conversion: str = "s") -> str:
    """A part of a text that is formatted, in the one or two forms that programs spell texts with."""
    if conversion == "c" and type(part.constant) is int and 0 <= part.constant < _CHARACTERS:
        return chr(part.constant)
    return str(part.constant) if part.known and not isinstance(part.constant, bytes) else HOLE


_COMPARED: Final[dict[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.eq,
    ast.IsNot: operator.ne,
    ast.In: lambda one, two: one in two,
    ast.NotIn: lambda one, two: one not in two,
}


def compared(comparison: ast.cmpop, left: Value, right: Value) -> "bool | _NotKnown":
    """Whether a comparison of two constants holds; not known where one of them is not."""
    if left.constant is NOT_KNOWN or right.constant is NOT_KNOWN or not left.known or not right.known:
        return NOT_KNOWN
    try:
        return _COMPARED[type(comparison)](left.constant, right.constant)
    except TypeError:
        return NOT_KNOWN


def subscripted(value: Value, index: Value, lower: Value | None, upper: Value | None, step: Value | None) -> Value:
    """An element by `index`, or a slice where that is None in all but one of its bounds."""
    whole = value.constant if isinstance(value.constant, str | bytes) and value.known else value.items
    if index is not UNKNOWN:
        place = index.constant
        if isinstance(whole, list) and type(place) is int and -len(whole) <= place < len(whole):
            return whole[place]
        if isinstance(whole, str | bytes) and type(place) is int and -len(whole) <= place < len(whole):
            return made(whole[place], value)
        return Value(labels=value.all_labels() | index.all_labels())
    given = [bound.constant if bound is not None else None for bound in (lower, upper, step)]
    bounds = [bound for bound in given if isinstance(bound, int | None)]
    if whole is None or len(bounds) < len(given) or bounds[2] == 0:
        return Value(labels=value.all_labels())
    cut = slice(*bounds)
    if isinstance(whole, list):
        return Value(labels=value.labels, items=whole[cut])
    return made(whole[cut], value)


def method(
    value: Value, name: str, arguments: list[Value], keywords: Mapping[str, Value] = _NO_KEYWORDS
) -> Value | None:
    """A method of a constant text or number, or of a list; None for what is not computed here."""
    if value.items is not None:
        return None
    text = value.constant
    mapping = arguments[0].keyed if arguments else None
    match name:
        case "to_bytes" if type(text) is int:
            return _number_bytes(value, text, arguments, keywords)
        case "join" if arguments and isinstance(text, str | bytes):
            return _join(value, arguments[0])
        case "format" if isinstance(text, str):
            return _format(value, arguments, keywords)
        case "format_map" if isinstance(text, str) and mapping is not None:
            return _format(value, [], {str(key): each for key, each in mapping.items()})
        case "translate" if isinstance(text, str) and mapping is not None:
            return _translated(value, text, mapping)
        case "encode" | "decode" if isinstance(text, str | bytes):
            return _recoded(value, arguments, encoding=name == "encode")
        case _ if name in _METHODS and isinstance(text, str | bytes) and value.known:
            return _plain(value, text, name, arguments)
        case _:
            return None


def _plain(value: Value, text: str | bytes, name: str, arguments: list[Value]) -> Value | None:
    """A method that does nothing but make one text of another, or cut it."""
    known = [argument.constant for argument in arguments]
    if any(each is NOT_KNOWN for each in known):
        return None
    if name == "replace" and len(text) * (max((len(each.text) for each in arguments), default=0) + 1) > _MAX:
        return None
    try:
        return made(getattr(text, name)(*known), value, *arguments)
    except (TypeError, ValueError, AttributeError, OverflowError, MemoryError):
        return None


_METHODS: Final = frozenset(
    [
        "replace",
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "upper",
        "swapcase",
        "title",
        "capitalize",
        "split",
        "rsplit",
        "splitlines",
        "removeprefix",
        "removesuffix",
        "hex",
        "partition",
        "rpartition",
    ]
)


def _number_bytes(value: Value, number: int, arguments: list[Value], keywords: Mapping[str, Value]) -> Value | None:
    length = (arguments[0] if arguments else keywords.get("length", Value(1))).constant
    order = (arguments[1] if len(arguments) > 1 else keywords.get("byteorder", Value("big"))).text
    if type(length) is not int or not 0 <= length <= _NUMBER_BITS_MAX or number < 0:
        return None
    try:
        found = made(number.to_bytes(length, "little" if order == "little" else "big"), value)
    except OverflowError:
        return None
    return Value(found.constant, found.labels | {"decode.charcodes"}, how=How.RESOLVED)


def _translated(value: Value, text: str, table: Mapping[object, Value]) -> Value | None:
    changed = {
        key: each.constant
        for key, each in table.items()
        if type(key) is int and isinstance(each.constant, str | int | None)
    }
    if any(isinstance(each, str) and len(each) > 1 for each in changed.values()):
        return None
    try:
        found = made(text.translate(changed), value)
    except (ValueError, TypeError):
        return None
    return Value(found.constant, found.labels | {"decode.cipher"}, how=How.DECODED)


def _recoded(value: Value, arguments: list[Value], *, encoding: bool = False) -> Value:
    codec = arguments[0].text.lower().replace(" ", "") if arguments else ""
    if codec in CODECS and value.known and (not encoding or CODECS[codec] == "rot13"):
        return through(CODECS[codec], value)
    text = value.constant
    if isinstance(text, bytes):
        try:
            return made(
                text.decode(codec if codec in ("utf-16", "utf-16-le", "utf-16le", "latin-1") else "utf-8"), value
            )
        except UnicodeDecodeError:
            return made(text.decode("latin-1"), value)
    if not isinstance(text, str) or HOLE in text:
        return Value(text, value.labels, how=value.how)
    return made(text.encode("utf-16-le" if codec.startswith("utf-16") else "utf-8", errors="surrogatepass"), value)


def _join(separator: Value, argument: Value) -> Value:
    if argument.items is None:
        return Value(labels=separator.labels | argument.labels)
    bytes_ = isinstance(separator.constant, bytes)
    parts: list[str] = []
    size = 0
    for item in argument.items:
        shown = item.text if item.constant is not NOT_KNOWN and isinstance(item.constant, str | bytes) else HOLE
        size += len(shown) + len(separator.text)
        if size > _MAX:
            return Value(labels=argument.all_labels())
        parts.append(shown)
    text = separator.text.join(parts)
    found = made(text, separator, argument)
    if bytes_ and HOLE not in text:
        found = made(b"".join(item.constant for item in argument.items if isinstance(item.constant, bytes)), argument)
    return found


def _format(value: Value, arguments: list[Value], keywords: Mapping[str, Value]) -> Value:
    text = value.text
    given = [*arguments, *keywords.values()]
    shown = [_shown(each) for each in arguments]
    named = {name: _shown(each) for name, each in keywords.items()}
    size = len(text) + max((len(each) for each in (*shown, *named.values())), default=0) * text.count("{")
    if size > _MAX:
        return Value(labels=joined([value, *given]).labels)
    out: list[str] = []
    place = count = 0
    while (at := text.find("{", place)) >= 0:
        end = text.find("}", at)
        if end < 0:
            break
        field = text[at + 1 : end].partition(":")[0].partition("!")[0]
        index = int(field) if field.isdecimal() and len(field) < 4 else count
        count += 1
        by_place = (field.isdecimal() or not field) and index < len(shown)
        out += [text[place:at], shown[index] if by_place else named.get(field, HOLE)]
        place = end + 1
    return made("".join(out) + text[place:], value, *given)


def is_worked_out(name: str) -> bool:
    """Whether `called` knows a function by its full name."""
    return name in DECODERS or name in _FUNCTIONS or name in ("codecs.decode", "codecs.encode")


def called(name: str, arguments: list[Value]) -> Value | None:
    """A function of the standard library on constants, by its full name; None for what is not computed here."""
    decoder = DECODERS.get(name, "")
    if name in ("codecs.decode", "codecs.encode") and len(arguments) > 1:
        decoder = CODECS.get(arguments[1].text.lower(), "")
        decoder = decoder if name == "codecs.decode" or decoder == "rot13" else ""
    if decoder:
        return through(decoder, arguments[0]) if arguments else None
    compute = _FUNCTIONS.get(name)
    if compute is None or not arguments:
        return None
    try:
        return compute(arguments)
    except (TypeError, ValueError, OverflowError, MemoryError, IndexError):
        return None


def through(decoder: str, value: Value) -> Value:
    """A value through a decoder: its label stays, and its content where it is known."""
    labels = value.all_labels() | {decode.LABEL_OF[decoder]}
    found = decode.decoded(decoder, value.constant) if value.known else None
    if found is None:
        return Value(labels=labels, how=How.DECODED)
    if decoder in ("rot13", "escapes", "reversed") and isinstance(value.constant, str):
        return Value(found.decode("utf-8", errors="replace"), labels, how=How.DECODED)
    return Value(found, labels, how=How.DECODED)


def _chr(arguments: list[Value]) -> Value | None:
    number = arguments[0].constant
    if type(number) is not int or not 0 <= number < _CHARACTERS:
        return Value(labels=arguments[0].labels | {"decode.charcodes"})
    return Value(chr(number), arguments[0].labels | {"decode.charcodes"}, how=How.RESOLVED)


def _ord(arguments: list[Value]) -> Value | None:
    text = arguments[0].constant
    return made(ord(text), arguments[0]) if isinstance(text, str | bytes) and len(text) == 1 else None


def _bytes(arguments: list[Value]) -> Value | None:
    first = arguments[0]
    if first.items is not None:
        numbers = [item.constant for item in first.items]
        if all(type(number) is int and 0 <= number < 256 for number in numbers):
            found = made(bytes(numbers), first)  # type: ignore[arg-type]  # just found to be integers
            return Value(found.constant, found.labels | {"decode.charcodes"}, how=How.RESOLVED)
        return None
    if isinstance(first.constant, str):
        return _recoded(first, arguments[1:])
    return first if isinstance(first.constant, bytes) else None


def _str(arguments: list[Value]) -> Value | None:
    first = arguments[0]
    if isinstance(first.constant, bytes) and len(arguments) > 1:
        return _recoded(first, arguments[1:])
    if isinstance(first.constant, str):
        return first
    return made(str(first.constant), first) if type(first.constant) in (int, float, bool) else None


def _int(arguments: list[Value]) -> Value | None:
    text, base = arguments[0].constant, arguments[1].constant if len(arguments) > 1 else 10
    if isinstance(text, str) and len(text) < _NUMBER_BITS_MAX // 4 and type(base) is int:
        return made(int(text, base), *arguments)
    return made(text, arguments[0]) if type(text) is int else None


def _listed(arguments: list[Value]) -> Value | None:
    first = arguments[0]
    if first.items is not None:
        return first
    items = elements(first)
    return Value(labels=first.labels, items=items) if items is not None else None


def _reversed(arguments: list[Value]) -> Value | None:
    items = elements(arguments[0])
    return Value(labels=arguments[0].labels, items=items[::-1]) if items is not None else None


def _range(arguments: list[Value]) -> Value | None:
    bounds = [argument.constant for argument in arguments]
    if not all(type(bound) is int for bound in bounds):
        return None
    numbers = range(*bounds)  # type: ignore[arg-type]  # just found to be integers
    return made(numbers) if len(numbers) <= _RANGE_MAX else None


def _zipped(arguments: list[Value]) -> Value | None:
    every = [elements(argument) for argument in arguments]
    if any(each is None for each in every):
        return None
    rows = [Value(items=list(row)) for row in zip(*(each or [] for each in every), strict=False)]
    return Value(labels=joined(arguments).labels, items=rows)


def _numbered(arguments: list[Value]) -> Value | None:
    items = elements(arguments[0])
    if items is None:
        return None
    return Value(labels=arguments[0].labels, items=[Value(items=[Value(at), item]) for at, item in enumerate(items)])


def _mapped(arguments: list[Value]) -> Value | None:
    """A function of this table on each element."""
    compute, items = _FUNCTIONS.get(arguments[0].name), elements(arguments[1])
    if compute is None or items is None:
        return None
    return Value(labels=arguments[1].labels, items=[compute([item]) or UNKNOWN for item in items])


def _joined_path(arguments: list[Value]) -> Value:
    found = arguments[0]
    for argument in arguments[1:]:
        found = concatenated(concatenated(found, Value("/")), argument)
    return found


def _unquoted(arguments: list[Value]) -> Value | None:
    if not isinstance(arguments[0].constant, str):
        return None
    text = unquote(arguments[0].constant)
    return arguments[0] if text == arguments[0].constant else made(text, arguments[0])


def _table(arguments: list[Value]) -> Value | None:
    """What `str.maketrans` makes of two texts, or of a mapping."""
    if len(arguments) == 1 and arguments[0].keyed is not None:
        one = {
            ord(key) if isinstance(key, str) and len(key) == 1 else key: each
            for key, each in arguments[0].keyed.items()
        }
        return Value(labels=arguments[0].labels, keyed=one)
    first, second = (argument.constant for argument in arguments[:2])
    if (
        not isinstance(first, str)
        or not isinstance(second, str)
        or len(first) != len(second)
        or len(first) > _ITEMS_MAX
    ):
        return None
    return Value(keyed={ord(one): Value(ord(two)) for one, two in zip(first, second, strict=True)})


def _from_bytes(arguments: list[Value]) -> Value | None:
    data, order = arguments[0].constant, arguments[1].text if len(arguments) > 1 else "big"
    if not isinstance(data, bytes) or len(data) * 8 > _NUMBER_BITS_MAX or order not in ("big", "little"):
        return None
    return made(int.from_bytes(data, "little" if order == "little" else "big"), arguments[0])


def _xor(arguments: list[Value]) -> Value | None:
    data, key = (argument.constant for argument in arguments[:2])
    if isinstance(data, bytes) and isinstance(key, bytes):
        return made(decode.xored(data, key), *arguments)
    return None


_FUNCTIONS: Final[dict[str, Callable[[list[Value]], Value | None]]] = {
    "builtins.chr": _chr,
    "builtins.unichr": _chr,
    "builtins.ord": _ord,
    "builtins.bytes": _bytes,
    "builtins.bytearray": _bytes,
    "builtins.str": _str,
    "builtins.unicode": _str,
    "builtins.int": _int,
    "builtins.list": _listed,
    "builtins.tuple": _listed,
    "builtins.reversed": _reversed,
    "builtins.range": _range,
    "builtins.zip": _zipped,
    "builtins.enumerate": _numbered,
    "builtins.map": _mapped,
    "builtins.sorted": _listed,
    "builtins.iter": _listed,
    "os.path.join": _joined_path,
    "os.path.expanduser": lambda arguments: arguments[0],
    "os.path.expandvars": lambda arguments: arguments[0],
    "os.path.abspath": lambda arguments: arguments[0],
    "os.path.normpath": lambda arguments: arguments[0],
    "os.fspath": lambda arguments: arguments[0],
    "textwrap.dedent": lambda arguments: arguments[0],
    "builtins.memoryview": lambda arguments: arguments[0],
    "pathlib.Path": lambda arguments: Value(
        _joined_path(arguments).constant, _joined_path(arguments).labels, "<path>", how=arguments[0].how
    ),
    "shlex.split": lambda arguments: made(arguments[0].text.split(), arguments[0]) if arguments[0].known else None,
    "shlex.quote": lambda arguments: arguments[0],
    "urllib.parse.unquote": _unquoted,
    "urllib.parse.unquote_plus": _unquoted,
    "builtins.str.maketrans": _table,
    "builtins.int.from_bytes": _from_bytes,
    "operator.xor": _xor,
}


def elements(value: Value) -> list[Value] | None:
    """What iterating over a value gives; None where that is not known, or too much."""
    if value.items is not None:
        return value.items
    if value.known and isinstance(value.constant, str | bytes) and len(value.constant) <= _ITEMS_MAX:
        return [Value(each, value.labels, how=value.how) for each in value.constant]
    return None
