"""Decide again from the record: same evidence, same policy, same moment; the answer must be the same."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec

from pratique.errors import InvalidInput
from pratique.facts.document import read_evidence
from pratique.model.artifact import Digest
from pratique.model.decision import Decision
from pratique.model.event import Decided, ReasonGiven, decode
from pratique.model.waiver import Waiver
from pratique.policy.decide import decide
from pratique.policy.load import read
from pratique.policy.policy import Policy
from pratique.ports import Ledger
from pratique.record.documents import event_of
from pratique.record.tiles import TILE_WIDTH

_WAIVERS = msgspec.json.Decoder(tuple[Waiver, ...])


@dataclass(frozen=True, slots=True)
class Replayed:
    """A recorded decision beside the one made anew. `differences` is empty when they agree."""

    index: int
    recorded: Decided
    decision: Decision
    differences: tuple[str, ...]


async def replay(ledger: Ledger, index: int) -> Replayed:
    """Decide again what entry `index` recorded.

    Raises `InvalidInput` when the entry is no decision, `NotFound` when there is no such entry or document, and `Tampered`
    when a document is not what the entry names.
    """
    entries = await ledger.entries(index, index + 1)
    if not entries:
        raise InvalidInput(f"the ledger has no entry {index}", advice="pratique log tail shows the newest entries")
    event = decode(entries[0])
    if not isinstance(event, Decided):
        raise InvalidInput(f"entry {index} is no decision; only decisions can be replayed")
    return await _again(ledger, index, event, await _policy(ledger, event.policy))


async def replay_all(ledger: Ledger) -> AsyncIterator[Replayed]:
    """Decide again whatever was decided, oldest first. A policy is read once for the decisions in a row that it made.

    Raises `NotFound` and `Tampered` as `replay` does.
    """
    policy: Policy | None = None
    for first in range(0, await ledger.size(), TILE_WIDTH):
        for index, entry in enumerate(await ledger.entries(first, first + TILE_WIDTH), first):
            event = event_of(entry)
            if isinstance(event, Decided):
                if policy is None or policy.digest != event.policy:
                    policy = await _policy(ledger, event.policy)
                yield await _again(ledger, index, event, policy)


async def _policy(ledger: Ledger, digest: Digest) -> Policy:
    return read((await ledger.document(digest)).decode(), f"policy {digest}")


async def _again(ledger: Ledger, index: int, event: Decided, policy: Policy) -> Replayed:
    evidence = read_evidence(await ledger.document(event.evidence))
    waivers = _WAIVERS.decode(await ledger.document(event.waivers))
    decision = decide(policy, event.artifact, evidence, event.scope, event.at, waivers=waivers)
    return Replayed(index, event, decision, tuple(_differences(event, decision)))


def _differences(event: Decided, decision: Decision) -> list[str]:
    given = tuple(ReasonGiven(r.condition, r.verdict, r.why, r.waiver) for r in decision.reasons)
    pairs = {
        "verdict": (event.verdict.name, decision.verdict.name),
        "enforced": (event.enforced.name, decision.enforced.name),
        "mode": (event.mode, decision.mode),
        "evidence": (event.evidence, decision.evidence),
        "policy": (event.policy, decision.policy),
        "reasons": (event.reasons, given),
    }
    return [f"{name}: recorded {old}, decided {new}" for name, (old, new) in pairs.items() if old != new]
