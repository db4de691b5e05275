"""What calls of R's text functions make of constants: pasting, cutting, codes of characters, encodings. Bounded."""

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from pratique.facts.scan.decode import LABEL_OF, decoded
from pratique.facts.scan.languages.r.apis import DECODERS
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value, joined
from pratique.model import limits

_ITEMS_MAX: Final = 20_000
_TEXT_MAX: Final = limits.SCAN_DECODED_BYTES_MAX
_HIGHEST: Final = 0x10FFFF
_CIPHER_LETTERS_MIN: Final = 10
_FORMAT: Final = re.compile(r"%(\d++\$)?[-+ 0#]*+\d*+(?:\.\d++)?([sdifgeExX%])")

Keywords: TypeAlias = Mapping[str, Value]
Fold: TypeAlias = Callable[[list[Value], Keywords], Value | None]


def items_of(value: Value) -> list[Value]:
    """The elements of a vector; of a single value, that one."""
    return value.items if value.items is not None else [value]


def flat(values: list[Value]) -> list[Value]:
    """Every element of several vectors."""
    found = [inner for value in values for inner in value.flat()]
    return found[:_ITEMS_MAX]


def vector(values: list[Value], labels: frozenset[str], how: How = How.RESOLVED) -> Value:
    """Several values as a vector, one as itself."""
    if len(values) == 1:
        only = values[0]
        return Value(only.constant, only.all_labels() | labels, only.name, only.items, max(how, only.how))
    return Value(labels=labels, items=values, how=how)


def shown(value: Value) -> str:
    """A single value as text, with a hole for what is not known."""
    constant = value.constant
    if isinstance(constant, bool):
        return "TRUE" if constant else "FALSE"
    if isinstance(constant, str):
        return constant
    if isinstance(constant, int | float):
        return str(constant)
    if isinstance(constant, bytes):
        return value.text
    return HOLE


def _pasted(between: str) -> Fold:
    def fold(arguments: list[Value], keywords: Keywords) -> Value | None:
        separator = keywords["sep"].text if "sep" in keywords else between
        collapse = keywords.get("collapse")
        columns = [items_of(each) for each in arguments]
        if not columns:
            return None
        longest = max(len(column) for column in columns)
        if longest > _ITEMS_MAX or any(not column for column in columns):
            return None
        labels = joined(arguments).labels
        rows = [separator.join(shown(column[row % len(column)]) for column in columns) for row in range(longest)]
        if collapse is not None and collapse.constant is not None:
            return Value(collapse.text.join(rows)[:_TEXT_MAX], labels, how=How.RESOLVED)
        if len(rows) == 1:
            return Value(rows[0][:_TEXT_MAX], labels, how=How.RESOLVED)
        return Value(labels=labels, items=[Value(row, how=How.RESOLVED) for row in rows])

    return fold


def _formatted(arguments: list[Value], keywords: Keywords) -> Value | None:
    first = arguments[0] if arguments else keywords.get("fmt", UNKNOWN)
    if not isinstance(first.constant, str):
        return None
    rest = [shown(each) for each in arguments[1:]]
    place = 0

    def one(found: re.Match[str]) -> str:
        nonlocal place
        if found[2] == "%":
            return "%"
        at = int(found[1][:-1]) - 1 if found[1] else place
        place += 1
        return rest[at] if 0 <= at < len(rest) else HOLE

    return Value(_FORMAT.sub(one, first.constant)[:_TEXT_MAX], joined(arguments).labels, how=How.RESOLVED)


def _combined(arguments: list[Value], keywords: Keywords) -> Value | None:
    every = [*arguments, *keywords.values()]
    found = flat(every)
    return (
        Value(labels=joined(every).labels if len(found) > 1 else frozenset(), items=found)
        if len(found) != 1
        else every[0]
    )


def _flattened(arguments: list[Value], keywords: Keywords) -> Value | None:
    """`unlist`: a list of vectors as one vector."""
    del keywords
    if not arguments or arguments[0].items is None:
        return arguments[0] if arguments else None
    return vector(flat(arguments[:1]), arguments[0].labels)


def _reversed(arguments: list[Value], keywords: Keywords) -> Value | None:
    del keywords
    if not arguments or arguments[0].items is None:
        return None
    return Value(labels=arguments[0].labels | {"decode.cipher"}, items=arguments[0].items[::-1], how=How.RESOLVED)


def _split(arguments: list[Value], keywords: Keywords) -> Value | None:
    by = keywords.get("split", arguments[1] if len(arguments) > 1 else UNKNOWN)
    if (
        not arguments
        or not arguments[0].known
        or not isinstance(arguments[0].constant, str)
        or not isinstance(by.constant, str | None)
    ):
        return None
    text = arguments[0].constant
    parts = list(text) if not by.constant else text.split(by.constant.replace("\\", ""))
    row = Value(labels=arguments[0].labels, items=[Value(part, arguments[0].labels) for part in parts[:_ITEMS_MAX]])
    return Value(labels=arguments[0].labels, items=[row])


def _from_codes(arguments: list[Value], keywords: Keywords) -> Value | None:
    """`intToUtf8`: characters from their numbers."""
    numbers = [each.constant for each in flat(arguments[:1])]
    if not numbers or not all(type(each) in (int, float) and 0 <= each <= _HIGHEST for each in numbers):  # type: ignore[operator]  # numbers, by their type
        return None
    characters = [chr(int(each)) for each in numbers]  # type: ignore[arg-type]  # the same
    labels = joined(arguments).labels | {"decode.charcodes"}
    if keywords.get("multiple", UNKNOWN).constant is True:
        return Value(labels=labels, items=[Value(each, labels, how=How.DECODED) for each in characters])
    return Value("".join(characters), labels, how=How.DECODED)


def _to_codes(arguments: list[Value], keywords: Keywords) -> Value | None:
    del keywords
    if not arguments or not arguments[0].known or not isinstance(arguments[0].constant, str):
        return None
    text = arguments[0].constant[:_ITEMS_MAX]
    return vector([Value(ord(each)) for each in text], arguments[0].labels)


def _raw(arguments: list[Value], keywords: Keywords) -> Value | None:
    """`as.raw`: bytes from numbers."""
    del keywords
    numbers = [each.constant for each in flat(arguments[:1])]
    if not numbers or not all(isinstance(each, int) and 0 <= each < 256 for each in numbers):
        return None
    return Value(bytes(int(each) for each in numbers), joined(arguments).labels, how=How.RESOLVED)  # type: ignore[arg-type]  # numbers


def _text_of_raw(arguments: list[Value], keywords: Keywords) -> Value | None:
    del keywords
    if not arguments or not isinstance(arguments[0].constant, bytes):
        return None
    labels = arguments[0].labels | {"decode.charcodes"}
    try:
        return Value(arguments[0].constant.decode("utf-8"), labels, how=How.DECODED)
    except UnicodeDecodeError:
        return Value(arguments[0].constant, labels, how=How.DECODED)


def _raw_of_text(arguments: list[Value], keywords: Keywords) -> Value | None:
    del keywords
    if not arguments or not arguments[0].known or not isinstance(arguments[0].constant, str):
        return None
    return Value(arguments[0].constant.encode("utf-8", errors="replace"), arguments[0].labels)


def _exchanged(arguments: list[Value], keywords: Keywords) -> Value | None:
    """`chartr(old, new, x)`."""
    old, new, text = (
        keywords.get(name, arguments[place] if place < len(arguments) else UNKNOWN)
        for place, name in enumerate(("old", "new", "x"))
    )
    if not all(isinstance(each.constant, str) for each in (old, new, text)):
        return None
    pairs = list(zip(old.text, new.text, strict=False))
    moved = [(one, two) for one, two in pairs if one != two and one.isalpha() and two.isalpha()]
    labels = text.labels | ({"decode.cipher"} if len(moved) >= _CIPHER_LETTERS_MIN else frozenset())
    return Value(text.text.translate({ord(one): two for one, two in pairs}), labels, how=How.DECODED)


def _substituted(arguments: list[Value], keywords: Keywords) -> Value | None:
    pattern, other, text = (
        keywords.get(name, arguments[place] if place < len(arguments) else UNKNOWN)
        for place, name in enumerate(("pattern", "replacement", "x"))
    )
    if not all(isinstance(each.constant, str) and each.known for each in (pattern, other, text)):
        return None
    plain = keywords.get("fixed", UNKNOWN).constant is True or re.fullmatch(r"[\w\s@#~;:,<>=&%!\"'/-]+", pattern.text)
    if not plain or not pattern.text:
        return Value(labels=text.labels)
    return Value(text.text.replace(pattern.text, other.text)[:_TEXT_MAX], text.labels, how=How.RESOLVED)


def _cut(arguments: list[Value], keywords: Keywords) -> Value | None:
    text, first, last = (
        keywords.get(name, arguments[place] if place < len(arguments) else UNKNOWN)
        for place, name in enumerate(("x", "start", "stop"))
    )
    if not isinstance(text.constant, str) or not isinstance(first.constant, int | float):
        return None
    end = int(last.constant) if isinstance(last.constant, int | float) and abs(last.constant) < _HIGHEST else None
    return Value(text.constant[max(int(first.constant) - 1, 0) : end], text.labels, how=How.RESOLVED)


def _cased(change: Callable[[str], str]) -> Fold:
    def fold(arguments: list[Value], keywords: Keywords) -> Value | None:
        del keywords
        if not arguments or not isinstance(arguments[0].constant, str):
            return None
        return Value(change(arguments[0].constant), arguments[0].labels, how=How.RESOLVED)

    return fold


def _number(arguments: list[Value], keywords: Keywords) -> Value | None:
    """`strtoi` and `as.integer`, of each element."""
    base = keywords.get("base", arguments[1] if len(arguments) > 1 else Value(10))
    radix = base.constant if isinstance(base.constant, int) and 2 <= base.constant <= 36 else 10
    made: list[Value] = []
    for each in flat(arguments[:1]):
        text = shown(each)
        try:
            made.append(Value(int(text, 16 if text[:2].lower() == "0x" else radix)))
        except ValueError:
            return None
    return vector(made, joined(arguments).labels) if made else None


def _xored(arguments: list[Value], keywords: Keywords) -> Value | None:
    del keywords
    if len(arguments) != 2:
        return None
    left, right = _numbers(arguments[0]), _numbers(arguments[1])
    if not left or not right:
        return None
    made = [one ^ right[place % len(right)] for place, one in enumerate(left)]
    labels = joined(arguments).labels | {"decode.cipher"}
    if isinstance(arguments[0].constant, bytes):
        return Value(bytes(each & 255 for each in made), labels, how=How.DECODED)
    return vector([Value(each) for each in made], labels)


def _numbers(value: Value) -> list[int]:
    if isinstance(value.constant, bytes):
        return list(value.constant[:_ITEMS_MAX])
    found = [each.constant for each in flat([value])]
    return [int(each) for each in found if type(each) is int] if all(type(each) is int for each in found) else []


def _unpacked(arguments: list[Value], keywords: Keywords) -> Value | None:
    """`memDecompress`: whichever of R's three forms fits."""
    kind = keywords.get("type", arguments[1] if len(arguments) > 1 else UNKNOWN).text
    first = arguments[0] if arguments else UNKNOWN
    labels = first.labels | {"decode.compress"}
    for decoder in {"gzip": ("zlib",), "bzip2": ("bz2",), "xz": ("lzma",)}.get(kind, ("zlib", "bz2", "lzma")):
        made = decoded(decoder, first.constant)
        if made is not None:
            text = keywords.get("asChar", UNKNOWN).constant is True
            return Value(made.decode("utf-8", errors="replace") if text else made, labels, how=How.DECODED)
    return Value(labels=labels)


def _repeated(arguments: list[Value], keywords: Keywords) -> Value | None:
    del keywords
    if len(arguments) < 2 or not isinstance(arguments[1].constant, int):
        return None
    row = items_of(arguments[0])
    if len(row) * max(arguments[1].constant, 0) > _ITEMS_MAX:
        return None
    return Value(labels=arguments[0].labels, items=row * max(arguments[1].constant, 0))


def _path(arguments: list[Value], keywords: Keywords) -> Value | None:
    return _pasted("/")(arguments, {key: value for key, value in keywords.items() if key == "collapse"})


FOLDS: Final[dict[str, Fold]] = {
    "paste0": _pasted(""),
    "paste": _pasted(" "),
    "str_c": _pasted(""),
    "glue": _pasted(""),
    "sprintf": _formatted,
    "c": _combined,
    "list": _combined,
    "unlist": _flattened,
    "rev": _reversed,
    "strsplit": _split,
    "intToUtf8": _from_codes,
    "utf8ToInt": _to_codes,
    "as.raw": _raw,
    "rawToChar": _text_of_raw,
    "charToRaw": _raw_of_text,
    "chartr": _exchanged,
    "gsub": _substituted,
    "sub": _substituted,
    "substr": _cut,
    "substring": _cut,
    "toupper": _cased(str.upper),
    "tolower": _cased(str.lower),
    "strtoi": _number,
    "as.integer": _number,
    "as.numeric": _number,
    "bitwXor": _xored,
    "xor": _xored,
    "memDecompress": _unpacked,
    "rep": _repeated,
    "file.path": _path,
}


def called(name: str, arguments: list[Value], keywords: Keywords) -> Value | None:
    """What a call gives; None where it cannot be worked out."""
    decoder = DECODERS.get(name)
    if decoder is not None:
        first = arguments[0] if arguments else next(iter(keywords.values()), UNKNOWN)
        labels = first.all_labels() | {LABEL_OF[decoder]}
        made = decoded(decoder, first.constant) if first.constant is not NOT_KNOWN and first.known else None
        return Value(labels=labels) if made is None else Value(made, labels, how=How.DECODED)
    fold = FOLDS.get(name)
    return fold(arguments, keywords) if fold is not None else None
