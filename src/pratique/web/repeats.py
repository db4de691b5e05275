"""Requests that come again byte for byte, answered without being read anew.

A client writes the same head whenever it asks for a page. What a head was answered with stands for the next such head of the same
address, for as long as its handler says so (`Repeat.again`); everything else goes to aiohttp. Only heads without a body and
without credentials are kept, so that nothing but the bytes and the address say who asks.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from aiohttp import web
from aiohttp.helpers import rfc822_formatted_time

from pratique.errors import PratiqueError
from pratique.flow.bounded_cache import BoundedCache
from pratique.model import limits

_ENTRY_BYTES: Final = 2_048
"""About what a repeat takes beside its head and the fields of its answer."""
_HTTP_1_1: Final = (1, 1)
_NOT_MODIFIED: Final = 304


@dataclass(frozen=True, slots=True)
class Repeat:
    """How an answer is given again."""

    again: Callable[[], Awaitable[bytes | bytearray | None]]
    """The document that would be sent, for the one that was; None where it is another, or is not known without asking
    an index, judging or recording."""
    status: int
    told: Callable[[float], None]
    """Told of each answer that is given again, with the seconds that it took."""
    fields: bytes = b""
    """The status line and the fields of the answer, but for its date."""

    async def sent(self) -> tuple[bytes, bytes | bytearray] | None:
        """The head and the body to be sent; None when the request is to be answered as a new one."""
        try:
            document = await self.again()
        except PratiqueError:
            return None  # whoever answers it anew meets the same, and says so
        if document is None:
            return None
        head = b"%sDate: %s\r\n\r\n" % (self.fields, rfc822_formatted_time().encode())
        return head, b"" if self.status == _NOT_MODIFIED else document


REPEAT: Final = web.RequestKey("repeat", Repeat)
"""Set by a handler whose answer may be given again."""


class Repeats:
    """The answers of one world that may be given again, by the address and the bytes of the request."""

    def __init__(self) -> None:
        self._kept: BoundedCache[tuple[str, bytes], Repeat] = BoundedCache(limits.REPEATS_BYTES_MAX)
        self.closed = False
        """Whether this world answers no new requests any more."""

    def close(self) -> None:
        """Give nothing again from here on."""
        self.closed = True
        self._kept.clear()

    def find(self, address: str, head: bytes) -> Repeat | None:
        """How such a request was answered."""
        return self._kept.get((address, head))

    def keep(self, address: str, head: bytes, request: web.Request, response: web.StreamResponse) -> None:
        """Keep an answer that was sent, if its handler lets it be given again."""
        repeat = request.get(REPEAT)
        if repeat is None or not _is_plain(request, response):
            return
        lines = (f"{name}: {value}\r\n" for name, value in response.headers.items() if name != "Date")
        fields = f"HTTP/1.1 {response.status} {response.reason}\r\n{''.join(lines)}".encode()
        kept = replace(repeat, fields=fields)
        self._kept.put((address, head), kept, _ENTRY_BYTES + len(head) + len(fields))


REPEATS = web.AppKey("repeats", Repeats)


def _is_plain(request: web.Request, response: web.StreamResponse) -> bool:
    """Whether the bytes of the head, and who sent them, are all that there is to this request, and its connection stays open."""
    return (
        request.method == "GET"
        and request.version == _HTTP_1_1
        and not request.body_exists
        and "Authorization" not in request.headers
        and response.keep_alive is True
    )
