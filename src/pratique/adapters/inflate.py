"""Bodies of answers, unpacked in bounded steps: memory that a limit bounds, time linear in what came, never long at once."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from io import BytesIO
from typing import Final

from pratique.errors import LimitExceeded, Unavailable
from pratique.model import limits

GZIP_NAMES: Final = frozenset({"gzip", "x-gzip"})
"""What the coding is called (RFC 9110, section 8.4.1.3)."""
_GZIP: Final = 31
"""zlib's number for a member of a gzip file (RFC 1952), its header and checksum included."""
_PIECE_BYTES: Final = 16 * 1024
_STEP_BYTES: Final = 512 * 1024


async def whole_body(chunks: AsyncIterator[bytes], bytes_max: int, large: asyncio.Lock, *, packed: bool) -> bytes:
    """A whole body, unpacked when it is `packed` (gzip).

    `bytes_max` bounds what comes in and what comes out. A body above `limits.BODY_LARGE_BYTES` waits for `large`, so that those
    who share the lock hold one such body at a time. Raises `LimitExceeded`, and `Unavailable` for packed data that are cut,
    broken, or followed by something else.
    """
    inflate = _Inflate()
    received = 0
    async with AsyncExitStack() as alone:
        body = alone.enter_context(BytesIO())
        waits = True
        async for chunk in chunks:
            received += len(chunk)
            for step in inflate.steps(chunk) if packed else (chunk,):
                body.write(step)
                if max(received, body.tell()) > bytes_max:
                    raise LimitExceeded(f"the answer is larger than {bytes_max} bytes")
                if waits and body.tell() > limits.BODY_LARGE_BYTES:
                    await alone.enter_async_context(large)
                    waits = False
                await asyncio.sleep(0)
        if packed:
            inflate.end()
        return body.getvalue()


class _Inflate:
    """The members of a gzip file, one behind the other, as RFC 1952 allows."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP)
        self._members = 1
        self._begun = False

    def steps(self, chunk: bytes) -> Iterator[bytes]:
        """What comes out of the next bytes, at most `_STEP_BYTES` at a time. Raises `Unavailable` for what is no gzip."""
        for start in range(0, len(chunk), _PIECE_BYTES):
            piece = chunk[start : start + _PIECE_BYTES]
            while piece:
                if self._member.eof:
                    self._next_member()
                self._begun = True
                try:
                    yield self._member.decompress(piece, _STEP_BYTES)
                except zlib.error as error:
                    raise Unavailable(f"the answer cannot be unpacked: {error}") from error
                piece = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
        while not self._member.eof and (step := self._rest()):
            yield step

    def end(self) -> None:
        """Raises `Unavailable` when the data ended before their end."""
        if not (self._begun and self._member.eof):
            raise Unavailable("the answer ends before its compressed data do")

    def _rest(self) -> bytes:
        """What is ready inside, held back only by the size of a step."""
        try:
            return self._member.decompress(b"", _STEP_BYTES)
        except zlib.error as error:
            raise Unavailable(f"the answer cannot be unpacked: {error}") from error

    def _next_member(self) -> None:
        self._members += 1
        if self._members > limits.GZIP_MEMBERS_MAX:
            raise Unavailable("the answer is packed in too many parts")
        self._member = zlib.decompressobj(_GZIP)
