"""An index whose answers and silences somebody is told of."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pratique.errors import NotFound, Unavailable
from pratique.ports import Fetched, IndexObserver, Stream, Upstream


class WatchedUpstream:
    """The upstream it stands in front of, unchanged."""

    def __init__(self, upstream: Upstream, observer: IndexObserver) -> None:
        self.name, self.url = upstream.name, upstream.url
        self._upstream = upstream
        self._observer = observer

    async def get(self, url: str, *, accept: str, bytes_max: int, etag: str = "") -> Fetched:
        """As `Upstream.get`."""
        try:
            fetched = await self._upstream.get(url, accept=accept, bytes_max=bytes_max, etag=etag)
        except NotFound:
            self._observer.answered(self.name)
            raise
        except Unavailable as error:
            self._observer.silent(self.name, _why(error))
            raise
        self._observer.answered(self.name)
        return fetched

    @asynccontextmanager
    async def open(self, url: str, *, bytes_max: int) -> AsyncIterator[Stream]:
        """As `Upstream.open`."""
        try:
            async with self._upstream.open(url, bytes_max=bytes_max) as stream:
                yield stream
        except Unavailable as error:
            self._observer.silent(self.name, _why(error))
            raise
        self._observer.answered(self.name)


def _why(error: Unavailable) -> str:
    """What is the case and, where somebody can do more than wait, what to do."""
    return f"{error}; {error.advice}" if error.advice else str(error)
