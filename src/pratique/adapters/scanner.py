"""The scanner as the gate sees it: files go in by their bytes, facts come out, nothing a file does comes with them."""

import asyncio
import contextlib
import os
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from pratique.adapters.scan_protocol import Answer, What
from pratique.adapters.zygote import Zygote
from pratique.ecosystems.pypi.wheel import CoreMetadata
from pratique.errors import InvalidInput, Unavailable
from pratique.facts.scan.sources import rules_digest
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.evidence import Scan, Unknown
from pratique.ports import Blobs

_Asked: TypeAlias = tuple[What, str, Digest]


class NoScanner:
    """Scans nothing, and says so; metadata it leaves to the other."""

    def __init__(self, confined: "ConfinedScanner") -> None:
        self.rules = confined.rules
        self._confined = confined

    def prepare(self) -> None:
        """As `ports.Scanner.prepare`: there is nothing to get ready for."""

    async def scan(self, filename: str, blob: Digest) -> Scan | Unknown:
        """As `ports.Scanner.scan`."""
        del filename, blob
        return Unknown("scanner", "it is switched off in the settings")

    async def metadata(self, filename: str, blob: Digest) -> bytes:
        """As `ports.Scanner.metadata`."""
        return await self._confined.metadata(filename, blob)


class ConfinedScanner:
    """Hands files to `scan_child`, which it starts when first needed, and anew when it was lost.

    As many files are looked into at once as there are processors. One that takes long makes room for the next and goes on
    beside it, so that a hostile file delays nobody else's. What a file itself made fail is remembered for a while.
    """

    def __init__(self, blobs: Blobs) -> None:
        processors = max(2, os.cpu_count() or 1)
        self.rules = rules_digest()
        self._blobs = blobs
        self._starting = asyncio.Lock()
        self._zygote: Zygote | None = None
        self._preparing: asyncio.Future[None] | None = None
        self._quick = asyncio.Semaphore(processors)
        self._slow = asyncio.Semaphore(processors * limits.SCAN_SLOW_PER_PROCESSOR)
        self._waiting = 0
        self._failed: OrderedDict[_Asked, tuple[float, Unknown]] = OrderedDict()

    def prepare(self) -> None:
        """As `ports.Scanner.prepare`: the process starts."""
        if self._preparing is None or self._preparing.done():
            self._preparing = asyncio.ensure_future(self._prepared())

    async def scan(self, filename: str, blob: Digest) -> Scan | Unknown:
        """As `ports.Scanner.scan`."""
        answer = await self._ask("scan", filename, blob)
        return Unknown("scanner", "its process answered something else") if isinstance(answer, CoreMetadata) else answer

    async def metadata(self, filename: str, blob: Digest) -> bytes:
        """As `ports.Scanner.metadata`."""
        answer = await self._ask("metadata", filename, blob)
        if isinstance(answer, CoreMetadata):
            return answer.content
        if isinstance(answer, Unknown) and answer.source == "wheel":
            raise InvalidInput(answer.why)
        why = answer.why if isinstance(answer, Unknown) else "its process answered something else"
        raise Unavailable(f"the metadata of {filename} could not be read: {why}")

    async def close(self) -> None:
        """End the process. Idempotent."""
        if self._preparing is not None:
            await self._preparing
        zygote, self._zygote = self._zygote, None
        if zygote is not None:
            await zygote.close()

    async def _ask(self, what: What, filename: str, blob: Digest) -> Answer:
        asked = (what, filename, blob)
        failed = self._remembered(asked)
        if failed is not None:
            return failed
        if self._waiting >= limits.SCAN_WAITING_MAX:
            return Unknown("scanner", "too many files wait to be looked into")
        self._waiting += 1
        try:
            answer, by_file = await self._in_turn(lambda: self._look(*asked))
        finally:
            self._waiting -= 1
        if by_file and isinstance(answer, Unknown):
            self._failed[asked] = (asyncio.get_running_loop().time() + limits.SCAN_FAILED_KEPT_SECONDS, answer)
            while len(self._failed) > limits.SCAN_FAILED_KEPT_MAX:
                self._failed.popitem(last=False)
        return answer

    def _remembered(self, asked: _Asked) -> Unknown | None:
        until, failed = self._failed.get(asked, (0.0, None))
        if until > asyncio.get_running_loop().time():
            return failed
        self._failed.pop(asked, None)
        return None

    async def _in_turn(self, look: Callable[[], Awaitable[tuple[Answer, bool]]]) -> tuple[Answer, bool]:
        """Look when there is a place for it; after a while make room for others, as long as there is room beside."""
        await self._quick.acquire()
        place = self._quick
        looking = asyncio.ensure_future(look())
        try:
            await asyncio.wait({looking}, timeout=limits.SCAN_QUICK_SECONDS_MAX)
            if not looking.done() and not self._slow.locked():
                await self._slow.acquire()
                self._quick.release()
                place = self._slow
            return await looking
        finally:
            looking.cancel()
            place.release()

    async def _look(self, what: What, filename: str, blob: Digest) -> tuple[Answer, bool]:
        """What is said of a file, and whether that lies in the file and not in the process."""
        zygote: Zygote | None = None
        try:
            async with asyncio.timeout(limits.SCAN_SECONDS_MAX + limits.SCAN_GRACE_SECONDS):
                zygote = await self._running()
                with await self._blobs.file(blob) as file:
                    answer = await zygote.ask(what, filename, blob, file)
                return answer, not zygote.lost
        except (TimeoutError, OSError) as error:
            if zygote is not None:
                await zygote.close()
            return Unknown("scanner", f"its process was lost ({type(error).__name__})"), False

    async def _prepared(self) -> None:
        with contextlib.suppress(OSError):  # whoever needs it tries again, and hears of it
            await self._running()

    async def _running(self) -> Zygote:
        async with self._starting:
            if self._zygote is None or self._zygote.lost:
                if self._zygote is not None:
                    await self._zygote.close()
                self._zygote = await Zygote.start()
            return self._zygote
