"""The index that this gate keeps itself. It is asked as every other index is, and what it says goes the same way.

Which files it has, and what became of them, is what the ledger says (docs/adr/0043); their bytes lie where nothing makes room.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Final, Protocol, assert_never
from urllib.parse import quote

from pratique.errors import Gone, NotFound, Tampered
from pratique.facts.questions.statements import Said, Statements
from pratique.flow.ledger import Ledger
from pratique.model.artifact import Digest, ProjectName
from pratique.model.canonical import digest_of
from pratique.model.ecosystem import Ecosystem
from pratique.model.evidence import Unknown
from pratique.model.listing import ListedFile, Listing
from pratique.model.own_file import OwnFile
from pratique.model.statement import Counts, CountsNot, Examined, Flaw, Predicate, Review, SigningKey
from pratique.ports import Blobs, Fetched, Stream

_SAFE: Final = "+!~"


class Examine(Protocol):
    """Whether a statement about a file counts at a moment."""

    def __call__(
        self,
        envelope: bytes,
        filename: str,
        digest: Digest,
        *,
        keys: Mapping[str, SigningKey],
        recorded: datetime,
        now: datetime,
    ) -> Examined:
        """Never raises."""
        ...


@dataclass(slots=True)
class OwnIndex:
    """As `ports.Upstream`, below an address that leads nowhere (RFC 2606)."""

    name: str
    ledger: Ledger
    files: Blobs
    ecosystem: Ecosystem
    examine: Examine
    """`record.statement.examine`, handed in: it needs what commands that open no gate do not wait for."""
    url: str = field(init=False)
    """The URL of its pages."""

    def __post_init__(self) -> None:
        self.url = f"{self._origin}/simple/"

    @property
    def _origin(self) -> str:
        return f"http://{self.name}.invalid"

    async def get(self, url: str, *, accept: str, bytes_max: int, etag: str = "") -> Fetched:
        """As `ports.Upstream.get`: a project's page. A project all of whose files were deleted still has one, without any."""
        del accept, bytes_max  # a page is as long as what was published
        project = ProjectName(url.removeprefix(self.url).removesuffix("/"))
        published = await self.ledger.own_files(self.name, project)
        if not published:
            raise NotFound(f"nothing called {project} was published to {self.name}")
        body, kind = self.ecosystem.write(Listing(project, tuple(self._listed(file) for file in _there(published))))
        tag = digest_of(body)
        if tag == etag:
            return Fetched(url, "", b"", tag, not_modified=True)
        return Fetched(url, kind, body, tag)

    @asynccontextmanager
    async def open(self, url: str, *, bytes_max: int) -> AsyncIterator[Stream]:
        """As `ports.Upstream.open`."""
        del bytes_max  # it was bounded when it came in
        project, _, filename = url.removeprefix(f"{self._origin}/files/").partition("/")
        listed = [file for file in await self.ledger.own_files(self.name, project) if self._listed(file).url == url]
        for file in _there(listed):
            yield _Held(self.files, file)
            return
        raise NotFound(f"{self.name} has no file {filename}")

    async def check_there(self, project: ProjectName, filename: str) -> None:
        """Raises `Gone` for a file that was deleted, with the reason."""
        file = await self.ledger.own_file(self.name, project, filename)
        if file is not None and file.deleted:
            raise Gone(
                f"{filename} was deleted from {self.name}: {file.deleted}",
                advice=f"take another version; pratique log find --package {project} says who deleted it",
            )

    async def stated(self, files: Iterable[ListedFile], now: datetime) -> Mapping[str, Statements | Unknown]:
        """What was signed of files at a moment, by their names."""
        keys = await self.ledger.keys()
        return {file.filename: await self._stated(file, keys, now) for file in files}

    async def _stated(self, file: ListedFile, keys: Mapping[str, SigningKey], now: datetime) -> Statements | Unknown:
        """Of each signer the newest statement of each kind."""
        if file.digest is None:
            return Unknown("record", "the file has no digest")
        newest: dict[tuple[Predicate, str], tuple[datetime, Said]] = {}
        try:
            for digest, kept in await self.ledger.statements(file.digest):
                envelope = await self.ledger.store.document(digest)
                found = self.examine(envelope, file.filename, file.digest, keys=keys, recorded=kept.at, now=now)
                said = _said(found, kept.predicate)
                before = newest.get((kept.predicate, said.by))
                if before is None or before[0] <= kept.at:
                    newest[kept.predicate, said.by] = kept.at, said
        except (NotFound, Tampered) as error:
            return Unknown("record", str(error))
        return Statements(own=True, said=tuple(said for _, said in sorted(newest.values(), key=itemgetter(0))))

    def _listed(self, file: OwnFile) -> ListedFile:
        return ListedFile(
            file.filename,
            f"{self._origin}/files/{file.project}/{quote(file.filename, safe=_SAFE)}",
            file.version,
            self.ecosystem.file(file.filename, file.project).kind,
            file.digest,
            file.size,
            file.at,
            file.requires or None,
            file.yanked or False,
        )


def _said(found: Examined, recorded_as: Predicate) -> Said:
    """A statement as a fact. One that says now to be of another kind than was recorded does not count."""
    match found:
        case CountsNot():
            return Said(recorded_as, found.by, found.flaw, found.why)
        case Counts() if found.predicate is not recorded_as:
            return Said(
                recorded_as, found.by, Flaw.PREDICATE, f"it says {found.predicate}, and was recorded as another"
            )
        case Counts():
            scopes = found.said.scopes if isinstance(found.said, Review) else ()
            return Said(recorded_as, found.by, scopes=scopes)
        case _:
            assert_never(found)


class _Held:
    """As `ports.Stream`: a file that is here."""

    def __init__(self, files: Blobs, file: OwnFile) -> None:
        self.size: int | None = file.size
        self._chunks = files.read(file.digest)

    def chunks(self) -> AsyncIterator[bytes]:
        """As `ports.Stream.chunks`."""
        return self._chunks


def _there(files: Iterable[OwnFile]) -> list[OwnFile]:
    return [file for file in files if not file.deleted]
