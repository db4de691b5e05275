"""One file through the sentence: facts, policy, decision, record; only then the bytes.

Facts come in tiers, and each tier costs more than the one before: what the index says, then what the bytes show. After each the
file is judged with all that is known so far; the first no is the answer, and every answer is recorded before the caller acts.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from pratique.flow.gate.alternatives import Alternatives
from pratique.flow.gate.file_evidence import FileEvidence, locate, read
from pratique.flow.gate.judge import Judged, is_refused, judge, record
from pratique.flow.gate.provenance import attest
from pratique.flow.listings import beside
from pratique.flow.observer import Notice
from pratique.flow.people.waivers import usable_waivers
from pratique.flow.requester import FileRequest
from pratique.flow.world import World
from pratique.model.decision import Verdict
from pratique.model.event import Requested
from pratique.model.evidence import Tier

FURTHER_TIERS: Final[tuple[tuple[Tier, Callable[[World, FileEvidence], Awaitable[FileEvidence]]], ...]] = (
    (Tier.INDEX, attest),
    (Tier.BYTES, read),
)
"""What is gathered of a file beyond what its page says, in this order."""


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
    wanted = Tier.BYTES if ask.what is Requested.FILE or look_inside else Tier.INDEX

    admission = await through_tiers(world, file, alternatives, wanted)
    if admission.refused or ask.what is Requested.FILE:
        await record(world, ask.requester, [admission.judged], await _answers(world, ask, admission.file))
    _tell(world, ask, admission)
    return admission


async def through_tiers(world: World, file: FileEvidence, alternatives: Alternatives, last: Tier) -> Admission:
    """Judge a file by what its index says, then gather and judge tier by tier, up to `last` or to the first no."""
    for tier, gather in FURTHER_TIERS:
        if tier > last or is_refused(world, file.artifact, file.evidence, alternatives):
            break
        file = await gather(world, file)
    files = 0 if file.project is None else len(file.project.candidates)
    judged = await beside(files, lambda: judge(world, file.artifact, file.evidence, alternatives))
    return Admission(judged, file)


async def _answers(world: World, ask: FileRequest, file: FileEvidence) -> Requested:
    """What the answer is an answer to: a file that is handed over, or a part of one by which nothing is taken anew."""
    if ask.what is not Requested.FILE or file.blob is None:
        return ask.what
    size = await world.blobs.size(file.blob)
    return Requested.FILE if ask.takes(file.blob, size) else Requested.PART


def _tell(world: World, ask: FileRequest, admission: Admission) -> None:
    """Tell whoever looks on."""
    notice = Notice(admission.judged.id, admission.judged.decision)
    if admission.refused:
        world.observer.refused(notice)
    elif ask.what is Requested.FILE:
        if notice.decision.verdict is not Verdict.ALLOW:
            world.observer.warned(notice)
        world.observer.served(admission.file.artifact)
