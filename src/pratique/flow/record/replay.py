"""Decide again from the record: same evidence, same policy, same moment; the answer must be the same.

- Compared are the verdict, what followed from it, the mode, each recorded condition with its verdict and the waiver that
  lifted it.
- A condition that exists today and did not then is left out of the answer: it was not asked.
- Other words for the same answer are told apart, as `rewordings`: they are no difference.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from pratique.errors import InvalidInput, Tampered
from pratique.facts.document import read_evidence
from pratique.model.artifact import Digest, VersionText
from pratique.model.decision import Decision, Reason, Verdict
from pratique.model.event import Decided, ReasonGiven, decode, event_of
from pratique.model.scope import Mode
from pratique.model.waiver import Waiver
from pratique.policy.alternative import with_alternative
from pratique.policy.decide import decide
from pratique.policy.load import read
from pratique.policy.policy import Policy
from pratique.ports import Store
from pratique.record.tiles import TILE_WIDTH

T = TypeVar("T")

_WAIVERS = msgspec.json.Decoder(tuple[Waiver, ...])
_REASONS = msgspec.json.Decoder(tuple[ReasonGiven, ...])


@dataclass(frozen=True, slots=True)
class Replayed:
    """A recorded decision beside the one made anew. `differences` is empty when they agree, `rewordings` when in words too."""

    index: int
    recorded: Decided
    differences: tuple[str, ...]
    rewordings: tuple[str, ...]


async def replay(store: Store, index: int) -> Replayed:
    """Decide again what entry `index` recorded.

    Raises `InvalidInput` when the entry is no decision, `NotFound` when there is no such entry or document, and `Tampered`
    when a document is not what the entry names.
    """
    entries = await store.entries(index, index + 1)
    if not entries:
        raise InvalidInput(f"the ledger has no entry {index}", advice="pratique log tail shows the newest entries")
    event = decode(entries[0])
    if not isinstance(event, Decided):
        raise InvalidInput(f"entry {index} is no decision; only decisions can be replayed")
    return await _again(store, index, event, await _policy(store, event.policy))


async def replay_all(store: Store) -> AsyncIterator[Replayed]:
    """Decide again whatever was decided, oldest first. A policy is read once for the decisions in a row that it made.

    Raises `NotFound` and `Tampered` as `replay` does.
    """
    policy: Policy | None = None
    for first in range(0, await store.size(), TILE_WIDTH):
        for index, entry in enumerate(await store.entries(first, first + TILE_WIDTH), first):
            event = event_of(entry)
            if isinstance(event, Decided):
                if policy is None or policy.digest != event.policy:
                    policy = await _policy(store, event.policy)
                yield await _again(store, index, event, policy)


async def decision_recorded(store: Store, event: Decided) -> Decision:
    """The decision as it was recorded, in the words it was told in. Raises `NotFound` and `Tampered` for its documents."""
    return Decision(
        artifact=event.artifact,
        scope=event.scope,
        mode=event.mode,
        verdict=event.verdict,
        reasons=tuple(
            Reason(each.condition, each.verdict, each.why, each.remedy, each.waiver, each.rule)
            for each in await _reasons(store, event)
        ),
        evidence=event.evidence,
        policy=event.policy,
        at=event.at,
    )


async def _reasons(store: Store, event: Decided) -> tuple[ReasonGiven, ...]:
    if event.reasons_in is None:
        return event.reasons
    return _read(_REASONS, await store.document(event.reasons_in), "reasons")


async def _policy(store: Store, digest: Digest) -> Policy:
    return read((await store.document(digest)).decode(), f"policy {digest}")


async def _again(store: Store, index: int, event: Decided, policy: Policy) -> Replayed:
    evidence = read_evidence(await store.document(event.evidence))
    waivers = _read(_WAIVERS, await store.document(event.waivers), "waivers")
    decision = decide(policy, event.artifact, evidence, event.scope, event.at, waivers=waivers)
    if decision.verdict is not Verdict.ALLOW:
        decision = with_alternative(decision, VersionText(event.offered) if event.offered else None)
    given = {reason.condition: reason for reason in await _reasons(store, event)}
    now = {reason.condition: ReasonGiven.of(reason) for reason in decision.reasons}
    return Replayed(index, event, tuple(_differences(event, decision.mode, given, now)), tuple(_rewordings(given, now)))


def _differences(
    event: Decided, mode: Mode, given: dict[str, ReasonGiven], now: dict[str, ReasonGiven]
) -> Iterator[str]:
    gone = [condition for condition in given if condition not in now]
    asked_then = [reason for condition, reason in now.items() if condition in given]
    verdict = max((reason.verdict for reason in asked_then), default=Verdict.ALLOW)
    enforced = verdict if mode is Mode.ENFORCE else Verdict.ALLOW
    if event.verdict is not verdict:
        yield f"verdict: recorded {event.verdict.name}, decided {verdict.name}"
    if event.enforced is not enforced:
        yield f"enforced: recorded {event.enforced.name}, decided {enforced.name}"
    if event.mode is not mode:
        yield f"mode: recorded {event.mode}, decided {mode}"
    for condition in gone:
        yield f"{condition}: recorded {given[condition].verdict.name}, and is no condition of the policy any more"
    for reason in asked_then:
        old = given[reason.condition]
        if (old.verdict, old.waiver) != (reason.verdict, reason.waiver):
            yield f"{reason.condition}: recorded {_short(old)}, decided {_short(reason)}"


def _short(reason: ReasonGiven) -> str:
    return f"{reason.verdict.name} by waiver {reason.waiver}" if reason.waiver else reason.verdict.name


def _rewordings(given: dict[str, ReasonGiven], now: dict[str, ReasonGiven]) -> Iterator[str]:
    for condition, old in given.items():
        new = now.get(condition)
        if new is None or (old.verdict, old.waiver) != (new.verdict, new.waiver):
            continue
        if old.why != new.why:
            yield f'{condition}: recorded "{old.why}", today "{new.why}"'
        elif old.remedy != new.remedy:
            yield f"{condition}: the way out is told in other words today"


def _read(decoder: msgspec.json.Decoder[T], body: bytes, what: str) -> T:
    try:
        return decoder.decode(body)
    except msgspec.MsgspecError as error:
        raise Tampered("document-changed", f"the recorded {what} cannot be read: {error}") from error
