"""What an index's page says of each file: when it was uploaded, how it is listed, which digest it has.

A page lists thousands of files, so facts that are the same for many are made once, and the history of the project is read in
one pass over the uploads in the order of their times.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Final

import msgspec
from msgspec.structs import replace

from pratique.facts.advisories.matching import Matched
from pratique.facts.evidence import Evidence
from pratique.facts.gather import gather
from pratique.facts.names.judge import Known, resemblances
from pratique.facts.names.resemblance import said
from pratique.facts.names.versions import majors
from pratique.facts.questions.advisories import Advisories
from pratique.facts.questions.hashes import Hashes
from pratique.facts.questions.listing import Listing, ListingState
from pratique.facts.questions.names import NAMES, NameLikeness
from pratique.facts.questions.origin import ORIGIN, Origin
from pratique.facts.questions.provenance import Provenance
from pratique.facts.questions.security_fix import SecurityFix
from pratique.facts.questions.statements import NOT_OWN, STATEMENTS, Statements
from pratique.facts.questions.upload import SILENCE, UPLOAD, Silence, Upload
from pratique.model.artifact import Artifact, Ecosystem, ProjectName, VersionText
from pratique.model.durations import after
from pratique.model.evidence import Tier, Unknown
from pratique.model.listing import ListedFile
from pratique.model.sight import Remembered

NO_LONGER_LISTED: Final = Unknown("index", "it no longer lists the file")
_UNSIGNED: Final = Statements(own=True)
_LISTED: Final = Listing(ListingState.LISTED)


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """One file of a project beside what is known of it: what a page is judged by, and an alternative chosen from."""

    artifact: Artifact
    evidence: Evidence


def observe(
    files: Sequence[ListedFile],
    gone: Iterable[Remembered],
    *,
    ecosystem: Ecosystem,
    project: ProjectName,
    index: str,
    quarantined: str | None,
    remembered: Mapping[str, Remembered],
    advised: Matched | Unknown,
    attested: Sequence[Provenance | Unknown],
    names: Known,
    stated: Mapping[str, Statements | Unknown] | None = None,
) -> tuple[Candidate, ...]:
    """The index-tier evidence of every file of a project.

    `gone` are files that were listed once and are no longer; `quarantined` is the reason of a project
    in quarantine (PEP 792), None for one that is not. `advised` is what is known against its versions,
    `attested` whether each of the files is attested as those before it. `names` are those that its own is compared with.
    `stated` is what the organisation signed of the files, by their names; None for those of an index that is not its own.
    """
    likeness = _likeness(ecosystem, project, {file.version for file in files}, names)
    everyone = {ORIGIN.id: Origin(index), NAMES.id: likeness, STATEMENTS.id: NOT_OWN if stated is None else _UNSIGNED}
    shared = gather(ecosystem, Tier.INDEX, everyone)
    everywhere = None if quarantined is None else Listing(ListingState.QUARANTINED, quarantined)
    against, fixes = _by_version(advised)
    candidates = []
    for file, upload, provenance in zip(files, _uploads(files), attested, strict=True):
        filename, yanked = file.filename, file.yanked
        known = remembered.get(filename)
        first = None if known is None else known.digest
        artifact = Artifact(ecosystem, project, file.version, filename, "", file.digest or first)
        evidence = replace(
            shared,
            upload=upload,
            listing=everywhere or (_LISTED if yanked is False else _yanked(yanked)),
            hashes=Hashes(file.digest, first),
            advisories=against(file.version),
            security_fix=fixes(file.version),
            provenance=provenance,
        )
        if stated is not None:
            evidence = replace(evidence, statements=stated[filename])
        candidates.append(Candidate(artifact, evidence))
    vanished = Listing(ListingState.VANISHED, "the index no longer lists it")
    for left in gone:
        hashes = Hashes(published=None, remembered=left.digest)
        artifact = Artifact(ecosystem, project, left.version, left.filename, "", left.digest)
        evidence = replace(
            shared,
            upload=NO_LONGER_LISTED,
            listing=vanished,
            hashes=hashes,
            advisories=against(left.version),
            security_fix=fixes(left.version),
        )
        candidates.append(Candidate(artifact, evidence))
    return tuple(candidates)


def _likeness(
    ecosystem: Ecosystem, project: ProjectName, versions: Collection[VersionText], names: Known
) -> NameLikeness:
    """What the project's name is taken for: asked once for all of its files."""
    found = resemblances(ecosystem, project, names)
    return NameLikeness(
        tuple(each.likeness.value for each in found),
        tuple(each.intended for each in found),
        said(found[0]) if found else "",
        len(versions),
        majors(versions),
    )


def _uploads(files: Sequence[ListedFile]) -> list[Upload | Unknown]:
    """The upload of each file: one pass in the order of time, remembering the last silence.

    Whatever comes after a silence comes after it, not only the first file: who takes over an old project uploads several.
    """
    uploads: list[Upload | Unknown] = [UPLOAD.unanswered] * len(files)
    timed = [(at, place) for place, file in enumerate(files) if (at := file.upload_time) is not None]
    if not timed:
        return uploads
    timed.sort(key=itemgetter(0))
    since = before = timed[0][0]
    # Up to here no silence can have ended: `before` was no earlier than the upload this was counted from.
    no_silence_until = after(since, SILENCE)
    silence: Silence | None = None
    for at, place in timed:
        if at >= no_silence_until:
            if at - before >= SILENCE:
                silence = Silence(before, at)
            no_silence_until = after(at, SILENCE)
        uploads[place] = Upload(at, since, silence)
        before = at
    return uploads


def _by_version(
    advised: Matched | Unknown,
) -> tuple[Callable[[VersionText], Advisories | Unknown], Callable[[VersionText], SecurityFix | Unknown]]:
    """What is known against a version, and what it is the fix for."""
    if isinstance(advised, Unknown):
        return lambda _: advised, lambda _: advised
    return advised.advisories, advised.security_fix


def _yanked(yanked: bool | str) -> Listing:  # noqa: FBT001 - PEP 592 writes a yank as true or as its reason
    return Listing(ListingState.YANKED, yanked if isinstance(yanked, str) else "")
