"""Looks into files, folders and environments of the disk, each in a confined child, and many at once."""

import asyncio
import hashlib
import os
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import msgspec

from pratique.adapters.confined import Confined
from pratique.adapters.installed.environment import Environment
from pratique.adapters.installed.look import InstalledLook
from pratique.adapters.kept_records import KeptRecords
from pratique.adapters.scan_bundle import Bundle, Holds
from pratique.adapters.scan_paths import Target
from pratique.adapters.scan_protocol import Asked, Observed
from pratique.errors import InvalidInput
from pratique.facts.looked import Kept, Looked
from pratique.facts.scan.indicators import Packs
from pratique.facts.scan.observation import Observation
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.evidence import Scan, Unknown, Unread

_NOT_IN_NAMES: Final = re.compile(r"[^\w.]+")
_SITE: Final = re.compile(r"^.*?(?:site|dist)-packages/")


@asynccontextmanager
async def looking(packs: Packs | None = None, records: Path | None = None) -> AsyncIterator["Looking"]:
    """What looks into files, for as long as it is entered; for what packs of indicators hold, those that ship without others.

    `records` is the folder where it is kept what was seen in files of a project, so that it is not read again in the next.
    """
    confined = Confined(packs, None if records is None else KeptRecords(records))
    try:
        yield Looking(confined)
    finally:
        await confined.close()


@dataclass(frozen=True, slots=True)
class Looking:
    """Looks into many artifacts, as many at once as there are processors."""

    confined: Confined

    async def file(self, path: str | os.PathLike[str], project: str = "") -> Looked:
        """One file, as `scan_file`; what is unchanged since another file of the same project is not read again."""
        target = Target(os.fspath(path), Path(path))
        if not await asyncio.to_thread(target.place.is_file):
            raise InvalidInput(f"{target.shown} is no file")
        return await self.target(target, project)

    async def target(self, target: Target, project: str = "") -> Looked:
        """One artifact. What cannot be read is `Unknown`."""
        try:
            if target.is_folder:
                return await self._folder(target)
            digest = await asyncio.to_thread(_digest, target.place)
        except OSError as error:
            return Looked(
                path=target.shown,
                digest=Digest(""),
                scan=Unknown("file", f"it cannot be read ({error.strerror})"),
            )
        asked = Asked("scan", target.place.name, digest, project=project)

        async def opens() -> IO[bytes]:
            return _open(target.place)

        scan = await self.confined.seen(asked, opens)
        return Looked(path=target.shown, digest=digest, scan=scan, filename=asked.filename)

    async def each(self, targets: Iterable[Target]) -> AsyncIterator[Looked]:
        """All of them, each as it is done. Never more are begun than are looked into soon."""
        waiting: set[asyncio.Task[Looked]] = set()
        try:
            for target in targets:
                waiting.add(asyncio.ensure_future(self.target(target)))
                if len(waiting) >= 2 * self.confined.at_once:
                    done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                    for task in done:
                        yield task.result()
            while waiting:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    yield task.result()
        finally:
            for task in waiting:
                task.cancel()

    def installed(
        self, environment: Environment, shown: str, kept_in: Path | None, *, thorough: bool = False
    ) -> InstalledLook:
        """A look into an environment. What is seen is kept in a folder: what has not changed is not looked into again.

        With `thorough` all byte code is compared with its source compiled, whenever it was written.
        """
        return InstalledLook(environment, self.confined, kept_in, shown, thorough)

    async def observed(self, kept: Kept, blob: IO[bytes] | None = None) -> tuple[Observation, ...] | None:
        """What a finding rests on, looked for anew: what was seen around its line; None where its file has changed, or is gone.

        `blob` is the file of a release, which is not at a place that is remembered.
        """
        place = Path(kept.place)
        single = kept.what in ("file", "release")
        try:
            if single:
                file: IO[bytes] = _open(place) if blob is None else blob
            else:
                file = await self._alone(kept)
        except OSError:
            return None
        about = kept.finding.path if single else _member(kept)
        asked = Asked(
            "observations", kept.filename, kept.artifact, about=about, line=kept.finding.line, bundled=not single
        )

        async def opens() -> IO[bytes]:
            return file

        answer = await self.confined.ask(asked, opens)
        return answer.observations if isinstance(answer, Observed) else None

    async def _alone(self, kept: Kept) -> IO[bytes]:
        """The one file that a finding of a folder is in, as a bundle. Raises `OSError` where it is not as it was."""
        bundle = Bundle()
        place = Path(kept.place) / kept.finding.path
        if await asyncio.to_thread(bundle.add, Holds.FILE, _member(kept), place) != kept.digest:
            raise OSError(None, "it has changed", str(place))
        return await bundle.opened()

    async def _folder(self, target: Target) -> Looked:
        if len(target.files) > limits.ARCHIVE_MEMBERS_MAX:
            why = f"its {len(target.files)} files are more than {limits.ARCHIVE_MEMBERS_MAX}, as many as an artifact may have"
            return Looked(path=target.shown, digest=Digest(""), scan=Unknown("folder", why))
        top = target.place.resolve().name
        digests: dict[str, Digest] = {}
        unread: list[Unread] = []
        bundle = Bundle()
        with bundle.file:
            await asyncio.to_thread(_fill, bundle, target, top, digests, unread)
            lines = "\n".join(f"{digest} {path}" for path, digest in sorted(digests.items()))
            whole = Digest(f"sha256:{hashlib.sha256(lines.encode(errors='surrogatepass')).hexdigest()}")
            asked = Asked("files", folder_filename(top), whole, bundled=True)
            scan = await self.confined.seen(asked, bundle.opened)
        if isinstance(scan, Scan):
            scan = _within(scan, asked.filename, f"{top}/", unread)
            paths = {each.path for each in scan.findings}
            digests = {path: digest for path, digest in digests.items() if path in paths}
        return Looked(
            path=target.shown,
            digest=whole,
            scan=scan,
            filename=asked.filename,
            folder=target.shown,
            digests=digests,
        )


def _fill(bundle: Bundle, target: Target, top: str, digests: dict[str, Digest], unread: list[Unread]) -> None:
    """Take the files of a folder into a bundle."""
    for path in target.files:
        try:
            digests[path] = bundle.add(Holds.FILE, f"{top}/{path}", target.place / path)
        except OSError as error:
            unread.append(Unread(path, f"it cannot be read ({error.strerror})"))


def folder_filename(name: str) -> str:
    """The name under which a folder is looked into: that of the source distribution that it could become."""
    return f"{_NOT_IN_NAMES.sub('_', name) or 'folder'}-0.tar.gz"


def _within(scan: Scan, filename: str, prefix: str, unread: Sequence[Unread]) -> Scan:
    """A scan of a folder's files, with paths below the folder."""

    def below(path: str) -> str:
        return "" if path == filename else path.removeprefix(prefix)

    coverage = msgspec.structs.replace(
        scan.coverage,
        unread=(*(Unread(below(each.path), each.why) for each in scan.coverage.unread), *unread)[
            : limits.SCAN_UNREAD_NAMED_MAX
        ],
        unread_count=scan.coverage.unread_count + len(unread),
    )
    findings = tuple(msgspec.structs.replace(each, path=below(each.path)) for each in scan.findings)
    return msgspec.structs.replace(scan, findings=findings, coverage=coverage)


def _member(kept: Kept) -> str:
    """What a file of a folder was called when it was looked into."""
    path = kept.finding.path
    return _SITE.sub("", path) if kept.what == "installed" else f"{Path(kept.place).name}/{path}"


def _open(place: Path) -> IO[bytes]:
    """Open a file at once: one that is opened beside the event loop is nobody's when nobody waits for it any more."""
    return place.open("rb")


def _digest(place: Path) -> Digest:
    with place.open("rb") as file:
        return Digest(f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}")
