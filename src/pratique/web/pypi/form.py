"""A form with a file (multipart/form-data, RFC 7578), read as it comes, in the one way in which clients write it.

Anything else is refused: other fields of a part than its name and type, text before the first part or behind the last, a body
that would have to be decoded. So no proxy in front and no other reader sees another file in it.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits

_BOUNDARY: Final = re.compile(r"multipart/form-data; ?boundary=(\"?)([A-Za-z0-9'()+_,./:=?-]{1,70})\1")
_DISPOSITION: Final = re.compile(rb'form-data; name="([^"\\\r\n]{1,200})"(?:; filename="([^"\\\r\n]{1,300})")?')
_END: Final = b"\r\n"
_FIELDS_OF_A_PART: Final = frozenset({b"content-disposition", b"content-type"})


@dataclass(frozen=True, slots=True)
class Part:
    """The head of a part; `filename` is None for one that is no file."""

    name: str
    filename: str | None


def boundary_of(content_type: str) -> bytes:
    """What stands between parts. Raises `InvalidInput` for a body of another type."""
    found = _BOUNDARY.fullmatch(content_type)
    if found is None:
        raise InvalidInput("an upload is a form with a file (multipart/form-data)", advice="twine upload; uv publish")
    return found[2].encode()


class Form:
    """The parts of a form, one after the other: `head`, then every piece of `body`."""

    def __init__(self, chunks: AsyncIterator[bytes], boundary: bytes) -> None:
        self._chunks = chunks
        self._between = b"\r\n--" + boundary
        self._buffer = bytearray(_END)  # the line before the first boundary, which no client writes
        self._begun = False

    async def head(self) -> Part | None:
        """The head of the next part, None at the end of the form. Raises `InvalidInput`."""
        if not self._begun:
            self._begun = True
            await self._expect(self._between)
        mark = await self._take(len(_END))
        if mark == b"--":
            await self._finish()
            return None
        if mark != _END:
            raise InvalidInput("a boundary of the form has something behind it")
        fields: dict[bytes, bytes] = {}
        while line := await self._line():
            name, colon, value = line.partition(b":")
            name = name.lower()
            if not colon or name not in _FIELDS_OF_A_PART or name in fields:
                raise InvalidInput("a part of the form has a head that is not understood here")
            fields[name] = value.strip()
        found = _DISPOSITION.fullmatch(fields.get(b"content-disposition", b""))
        if found is None:
            raise InvalidInput("a part of the form has no plain name")
        return Part(_text(found[1]), None if found[2] is None else _text(found[2]))

    async def body(self) -> AsyncIterator[bytes]:
        """The bytes of this part. Raises `InvalidInput` where the form ends within it."""
        kept = len(self._between) - 1
        while True:
            place = self._buffer.find(self._between)
            end = place if place >= 0 else max(len(self._buffer) - kept, 0)
            if end:
                yield bytes(self._buffer[:end])
            if place >= 0:
                del self._buffer[: place + len(self._between)]
                return
            del self._buffer[:end]
            await self._fill()

    async def text(self, bytes_max: int) -> str:
        """The body of a part that is a text in UTF-8. Raises `LimitExceeded` past `bytes_max`."""
        content = bytearray()
        async for piece in self.body():
            content += piece
            if len(content) > bytes_max:
                raise LimitExceeded("the fields of the form are too long")
        return _text(bytes(content))

    async def _line(self) -> bytes:
        while (end := self._buffer.find(_END)) < 0:
            if len(self._buffer) > limits.UPLOAD_HEAD_BYTES_MAX:
                raise LimitExceeded("a part of the form has a head that is too long")
            await self._fill()
        line = bytes(self._buffer[:end])
        del self._buffer[: end + len(_END)]
        return line

    async def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            await self._fill()
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    async def _expect(self, wanted: bytes) -> None:
        if await self._take(len(wanted)) != wanted:
            raise InvalidInput("the form does not begin with its boundary")

    async def _finish(self) -> None:
        """Nothing but the end of a line may follow."""
        rest = bytes(self._buffer)
        async for chunk in self._chunks:
            rest += chunk
            if len(rest) > len(_END):
                break
        if rest not in (b"", _END):
            raise InvalidInput("the form has something behind its end")

    async def _fill(self) -> None:
        chunk = await anext(self._chunks, b"")
        if not chunk:
            raise InvalidInput("the form ends before it is complete", advice="upload it again")
        self._buffer += chunk


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise InvalidInput("a field of the form is no UTF-8") from error
