"""Files that the gate has no door for, through the same scan and the same policy: handed over, without an index page.

Of a package of another world the facts of the index tier are made from the scenario's own times, and it goes through the tiers as
one that was asked for. A single file (a script, a notebook, a model, data) has no index: nothing is known of it but its bytes.
"""

from collections.abc import Mapping
from typing import Final

from pratique.facts.gather import gather
from pratique.facts.questions.advisories import ADVISORIES
from pratique.facts.questions.hashes import HASHES, Hashes
from pratique.facts.questions.scan import SCAN
from pratique.flow.gate.admit import Admission, through_tiers
from pratique.flow.gate.alternatives import Alternatives
from pratique.flow.gate.file_evidence import FileEvidence
from pratique.flow.gate.judge import judge, record
from pratique.flow.listings import KnownProject, candidates
from pratique.flow.requester import Requester
from pratique.flow.world import World
from pratique.model.artifact import Artifact, Digest, ProjectName, VersionText
from pratique.model.event import Requested
from pratique.model.evidence import Tier
from pratique.model.listing import ListedFile, Listing
from pratique.model.scenario import Kind, Scenario, ScenarioFile
from pratique.model.sight import Remembered

_INDEX: Final = "public"


async def hand_over(
    world: World, scenario: Scenario, file: ScenarioFile, held: Mapping[ScenarioFile, Digest], requester: Requester
) -> Admission:
    """Judge a file at this moment, and record the answer, as `admit` does."""
    if scenario.kind is Kind.SCRIPT:
        admission = await _by_its_bytes(world, file, held[file], requester)
    else:
        known = _known(world, scenario, held)
        candidate = known.candidates[file.filename]
        evidence = FileEvidence(candidate.artifact, candidate.evidence, known, known.entries.get(file.filename))
        alternatives = Alternatives(world, known, requester.scope, world.clock.now(), ())
        admission = await through_tiers(world, evidence, alternatives, Tier.BYTES)
    await record(world, requester, [admission.judged], Requested.FILE)
    return admission


def _known(world: World, scenario: Scenario, held: Mapping[ScenarioFile, Digest]) -> KnownProject:
    """The project as an index would list it at this moment: what is gone by now is remembered."""
    now, project = world.clock.now(), ProjectName(scenario.project)
    listed: list[ListedFile] = []
    remembered: dict[str, Remembered] = {}
    for file in scenario.files:
        version = VersionText(file.version)
        if file.uploaded > now:
            continue
        if file.removed is not None and file.removed <= now:
            remembered[file.filename] = Remembered(file.filename, version, held.get(file), "", file.uploaded)
            continue
        url = f"https://index.example/{file.filename}"
        listed.append(
            ListedFile(file.filename, url, version, "other", digest=held.get(file), upload_time=file.uploaded)
        )
    page = Listing(project, tuple(listed))
    found = candidates(world.ecosystem, page, _INDEX, remembered, ADVISORIES.unanswered, world.names)
    return KnownProject(
        index=_INDEX,
        project=project,
        page=page,
        candidates={each.artifact.file: each for each in found},
        entries={each.filename: each for each in listed},
        remembered=remembered,
        etag="",
        body_bytes=0,
    )


async def _by_its_bytes(world: World, file: ScenarioFile, blob: Digest, requester: Requester) -> Admission:
    artifact = Artifact(world.ecosystem.kind, ProjectName(file.filename), VersionText(file.version), file.filename)
    scan = await world.scanner.scan(file.filename, blob)
    answers = {HASHES.id: Hashes(published=None, received=blob), SCAN.id: scan}
    evidence = gather(Kind.SCRIPT, Tier.BYTES, answers)
    alternatives = Alternatives(world, None, requester.scope, world.clock.now(), ())
    judged = judge(world, artifact, evidence, alternatives)
    return Admission(judged, FileEvidence(artifact, evidence, None, None, blob))
