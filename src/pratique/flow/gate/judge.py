"""Decide and write down: the two middle words of the sentence, shared by every verb that lets something in."""

from collections.abc import Sequence
from dataclasses import dataclass

from pratique.facts.document import document
from pratique.facts.evidence import Evidence
from pratique.flow.gate.alternatives import Alternatives
from pratique.flow.requester import Requester
from pratique.flow.world import World
from pratique.model.artifact import Artifact, VersionText
from pratique.model.canonical import canonical, digest_of
from pratique.model.decision import Decision, Verdict
from pratique.model.event import Asked, Decided, Event, ReasonGiven, decision_id, encode
from pratique.model.scope import Actor
from pratique.model.waiver import Waiver
from pratique.policy.alternative import with_alternative
from pratique.policy.decide import decide
from pratique.ports import Entry


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision beside what it was made from."""

    id: str
    decision: Decision
    evidence: Evidence
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
    decision = decide(world.policy, artifact, evidence, alternatives.scope, alternatives.now, waivers=waivers)
    alternative = None
    if decision.verdict is not Verdict.ALLOW:
        alternative = alternatives.of(artifact)
        decision = with_alternative(decision, alternative)
    return Judged(decision_id(decision), decision, evidence, waivers, alternative)


def _entry(world: World, judged: Judged, actor: Actor, asked: Asked) -> Entry:
    """The ledger entry of a decision, with the documents that let anybody decide again."""
    decision = judged.decision
    evidence = document(judged.evidence)
    waivers = canonical(judged.waivers)
    event = Decided(
        id=judged.id,
        at=decision.at,
        artifact=decision.artifact,
        scope=decision.scope,
        mode=decision.mode,
        verdict=decision.verdict,
        enforced=decision.enforced,
        reasons=tuple(ReasonGiven(r.condition, r.verdict, r.why, r.waiver) for r in decision.reasons),
        evidence=decision.evidence,
        policy=decision.policy,
        waivers=digest_of(waivers),
        actor=actor,
        asked=asked,
        offered=judged.alternative or "",
    )
    policy = world.policy.text.encode()
    return Entry(encode(event), ((decision.evidence, evidence), (event.waivers, waivers), (decision.policy, policy)))


async def record(world: World, requester: Requester, judged: Sequence[Judged], asked: Asked, *more: Event) -> None:
    """Write decisions (and events that belong to them) into the ledger, durably, in one commit.

    A waiver that lets a file in is used by that; looking at a page uses none. Raises `NotRecorded`; the caller then acts as
    if the answer were no.
    """
    actor = await world.store.pseudonym(requester.actor)
    entries = [_entry(world, one, actor, asked) for one in judged]
    entries += [Entry(encode(event)) for event in more]
    used = [waiver for one in judged for waiver in one.let_in_by] if asked is Asked.FILE else []
    await world.store.use(used, entries)
