"""A release beside the one before it: the newest earlier file of its kind that was looked into here and did not worry."""

from collections.abc import Iterator
from typing import Final

from pratique.errors import InvalidInput, NotFound
from pratique.facts.questions.hashes import Hashes
from pratique.facts.questions.release_diff import RELEASE_DIFF, ReleaseDiff
from pratique.facts.severity import worst
from pratique.flow.listings import KnownProject
from pratique.flow.world import World
from pratique.model.artifact import Artifact, Digest, VersionText
from pratique.model.evidence import Alarm, Scan, Unknown

_EARLIER_TRIED: Final = 8


async def compared(
    world: World, artifact: Artifact, project: KnownProject | None, scan: Scan | Unknown
) -> ReleaseDiff | Unknown:
    """What a file gained since an earlier release; unknown where there is none to compare with.

    An earlier file counts if these rules have looked into it, or can, because it is held. Where there is none, a wheel is
    compared with the source distribution of its own release.
    """
    if project is None or isinstance(scan, Unknown):
        return RELEASE_DIFF.unanswered
    for baseline, filename, digest in (*_earlier(world, artifact, project), *_source(world, artifact, project)):
        before = await _looked(world, artifact.project, filename, digest)
        if before is not None and worst(before) is not Alarm.MALICIOUS:
            return difference(baseline, before, scan)
    return RELEASE_DIFF.unanswered


def difference(baseline: VersionText, before: Scan, now: Scan) -> ReleaseDiff:
    """What `now` can do and `before` could not, and how much was lost."""
    had, has = set(before.profile), set(now.profile)
    return ReleaseDiff(baseline, tuple(sorted(has - had)), len(had - has))


def _earlier(world: World, artifact: Artifact, project: KnownProject) -> list[tuple[VersionText, str, Digest]]:
    """Earlier files of the same kind, the newest first: of other platforms too, for what they do is the same."""
    own = world.ecosystem.version(artifact.version)
    kind = _kind(world, artifact)
    if own is None or not kind:
        return []
    found = []
    for filename, other, digest in _others(project):
        version = world.ecosystem.version(other.version)
        if version is not None and version.key < own.key and _kind(world, other) == kind:
            found.append((version.key, other.version, filename, digest))
    found.sort(key=lambda each: (each[0], each[2]), reverse=True)
    return [(version, filename, digest) for _, version, filename, digest in found[:_EARLIER_TRIED]]


def _source(world: World, artifact: Artifact, project: KnownProject) -> list[tuple[VersionText, str, Digest]]:
    """The source distribution of a wheel's own release, by its name."""
    if _kind(world, artifact) != "wheel":
        return []
    return [
        (VersionText(filename), filename, digest)
        for filename, other, digest in _others(project)
        if other.version == artifact.version and _kind(world, other) == "sdist"
    ]


def _others(project: KnownProject) -> Iterator[tuple[str, Artifact, Digest]]:
    """The files of a project whose digest is known."""
    for filename, candidate in project.candidates.items():
        hashes = candidate.evidence.hashes
        digest = (hashes.published or hashes.remembered) if isinstance(hashes, Hashes) else None
        if digest is not None:
            yield filename, candidate.artifact, digest


def _kind(world: World, artifact: Artifact) -> str:
    try:
        return world.ecosystem.file(artifact.file, artifact.name).kind
    except InvalidInput:
        return ""


async def _looked(world: World, project: str, filename: str, digest: Digest) -> Scan | None:
    kept = await world.memory.scanned(digest, world.scanner.rules)
    if kept is not None:
        return kept
    try:
        await world.blobs.size(digest)
    except NotFound:
        return None
    scan = await world.scanner.scan(filename, digest, project)
    if isinstance(scan, Unknown):
        return None
    await world.memory.keep_scan(digest, scan)
    return scan
