"""What the headers of a tar file say (POSIX pax, ustar, GNU, and the form of old), where all readers take it alike."""

import re
from dataclasses import dataclass, field
from typing import Final

from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits

BLOCK: Final = 512
_NUMBER: Final = re.compile(rb" *([0-7]*)[ \0]*")
_PAX: Final = re.compile(rb"([0-9]{1,20}) ")
_KEYS: Final = {b"path": "path", b"linkpath": "linkpath", b"size": "size", b"hdrcharset": "hdrcharset"}
_ELSEWHERE: Final = frozenset({"sparse", "hdrcharset"})
"""What makes a size or a name mean something else than it says."""
_USTAR: Final = b"ustar\x0000"
_GNU: Final = b"ustar  \0"


@dataclass(slots=True)
class Told:
    """What headers in front of a member's own say of it."""

    pax: dict[str, str] = field(default_factory=dict)
    name: bytes = b""
    link: bytes = b""


def header(block: bytes) -> tuple[bytes, int]:
    """The type and the size of what follows a header. Raises `InvalidInput` for what not all readers read alike."""
    if len(block) != BLOCK:
        raise InvalidInput("it ends in the middle of a member")
    if sum(block) - sum(block[148:156]) + 8 * 32 != _number(block[148:156]):
        raise InvalidInput("a header in it is damaged")
    kind = block[156:157]
    kind = b"0" if kind == b"\0" else kind
    if kind not in b"0125xgLK":
        raise InvalidInput("a member is neither a file, a folder nor a link")
    magic = block[257:265]
    if magic not in (_USTAR, _GNU, bytes(8)):
        raise InvalidInput("a header in it is of no known form")
    if magic != _USTAR and block[345:500].strip(b"\0") and not (magic == _GNU and not block[345:346].strip(b"\0")):
        raise InvalidInput("a member has a name that can be read in two ways")
    return kind, _number(block[124:136])


def _number(digits: bytes) -> int:
    found = _NUMBER.fullmatch(digits)
    if found is None:
        raise InvalidInput("a header in it has a number in a form that not all readers know")
    return int(found[1] or b"0", 8)


def tell(told: Told, kind: bytes, text: bytes) -> int:
    """Take down what a header of the types x, g, L or K says of the member behind it; how many records it has for that.

    Raises `InvalidInput`.
    """
    if kind in b"LK":
        before = told.name if kind == b"L" else told.link
        if before or told.pax:
            raise InvalidInput("a member has two names")
        if kind == b"L":
            told.name = text.rstrip(b"\0")
        else:
            told.link = text.rstrip(b"\0")
        return 1
    found, records = _pax(text)
    if kind == b"g":
        if found:
            raise InvalidInput("it gives all its members one name or size")
        return records
    if told.pax or told.name or told.link:
        raise InvalidInput("a member has two names")
    if _ELSEWHERE & found.keys():
        raise InvalidInput("a member has two sizes, or a name that can be read in two ways")
    told.pax = {"": "", **found}
    return records


def _pax(text: bytes) -> tuple[dict[str, str], int]:
    """What a pax header says of names and sizes, and how many records it has.

    A record is `<length> <key>=<value>` and a newline, the length that of all of it.
    """
    place = records = 0
    told: dict[str, str] = {}
    while place < len(text):
        records += 1
        found = _PAX.match(text, place)
        end = place + int(found[1]) if found is not None else 0
        if found is None or not found.end() < end <= len(text) or text[end - 1 : end] != b"\n":
            raise InvalidInput("a header in it is damaged")
        key, equals, value = text[found.end() : end - 1].partition(b"=")
        if not equals or b"\0" in value:
            raise InvalidInput("a header in it is damaged")
        name = _KEYS.get(key, "sparse" if key.startswith(b"GNU.sparse") else "")
        if name:
            if name in told:
                raise InvalidInput("a member has two names")
            told[name] = value.decode("utf-8")
        place = end
    return told, records


def check_size_told(told: Told, size: int) -> None:
    """Refuse a size that is told twice and not alike. Packages that npm packed until 2016 tell it twice, and alike."""
    if told.pax.get("size", str(size)) != str(size):
        raise InvalidInput("a member has two sizes")


def name_of(block: bytes, told: Told) -> str:
    """The path of a member, `/` for that of the archive itself. Raises `InvalidInput` for one that is not in UTF-8."""
    if "path" in told.pax:
        path = told.pax["path"]
    elif told.name:
        path = _decoded(told.name)
    else:
        prefix = _field(block[345:500]) if block[257:265] == _USTAR else b""
        own = _field(block[:100])
        path = _decoded(prefix + b"/" + own if prefix else own)
    while path.startswith("./"):
        path = path[2:]
    return path or "/"


def target_of(block: bytes, told: Told) -> str:
    """Where a link leads, as its header says it. Raises `InvalidInput` for a target that is not in UTF-8."""
    return told.pax.get("linkpath") or _decoded(told.link or _field(block[157:257]))


def check_text(size: int, total: int) -> None:
    """Refuse a header that says too much, alone or with those before it. Raises `LimitExceeded`."""
    if size > limits.ARCHIVE_HEADER_BYTES_MAX:
        raise LimitExceeded(f"a header in it has {size} bytes; the limit is {limits.ARCHIVE_HEADER_BYTES_MAX}")
    if total > limits.ARCHIVE_DIRECTORY_BYTES_MAX:
        raise LimitExceeded(f"its headers have more than {limits.ARCHIVE_DIRECTORY_BYTES_MAX} bytes")


def _decoded(name: bytes) -> str:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput("a member has a name that can be read in two ways") from error


def _field(data: bytes) -> bytes:
    return data.partition(b"\0")[0]
