"""Ledgers as the tests of the record need them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pratique.adapters.store.sqlite import SqliteStore
from pratique.model.artifact import Artifact, Digest, Ecosystem, ProjectName, VersionText
from pratique.model.canonical import digest_of
from pratique.model.decision import Verdict
from pratique.model.event import Decided, PolicyLoaded, ReasonGiven, decode
from pratique.model.scope import Actor, ActorKind, Mode, Scope, ScopeName
from pratique.ports import Signer
from pratique.record.entry import Entry, entry_of
from pratique.record.state import Change, changes_of

MOMENT = datetime(2026, 3, 24, 12, tzinfo=UTC)
POLICY, WAIVERS = b"[cooldown]\nworkstation = '3 days'\n", b"[]"
ACTOR = Actor(ActorKind.HUMAN, "5f3c")


@dataclass(frozen=True, slots=True)
class Written:
    """A ledger on disk that is not open, and the key it is signed with."""

    path: Path
    signer: Signer


def decided(number: int, project: str = "six") -> Entry:
    """A decision with its documents; every tenth repeats the evidence, and so the id, of one before."""
    evidence = b'{"number":%d}' % (number - number % 10 // 9)
    event = Decided(
        id=f"{number - number % 10 // 9:016d}",
        at=MOMENT + timedelta(seconds=number),
        artifact=Artifact(Ecosystem.PYPI, ProjectName(project), VersionText("1.0"), f"{project}-1.0.tar.gz"),
        scope=Scope(ScopeName("workstation")),
        mode=Mode.ENFORCE,
        verdict=Verdict.HOLD,
        enforced=Verdict.HOLD,
        reasons=(ReasonGiven("cooldown", Verdict.HOLD, "it is two hours old"),),
        evidence=digest_of(evidence),
        policy=digest_of(POLICY),
        waivers=digest_of(WAIVERS),
        actor=ACTOR,
    )
    return entry_of(event, {event.evidence: evidence, event.policy: POLICY, event.waivers: WAIVERS})


def opened() -> Entry:
    policy: Digest = digest_of(POLICY)
    return entry_of(PolicyLoaded(at=MOMENT, policy=policy, actor=ACTOR), {policy: POLICY})


def changes_in(batch: Sequence[Entry]) -> list[Change]:
    """What the entries of a batch change."""
    return [change for entry in batch for change in changes_of(decode(entry.data), dict(entry.documents))]


async def write(path: Path, signer: Signer, batches: Iterable[Sequence[Entry]]) -> None:
    store = await SqliteStore.open(path, signer)
    for batch in batches:
        await store.commit(batch, changes_in(batch))
    await store.close()
