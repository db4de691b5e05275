"""What gets recorded. Every event is one ledger entry in canonical form.

An event names people only by salted digests (`Actor.name`); large or shared material (evidence, policy text, waivers) is
stored once as a document and named here by its digest.
"""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

import msgspec

from pratique.errors import InvalidInput
from pratique.model.artifact import Artifact, Digest
from pratique.model.canonical import canonical
from pratique.model.decision import Decision, Verdict
from pratique.model.scope import Actor, Mode, Scope, ScopeName
from pratique.model.waiver import Waiver

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ID_CHARACTERS = 8


class Asked(StrEnum):
    """What the decision answered: a file, its metadata, or a place on a project page."""

    FILE = "file"
    METADATA = "metadata"
    PAGE = "page"


class ReasonGiven(msgspec.Struct, frozen=True):
    """One condition's answer as it was given."""

    condition: str
    verdict: Verdict
    why: str
    waiver: str = ""


class Decided(msgspec.Struct, frozen=True, tag="decided"):
    """A file was judged; `enforced` says what followed. Written before the first byte is served.

    `offered` is the version named as the safe one. The documents behind `evidence`, `policy` and `waivers` (those that could
    be used at that moment) are all that is needed to decide again.
    """

    id: str
    at: datetime
    artifact: Artifact
    scope: Scope
    mode: Mode
    verdict: Verdict
    enforced: Verdict
    reasons: tuple[ReasonGiven, ...]
    evidence: Digest
    policy: Digest
    waivers: Digest
    actor: Actor
    asked: Asked = Asked.FILE
    offered: str = ""


class Steered(msgspec.Struct, frozen=True, tag="steered"):
    """A project page was served with files held back. `held` names the newest of them, `held_count` counts all."""

    at: datetime
    project: str
    scope: Scope
    mode: Mode
    held: tuple[str, ...]
    held_count: int
    files_count: int
    policy: Digest
    actor: Actor


class PolicyLoaded(msgspec.Struct, frozen=True, tag="policy-loaded"):
    """A gate was opened under the policy with this digest."""

    at: datetime
    policy: Digest
    actor: Actor


class Waived(msgspec.Struct, frozen=True, tag="waived"):
    """A waiver was granted. Its owner and its approver are named by salted digests here, too."""

    at: datetime
    waiver: Waiver
    actor: Actor


class WaiverRevoked(msgspec.Struct, frozen=True, tag="waiver-revoked"):
    """A waiver was taken back before it expired."""

    at: datetime
    waiver: str
    actor: Actor


class TokenIssued(msgspec.Struct, frozen=True, tag="token-issued"):
    """An access token for a scope was issued; `token` is the digest of its secret, `holder` whoever asks with it."""

    at: datetime
    token: Digest
    holder: Actor
    scope: ScopeName
    expires: datetime | None
    actor: Actor


class TokenRevoked(msgspec.Struct, frozen=True, tag="token-revoked"):
    """An access token was withdrawn."""

    at: datetime
    token: Digest
    actor: Actor


class Forgotten(msgspec.Struct, frozen=True, tag="forgotten"):
    """The salt behind `person` was destroyed: from here on that digest leads to nobody."""

    at: datetime
    person: str
    actor: Actor


Event: TypeAlias = Decided | Steered | PolicyLoaded | Waived | WaiverRevoked | TokenIssued | TokenRevoked | Forgotten

_DECODER = msgspec.json.Decoder(Event)


def encode(event: Event) -> bytes:
    """The bytes of one ledger entry: the event's canonical form."""
    return canonical(event)


def decode(entry: bytes) -> Event:
    """Read a ledger entry. Raises `InvalidInput` for bytes that are no event."""
    try:
        event: Event = _DECODER.decode(entry)
    except msgspec.MsgspecError as error:
        raise InvalidInput(f"not a ledger entry: {error}") from error
    return event


def decision_id(decision: Decision) -> str:
    """Eight characters of Crockford base 32 (40 bits) over everything decided but the moment.

    The same refusal asked for twice has the same id, so that a person can quote it whichever attempt it came from.
    """
    material = canonical([decision.artifact, decision.scope, decision.verdict, decision.evidence, decision.policy])
    number = int.from_bytes(hashlib.sha256(material).digest()[:5], "big")
    return "".join(_CROCKFORD[number >> 5 * place & 31] for place in reversed(range(_ID_CHARACTERS)))
