"""What was seen at the indexes and in files. It outlives the indexes' own forgetting, and is recorded when it is first seen."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from pratique.errors import Tampered
from pratique.flow.ledger import GATE, Ledger, all_rows
from pratique.model import limits
from pratique.model.artifact import Digest, Ecosystem, ProjectName
from pratique.model.canonical import canonical, digest_of
from pratique.model.event import FileSeen, FirstSeen, Scanned
from pratique.model.evidence import Scan
from pratique.model.sight import Remembered
from pratique.ports import Clock
from pratique.record.state import View

_REMEMBERED = msgspec.json.Decoder(Remembered)
_SCAN = msgspec.json.Decoder(Scan)

_INLINE_MAX: Final = 100
"""More first sights than that are written beside the event loop."""


@dataclass(frozen=True, slots=True)
class Memory:
    """First sights and scans, as the ledger has them."""

    ledger: Ledger
    clock: Clock

    async def remembered(self, index: str, project: str) -> Mapping[str, Remembered]:
        """Every file ever seen of a project, by file name."""
        rows = all_rows(self.ledger.store, View.SEEN, (index, project))
        try:
            return {key[2]: _REMEMBERED.decode(body) async for key, body in rows}
        except (msgspec.MsgspecError, IndexError) as error:
            raise Tampered("store-damaged", f"what is remembered of {project} cannot be read: {error}") from error

    async def remember(self, index: str, kind: Ecosystem, project: ProjectName, files: Sequence[Remembered]) -> None:
        """Record files not known yet, all first seen at the moment of the first. What is known stays: the first sight counts."""
        documents = _documents(files)
        while True:
            made = (
                next(documents, None) if len(files) <= _INLINE_MAX else await asyncio.to_thread(next, documents, None)
            )
            if made is None:
                return
            count, body = made
            event = FirstSeen(
                at=files[0].first_seen,
                actor=GATE,
                index=index,
                kind=kind,
                project=project,
                files=digest_of(body),
                files_count=count,
            )
            await self.ledger.append((event, {event.files: body}))

    async def scanned(self, blob: Digest, rules: Digest) -> Scan | None:
        """What these rules saw in a file, None when they have not looked into it."""
        named = await self.ledger.row(View.SCAN, (blob, rules))
        if named is None:
            return None
        body = await self.ledger.store.document(Digest(named.decode()))
        try:
            return _SCAN.decode(body)
        except msgspec.MsgspecError as error:
            raise Tampered("store-damaged", f"a stored scan cannot be read: {error}") from error

    async def keep_scan(self, blob: Digest, scan: Scan) -> None:
        """Record what `scan.rules` saw."""
        body = canonical(scan)
        event = Scanned(at=self.clock.now(), actor=GATE, digest=blob, rules=scan.rules, scan=digest_of(body))
        await self.ledger.append((event, {event.scan: body}))


def _documents(files: Sequence[Remembered]) -> Iterator[tuple[int, bytes]]:
    """First sights in documents of a bounded size: how many are in each, and its canonical form."""
    part: list[FileSeen] = []
    room = limits.FIRST_SIGHTS_BYTES_MAX
    for file in files:
        line = FileSeen(file.filename, file.version, file.path, file.digest)
        room -= len(msgspec.json.encode(line)) + 1
        if room < 0 and part:
            yield len(part), canonical(part)
            part, room = [], limits.FIRST_SIGHTS_BYTES_MAX
        part.append(line)
    if part:
        yield len(part), canonical(part)
