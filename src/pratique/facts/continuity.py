"""Whether releases are attested as the ones before them were: by presence for every file of a page, by identity for one file.

Releases are put in the order of their dates. A release is held against those of its own line (its major version) before it, and
where there is none against all before it: an old line that never was attested is no alarm, and a new one cannot begin without.
Pre-releases are held against others and are no measure themselves. A release that lost its attestation and stood for `LAPSE`
becomes the measure of what follows: until then the one before it is.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from pratique.facts.questions.provenance import PROVENANCE, Break, Continuity, Provenance
from pratique.model.artifact import VersionText
from pratique.model.ecosystem import Version
from pratique.model.evidence import Unknown
from pratique.model.listing import ListedFile
from pratique.model.provenance import Identity

LAPSE: Final = timedelta(days=30)

_TAGS: Final = "refs/tags/"
_NEVER: Final = Provenance(Continuity.NEVER_ATTESTED)
_CONTINUOUS: Final = Provenance(Continuity.CONTINUOUS)
_UNATTESTED: Final = Provenance(Continuity.BROKEN, (Break.UNATTESTED,))
_PARTIAL: Final = Provenance(Continuity.BROKEN, (Break.PARTIAL,))

Reader = Callable[[str], Version | None]


@dataclass(slots=True)
class _Release:
    """The files of one version; `at` is when the first of them was uploaded."""

    version: VersionText
    preview: bool
    at: datetime
    files: list[ListedFile] = field(default_factory=list)

    @property
    def attested(self) -> bool:
        return any(file.provenance for file in self.files)

    @property
    def line(self) -> str:
        return self.version.partition(".")[0]


@dataclass(slots=True)
class _Measure:
    """Whether releases are attested, by what was published so far, and the last attested one."""

    attested: bool = False
    begun: bool = False
    lapsed: datetime | None = None
    last: _Release | None = None

    def take(self, release: _Release) -> None:
        self.begun = True
        if release.attested:
            self.attested, self.lapsed, self.last = True, None, release
        elif self.attested and self.lapsed is None:
            self.lapsed = release.at

    def at(self, moment: datetime) -> bool:
        """Whether a release of that moment has to be attested."""
        if self.attested and self.lapsed is not None and moment - self.lapsed >= LAPSE:
            self.attested = False
        return self.attested


def by_presence(files: Sequence[ListedFile], *, attests: bool, read: Reader) -> list[Provenance | Unknown]:
    """Of each file, whether it is attested where those before it were; unknown where the index tells nothing of that."""
    if not attests:
        return [PROVENANCE.unanswered] * len(files)
    if not any(file.provenance for file in files):
        return [_NEVER] * len(files)
    answers: dict[str, Provenance] = {}
    for release, expected, _ in _in_order(files, read):
        missing = _PARTIAL if release.attested else _UNATTESTED if expected else _NEVER
        for file in release.files:
            answers[file.filename] = _CONTINUOUS if file.provenance else missing
    nothing = Unknown(PROVENANCE.source, "the index gives no upload time, and so no order of its releases")
    return [answers.get(file.filename, nothing) for file in files]


def attested_before(files: Sequence[ListedFile], file: ListedFile, read: Reader) -> ListedFile | None:
    """The file that a file is held against: of its own kind, if there is one, of the last attested release before its own."""
    for release, _, before in _in_order(files, read):
        if release.version == file.version:
            found = [each for each in before.files if each.provenance] if before is not None else []
            return min(found, key=lambda each: (each.kind != file.kind, each.filename), default=None)
    return None


def _in_order(files: Sequence[ListedFile], read: Reader) -> Iterable[tuple[_Release, bool, _Release | None]]:
    """Each release in the order of dates, whether it has to be attested, and the last attested one before it."""
    releases: dict[VersionText, _Release] = {}
    for file in files:
        if file.upload_time is None:
            continue
        release = releases.get(file.version)
        if release is None:
            version = read(file.version)
            release = releases[file.version] = _Release(
                file.version, version is None or version.preview, file.upload_time
            )
        release.at = min(release.at, file.upload_time)
        release.files.append(file)
    lines: dict[str, _Measure] = {}
    whole = _Measure()
    for release in sorted(releases.values(), key=lambda each: (each.at, each.version)):
        line = lines.setdefault(release.line, _Measure())
        measure = line if line.begun else whole
        yield release, measure.at(release.at), measure.last or whole.last
        if not release.preview:
            line.take(release)
            whole.take(release)


def compared(now: Iterable[Identity], before: Sequence[Identity], version: str, other: str) -> tuple[Break, ...]:
    """What is other with whoever signed `version` than with whoever signed the release `other` before it; each once."""
    found = {each for identity in now for each in _breaks(identity, before, version, other)}
    return tuple(each for each in Break if each in found)


def _breaks(now: Identity, before: Sequence[Identity], version: str, other: str) -> Iterable[Break]:
    alike = [each for each in before if each.kind is now.kind]
    if not alike or (now.account and now.account not in {each.account for each in alike}):
        yield Break.PUBLISHER
        return
    yield from _owner(now, alike)
    for what, read in _COMPARED.items():
        if read(now) not in {read(each) for each in alike}:
            yield what
    if all(each.ref.startswith(_TAGS) for each in alike):
        named = all(other in each.ref for each in alike)
        if not now.ref.startswith(_TAGS) or (named and version not in now.ref):
            yield Break.REF


def _owner(now: Identity, alike: Sequence[Identity]) -> Iterable[Break]:
    """Whose repository it is goes by its number where both have one: a name can be changed, and taken over."""
    numbered = [each for each in alike if each.repository_id and now.repository_id]
    if not numbered:
        if now.repository not in {each.repository for each in alike}:
            yield Break.REPOSITORY
        return
    if now.repository_id not in {each.repository_id for each in numbered}:
        yield Break.REPOSITORY
    elif now.repository not in {each.repository for each in numbered}:
        yield Break.RENAMED
    if now.owner_id not in {each.owner_id for each in numbered}:
        yield Break.OWNER


_COMPARED: Final[Mapping[Break, Callable[[Identity], str]]] = {
    Break.WORKFLOW: lambda identity: identity.workflow,
    Break.TRIGGER: lambda identity: identity.trigger,
    Break.RUNNER: lambda identity: identity.runner,
}
