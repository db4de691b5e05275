"""Everything known about one release, and the decision it would get: nothing is fetched for good, nothing is recorded."""

from dataclasses import dataclass

from pratique.errors import InvalidInput, NotFound
from pratique.flow.gate.admit import through_tiers
from pratique.flow.gate.alternatives import Alternatives
from pratique.flow.gate.file_evidence import FileEvidence
from pratique.flow.gate.judge import Judged
from pratique.flow.people.waivers import usable_waivers
from pratique.flow.requester import Requester
from pratique.flow.world import World
from pratique.model.artifact import Artifact
from pratique.model.evidence import Tier


@dataclass(frozen=True, slots=True)
class Inspection:
    """The files of one release, each with its evidence and the decision it would get."""

    purl: str
    index: str
    files: tuple[Judged, ...]


async def inspect(world: World, name: str, version: str, requester: Requester, *, look_inside: bool) -> Inspection:
    """Gather the facts about every file of a release and judge them.

    They go through the same tiers as a file that is asked for; `look_inside` fetches and scans those the index tier lets in.
    Raises `NotFound` for a release no index has, `InvalidInput` for a malformed name or version, and `Unavailable` when the
    index keeps silent.
    """
    project = world.ecosystem.name(name)
    wanted = world.ecosystem.version(version)
    if wanted is None:
        raise InvalidInput(f"{version} is no version", advice="write it as the index does: 1.0, 2.1rc1")
    now = world.clock.now()
    known = await world.pages.find(project)
    alternatives = Alternatives(world, known, requester.scope, now, await usable_waivers(world, now, requester))
    last = Tier.BYTES if look_inside else Tier.INDEX
    files: list[Judged] = []
    for candidate in known.candidates.values():
        artifact = candidate.artifact
        if artifact.version != wanted.text:
            continue
        file = FileEvidence(artifact, candidate.evidence, known, known.entries.get(artifact.file))
        files.append((await through_tiers(world, file, alternatives, last)).judged)
    if not files:
        raise NotFound(f"index {known.index} lists no {project} {wanted.text}", advice="check the version")
    return Inspection(Artifact(world.ecosystem.kind, project, wanted.text).purl, known.index, tuple(files))
