"""The opcodes of pickles, protocols 0 to 5 (`pickletools.py` of CPython, PEP 307, 3154 and 574): how long each is.

Arguments are taken as the C unpickler takes them, and a little more freely: what some loader reads must not be lost here.
"""

import ast
import re
from typing import Final

HIGHEST_PROTOCOL: Final = 5

FIXED: Final = [-1] * 256
"""Bytes of the argument of opcodes that always have as many; -1 for the others."""
COUNTED: Final = {
    **dict.fromkeys(b"UC\x8a\x8c", 1),
    **dict.fromkeys(b"TXB\x8b", 4),
    **dict.fromkeys(b"\x8d\x8e\x96", 8),
}
"""Bytes of the number that says how long an argument is."""
_LINES: Final = {**dict.fromkeys(b"ILFSVPgp", 1), **dict.fromkeys(b"ci", 2)}
"""How many lines an argument has."""
for _size, _codes in (
    (0, b"(.012NR)]}abdelostuQ\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94\x97\x98"),
    (1, b"Khq\x80\x82"),
    (2, b"M\x83"),
    (4, b"Jjr\x84"),
    (8, b"G\x95"),
):
    for _code in _codes:
        FIXED[_code] = _size

SCALARS: Final = re.compile(
    rb"(?:K.|M..|J.{4}|G.{8}|[N\x88\x89]|I[0-9-]{1,20}\n|F[0-9.e+-]{1,24}\n){16,4096}(?=(?:K.|M..|J.{4}|G.{8}|[N\x88\x89]){4})",
    re.DOTALL,
)
"""A long run of numbers, as in lists of them. The last four stay for what takes elements one by one."""


class Broken(Exception):
    """A pickle that a loader would stop in: where, and why."""

    def __init__(self, place: int, why: str) -> None:
        super().__init__(why)
        self.place = place
        self.why = why


def end_of(data: bytes, place: int) -> tuple[bytes, int]:
    """The argument of the opcode at `place`, as it stands there, and where the next opcode is. Raises `Broken`."""
    code = data[place]
    start = place + 1
    size = FIXED[code]
    if size < 0:
        width = COUNTED.get(code)
        if width is None:
            return _lines(data, place, _LINES.get(code, 0))
        size = int.from_bytes(data[start : start + width], "little")
        start += width
    end = start + size
    if end > len(data):
        raise Broken(place, "it breaks off")
    return data[start:end], end


def _lines(data: bytes, place: int, count: int) -> tuple[bytes, int]:
    if not count:
        raise Broken(place, f"there is no opcode {data[place]:#04x}")
    end = place
    for _ in range(count):
        end = data.find(b"\n", end + 1)
        if end < 0:
            raise Broken(place, "it breaks off")
    return data[place + 1 : end], end + 1


def number(argument: bytes, place: int) -> int:
    """A decimal number in a line. Raises `Broken`."""
    try:
        return int(argument)
    except ValueError:
        raise Broken(place, "a number is none") from None


def quoted(argument: bytes) -> str:
    """The text of a `STRING`: in quotes, with Python's escapes."""
    line = argument.strip().decode("latin-1")
    if line[:1] in ("'", '"') and line.isascii():
        try:
            found = ast.literal_eval(f"b{line}")
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            found = None
        if isinstance(found, bytes):
            return found.decode("latin-1")
    return line.strip("'\"")


def plausible(head: bytes) -> bool:
    """Whether the first bytes of a file can be those of a pickle: opcodes, one behind the other, to their end."""
    place = count = 0
    while place < len(head):
        if head[place] == ord("\x80") and head[place + 1 : place + 2] > bytes([HIGHEST_PROTOCOL]):
            return False
        if head[place] == ord("."):
            return count > 0
        try:
            _, place = end_of(head, place)
        except Broken as error:
            return error.why == "it breaks off" and count > 0
        count += 1
    return count > 0
