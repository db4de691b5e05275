"""One file through the sentence: facts, policy, decision, record; only then the bytes.

Facts come in tiers. What the index says is judged first; only a file that passes is fetched, hashed and looked into, and then
judged again with all that is known. Every answer is recorded before the caller acts on it.
"""

from dataclasses import dataclass

from pratique.flow.gate.alternatives import Alternatives
from pratique.flow.gate.file_evidence import FileEvidence, locate, read
from pratique.flow.gate.judge import Judged, judge, record
from pratique.flow.observer import Notice
from pratique.flow.people.waivers import usable_waivers
from pratique.flow.requester import FileRequest
from pratique.flow.world import World
from pratique.model.decision import Verdict
from pratique.model.event import Requested


@dataclass(frozen=True, slots=True)
class Admission:
    """The answer to a request for a file, beside what is known of it; `file.blob` is where its bytes are."""

    judged: Judged
    file: FileEvidence

    @property
    def refused(self) -> bool:
        """Whether nothing may be served."""
        return self.judged.decision.enforced is not Verdict.ALLOW


async def admit(world: World, ask: FileRequest, *, look_inside: bool = False) -> Admission:
    """Judge one file and record the answer.

    A file that is asked for is judged by its bytes too; one of which only the metadata are, with `look_inside`.
    Raises `NotFound` for a file that no index lists and that was never seen, and `NotRecorded` when the answer could not be
    written down: then nothing may be served.
    """
    now = world.clock.now()
    waivers = await usable_waivers(world, now, ask.requester, ask.filename)

    file = await locate(world, ask)
    alternatives = Alternatives(world, file.project, ask.requester.scope, now, waivers, ask.runtime)
    answer = judge(world, file.artifact, file.evidence, alternatives)
    if answer.decision.enforced is Verdict.ALLOW and (ask.what is Requested.FILE or look_inside):
        file = await read(world, file)
        answer = judge(world, file.artifact, file.evidence, alternatives)

    admission = Admission(answer, file)
    if admission.refused or ask.what is Requested.FILE:
        await record(world, ask.requester, [answer], await _answers(world, ask, file))
    if admission.refused:
        world.observer.refused(Notice(answer.id, answer.decision))
    elif ask.what is Requested.FILE:
        if answer.decision.verdict is not Verdict.ALLOW:
            world.observer.warned(Notice(answer.id, answer.decision))
        world.observer.served(file.artifact)
    return admission


async def _answers(world: World, ask: FileRequest, file: FileEvidence) -> Requested:
    """What the answer is an answer to: a file that is handed over, or a part of one by which nothing is taken anew."""
    if ask.what is not Requested.FILE or file.blob is None:
        return ask.what
    size = await world.blobs.size(file.blob)
    return Requested.FILE if ask.takes(file.blob, size) else Requested.PART
