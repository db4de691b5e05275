"""Decide and write down: the two middle words of the sentence, shared by every verb that lets something in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from pratique.facts.document import document
from pratique.facts.evidence import Evidence
from pratique.facts.questions.hashes import Hashes
from pratique.flow.gate.alternatives import Alternatives
from pratique.flow.ledger import Said
from pratique.flow.requester import Requester
from pratique.flow.world import World
from pratique.model import limits
from pratique.model.artifact import Artifact, Digest, VersionText
from pratique.model.canonical import canonical, digest_of
from pratique.model.decision import Decision, Remedy, Verdict
from pratique.model.event import Decided, Event, ReasonGiven, Requested, WaiverUse, decision_id
from pratique.model.scope import Actor, Mode
from pratique.model.text import clean
from pratique.model.waiver import Waiver
from pratique.policy.alternative import with_alternative
from pratique.policy.condition import Case
from pratique.policy.decide import decide, verdict
from pratique.record.entry import Documents
from pratique.record.state import View, told_key

_NO_WAIVERS: Final = canonical(())


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision beside what it was made from; `document` is the evidence as it is recorded."""

    id: str
    decision: Decision
    evidence: Evidence
    document: bytes
    waivers: tuple[Waiver, ...]
    alternative: VersionText | None = None

    @property
    def let_in_by(self) -> tuple[Waiver, ...]:
        """The waivers without which the answer would not be yes."""
        if self.decision.verdict is not Verdict.ALLOW:
            return ()
        lifting = {reason.waiver for reason in self.decision.reasons}
        return tuple(waiver for waiver in self.waivers if waiver.id in lifting)


def judge(world: World, artifact: Artifact, evidence: Evidence, alternatives: Alternatives) -> Judged:
    """Decide on one artifact and, where the answer is not yes, look for the version to use instead."""
    waivers = tuple(alternatives.waivers)
    scope, now, written = alternatives.scope, alternatives.now, document(evidence)
    decision = decide(world.policy, artifact, evidence, scope, now, waivers=waivers, written=written)
    alternative = None
    if decision.verdict is not Verdict.ALLOW:
        alternative = alternatives.of(artifact)
        decision = with_alternative(decision, alternative)
    return Judged(decision_id(decision, alternative or ""), decision, evidence, written, waivers, alternative)


def is_refused(world: World, artifact: Artifact, evidence: Evidence, alternatives: Alternatives) -> bool:
    """Whether `judge` would give an answer by which nothing may be served, without its account."""
    if world.policy.mode(alternatives.scope.name) is not Mode.ENFORCE:
        return False
    case = Case(artifact, evidence, alternatives.scope, alternatives.now)
    return verdict(world.policy, case, waivers=alternatives.waivers) is not Verdict.ALLOW


async def record(
    world: World, requester: Requester, judged: Sequence[Judged], requested: Requested, *more: Event
) -> None:
    """Write decisions (and events that belong to them) into the ledger, durably, in one commit.

    What hands over no file is written once: a refusal for each requester, a file on a page for all of them. A waiver that lets
    a file in is used by that, once for this file, requester and day; nothing else uses one. Raises `NotRecorded`; the caller
    then acts as if the answer were no.
    """
    actor, machine = await recorded(world, requester)
    said: list[Said] = []
    for one in judged:
        event, documents = _decided(world, one, requested, actor, machine)
        served = requested is Requested.FILE and event.enforced is Verdict.ALLOW
        if served or await world.ledger.row(View.TOLD, told_key(event)) is None:
            said.append((event, documents))
    said += [(event, policy_document(world)) for event in more]
    if said:
        await world.ledger.append(*said)


async def recorded(world: World, requester: Requester) -> tuple[Actor, str]:
    """A requester and the machine at hand, as they stand in the record."""
    actor = await world.ledger.pseudonym(requester.actor)
    return actor, await world.ledger.recorded_machine(requester.machine or world.ledger.machine)


def policy_document(world: World) -> Documents:
    """The policy in force, as a document."""
    return {world.policy.digest: world.policy.text.encode()}


def _decided(
    world: World, judged: Judged, requested: Requested, actor: Actor, machine: str
) -> tuple[Decided, Documents]:
    """The event of a decision, with the documents that let anybody decide again."""
    decision = judged.decision
    waivers = canonical(judged.waivers) if judged.waivers else _NO_WAIVERS
    documents = {decision.evidence: judged.document, digest_of(waivers): waivers, **policy_document(world)}
    reasons: tuple[ReasonGiven, ...] = tuple(ReasonGiven.of(reason) for reason in decision.reasons)
    reasons_in = None
    if _length(reasons) > limits.ENTRY_REASONS_BYTES_MAX:
        body = canonical(reasons)
        if len(body) > limits.DOCUMENT_BYTES_MAX:
            body = canonical([_shortened(reason) for reason in reasons])
        reasons, reasons_in = (), digest_of(body)
        documents[reasons_in] = body
    served = requested is Requested.FILE and decision.enforced is Verdict.ALLOW
    event = Decided(
        id=judged.id,
        at=decision.at,
        actor=actor,
        machine=machine,
        artifact=decision.artifact,
        scope=decision.scope,
        mode=decision.mode,
        verdict=decision.verdict,
        enforced=decision.enforced,
        evidence=decision.evidence,
        policy=decision.policy,
        waivers=digest_of(waivers),
        reasons=reasons,
        reasons_in=reasons_in,
        digest=_digest(judged.evidence),
        requested=requested,
        offered=judged.alternative or "",
        used=tuple(WaiverUse(each.id, each.uses_max) for each in judged.let_in_by) if served else (),
    )
    return event, documents


def _digest(evidence: Evidence) -> Digest | None:
    hashes = evidence.hashes
    return hashes.received or hashes.published or hashes.remembered if isinstance(hashes, Hashes) else None


def _length(reasons: Sequence[ReasonGiven]) -> int:
    """About how many bytes the reasons take in an entry."""
    return len(msgspec.json.encode(reasons))


def _shortened(reason: ReasonGiven) -> ReasonGiven:
    """A reason whose sentence is visibly cut, and whose way out is that of every reason: to ask."""
    remedy = None if reason.remedy is None else Remedy(do="pratique explain " + reason.condition)
    return msgspec.structs.replace(reason, why=clean(reason.why), remedy=remedy)
