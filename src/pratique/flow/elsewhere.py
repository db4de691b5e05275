"""What passes by the indexes: hosts a client asked its gate for, and what it installed that the gate did not serve."""

from collections.abc import Sequence

from pratique.flow.gate.judge import policy_document, recorded
from pratique.flow.requester import Requester
from pratique.flow.world import World
from pratique.model import limits
from pratique.model.decision import Verdict
from pratique.model.event import AskedElsewhere, Brought, CameElsewhere
from pratique.model.scope import Mode


async def record_asked(world: World, requester: Requester, host: str, *, let_through: bool) -> None:
    """Record that a client asked for another host. Raises `NotRecorded`; then nothing may be let through."""
    actor, machine = await recorded(world, requester)
    event = AskedElsewhere(
        at=world.clock.now(),
        actor=actor,
        machine=machine,
        scope=requester.scope,
        host=host,
        policy=world.policy.digest,
        let_through=let_through,
    )
    await world.ledger.append((event, policy_document(world)))


async def judge_brought(world: World, requester: Requester, brought: Sequence[Brought]) -> tuple[Verdict, Verdict]:
    """Judge by `[elsewhere]` what was installed past the gate, and record it: the verdict, and what follows here.

    Raises `NotRecorded`.
    """
    elsewhere, mode = world.policy.elsewhere, world.policy.mode(requester.scope.name)
    verdict = max((elsewhere.verdict(each.kind) for each in brought), default=Verdict.ALLOW)
    enforced = verdict if mode is Mode.ENFORCE else Verdict.ALLOW
    actor, machine = await recorded(world, requester)
    event = CameElsewhere(
        at=world.clock.now(),
        actor=actor,
        machine=machine,
        scope=requester.scope,
        mode=mode,
        verdict=verdict,
        enforced=enforced,
        policy=world.policy.digest,
        packages=tuple(brought[: limits.BROUGHT_NAMED_MAX]),
        count=len(brought),
    )
    await world.ledger.append((event, policy_document(world)))
    return verdict, enforced
