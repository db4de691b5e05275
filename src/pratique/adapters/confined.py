"""Looking into open files, confined: as many at once as there are processors, none of them delaying the others."""

import asyncio
import contextlib
import os
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import IO, Final, TypeAlias

from pratique.adapters.kept_records import KeptRecords
from pratique.adapters.scan_protocol import Answer, Asked, Seen
from pratique.adapters.zygote import Zygote
from pratique.facts.scan.indicators import Packs
from pratique.facts.scan.sources import rules_digest
from pratique.model import limits
from pratique.model.evidence import Scan, Unknown

Opens: TypeAlias = Callable[[], Awaitable[IO[bytes]]]
"""Opens the file that is to be looked into, when it is its turn; whoever asked for it closes it."""
OTHER: Final = "its process answered something else"


class Confined:
    """Hands open files to `scan_child`, which it starts when first needed, and anew when it was lost.

    As many files are looked into at once as there are processors. One that takes long makes room for the next and goes on
    beside it, so that a hostile file delays nobody else's. What a file itself made fail is remembered for a while. With
    `records` what did not change since another release of the same project is not read again.
    """

    def __init__(self, packs: Packs | None = None, records: KeptRecords | None = None) -> None:
        processors = max(2, os.cpu_count() or 1)
        self.rules = rules_digest(packs)
        self._packs = () if packs is None else packs.own
        self._records = records
        self.at_once = processors
        self._starting = asyncio.Lock()
        self._zygote: Zygote | None = None
        self._preparing: asyncio.Future[None] | None = None
        self._quick = asyncio.Semaphore(processors)
        self._slow = asyncio.Semaphore(processors * limits.SCAN_SLOW_PER_PROCESSOR)
        self._waiting = 0
        self._failed: OrderedDict[Asked, tuple[float, Unknown]] = OrderedDict()

    def prepare(self) -> None:
        """As `ports.Scanner.prepare`: the process starts."""
        if self._preparing is None or self._preparing.done():
            self._preparing = asyncio.ensure_future(self._prepared())

    async def ask(self, asked: Asked, opens: Opens) -> Answer:
        """What a confined child says of a file. It never raises for what the file holds, nor where it cannot be opened."""
        failed = self._remembered(asked)
        if failed is not None:
            return failed
        if self._waiting >= limits.SCAN_WAITING_MAX:
            return Unknown("scanner", "too many files wait to be looked into")
        self._waiting += 1
        try:
            answer, by_file = await self._in_turn(lambda: self._look(asked, opens))
        finally:
            self._waiting -= 1
        if by_file and isinstance(answer, Unknown):
            self._failed[asked] = (asyncio.get_running_loop().time() + limits.SCAN_FAILED_KEPT_SECONDS, answer)
            while len(self._failed) > limits.SCAN_FAILED_KEPT_MAX:
                self._failed.popitem(last=False)
        return answer

    async def seen(self, asked: Asked, opens: Opens) -> Scan | Unknown:
        """What is seen in a file: as `ask`, of what is answered by a scan."""
        answer = await self.ask(asked, opens)
        if isinstance(answer, Seen):
            return answer.scan
        return answer if isinstance(answer, Unknown) else Unknown("scanner", OTHER)

    async def close(self) -> None:
        """End the process. Idempotent."""
        if self._preparing is not None:
            await self._preparing
        zygote, self._zygote = self._zygote, None
        if zygote is not None:
            await zygote.close()

    def _remembered(self, asked: Asked) -> Unknown | None:
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

    async def _look(self, asked: Asked, opens: Opens) -> tuple[Answer, bool]:
        """What is said of a file, and whether that lies in the file and not in the process."""
        zygote: Zygote | None = None
        try:
            file = await opens()
        except OSError as error:
            return Unknown("file", f"it cannot be opened ({error.strerror})"), False
        try:
            with file:
                async with asyncio.timeout(limits.SCAN_SECONDS_MAX + limits.SCAN_GRACE_SECONDS):
                    zygote = await self._running()
                    answer = await self._told(zygote, asked, file)
                return answer, not zygote.lost
        except (TimeoutError, OSError) as error:
            if zygote is not None:
                await zygote.close()
            return Unknown("scanner", f"its process was lost ({type(error).__name__})"), False

    async def _told(self, zygote: Zygote, asked: Asked, file: IO[bytes]) -> Answer:
        """What is said of a file, told what an earlier look has said of the same project; and this is kept for the next."""
        records = self._records
        if records is None or not asked.project:
            return await zygote.ask(asked, file)
        before = await asyncio.to_thread(records.read, asked, self.rules)
        answer = await zygote.ask(asked, file, before)
        if isinstance(answer, Seen) and answer.record != before:
            await asyncio.to_thread(records.write, asked, self.rules, answer.record)
        return answer

    async def _prepared(self) -> None:
        with contextlib.suppress(OSError):  # whoever needs it tries again, and hears of it
            await self._running()

    async def _running(self) -> Zygote:
        async with self._starting:
            if self._zygote is None or self._zygote.lost:
                if self._zygote is not None:
                    await self._zygote.close()
                self._zygote = await Zygote.start(self._packs)
            return self._zygote
