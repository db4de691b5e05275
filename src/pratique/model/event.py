"""What gets recorded, in format 1. Every event is one ledger entry in canonical form.

- Each entry carries its format (`v`), the engine that wrote it, its kind, its moment, the machine it concerns, who acted,
  and the digests of all documents it names (`documents`); then what only its kind has.
- What has its default is left out, and what a reader does not know is passed over: later formats may add fields.
- People and machines are named by salted digests (a machine by its name where the settings say so).
- What is large or shared (evidence, policy, waivers, many reasons) is a document, stored once, named by the digest of its bytes.
"""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeAlias

import msgspec

from pratique import __version__
from pratique.errors import InvalidInput
from pratique.model.artifact import Artifact, Digest, Ecosystem, ProjectName, VersionText
from pratique.model.canonical import canonical, canonical_json
from pratique.model.decision import Decision, Reason, Remedy, Verdict
from pratique.model.identifier import identifier
from pratique.model.own_file import OwnFile
from pratique.model.scope import Actor, Mode, Scope, ScopeName
from pratique.model.statement import Predicate, SigningKey
from pratique.model.waiver import Waiver

FORMAT: Final = 1
ENGINE: Final = f"pratique/{__version__}"


class Requested(StrEnum):
    """What the decision answered.

    `part` is a file's head, a range that does not begin it, or word that a copy is still good: no file is handed over anew.
    """

    FILE = "file"
    PART = "part"
    METADATA = "metadata"
    PAGE = "page"


class ReasonGiven(msgspec.Struct, frozen=True, omit_defaults=True):
    """One condition's answer as it was given, with its way out."""

    condition: str
    verdict: Verdict
    why: str
    remedy: Remedy | None = None
    waiver: str = ""
    rule: str = ""

    @classmethod
    def of(cls, reason: Reason) -> "ReasonGiven":
        """The reason as it is recorded."""
        return cls(reason.condition, reason.verdict, reason.why, reason.remedy, reason.waiver, reason.rule)


class WaiverUse(msgspec.Struct, frozen=True, omit_defaults=True):
    """A waiver that let a file in, and how often it may (0: as often as needed)."""

    waiver: str
    uses_max: int = 0


class Recorded(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every entry carries."""

    at: datetime
    actor: Actor
    machine: str = ""
    documents: tuple[Digest, ...] = ()
    engine: str = ENGINE
    v: int = FORMAT


class Decided(Recorded, frozen=True, kw_only=True, omit_defaults=True, tag="decided"):
    """A file was judged; `enforced` says what followed. Written before the first byte is served.

    `digest` is that of the file's bytes as far as it was known, `offered` the version named as the safe one. `used` are the
    waivers that this entry counts as used. The reasons stand in the document `reasons_in` where they are too long for an
    entry. The documents behind `evidence`, `policy` and `waivers` (those that could be used at that moment) are all that is
    needed to decide again.
    """

    id: str
    artifact: Artifact
    scope: Scope
    mode: Mode
    verdict: Verdict
    enforced: Verdict
    evidence: Digest
    policy: Digest
    waivers: Digest
    reasons: tuple[ReasonGiven, ...] = ()
    reasons_in: Digest | None = None
    digest: Digest | None = None
    requested: Requested = Requested.FILE
    offered: str = ""
    used: tuple[WaiverUse, ...] = ()


class Steered(Recorded, frozen=True, kw_only=True, omit_defaults=True, tag="steered"):
    """A project page was served with files held back.

    `held` names the newest of them, `held_count` counts all; `decisions` is a digest over the ids of their decisions, and
    over the names of those held without an account. `rejected_count` are files that could not be read and were not offered.
    """

    kind: Ecosystem
    project: ProjectName
    scope: Scope
    mode: Mode
    held: tuple[str, ...]
    held_count: int
    files_count: int
    policy: Digest
    decisions: Digest
    rejected_count: int = 0


class FirstSeen(Recorded, frozen=True, kw_only=True, omit_defaults=True, tag="first-seen"):
    """Files of a project were listed for the first time: `files_count` of them, told in the document `files`."""

    index: str
    kind: Ecosystem
    project: ProjectName
    files: Digest
    files_count: int


class FileSeen(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of that document: the file's name, the path of its URL, and its digest where the index states one."""

    filename: str
    version: VersionText
    path: str
    digest: Digest | None = None


class Scanned(Recorded, frozen=True, kw_only=True, omit_defaults=True, tag="scanned"):
    """The file with this digest was looked into by these rules; the document `scan` says what they saw."""

    digest: Digest
    rules: Digest
    scan: Digest


class PolicyLoaded(Recorded, frozen=True, kw_only=True, omit_defaults=True, tag="policy-loaded"):
    """A gate was opened under the policy with this digest."""

    policy: Digest


class AdvisoriesImported(Recorded, frozen=True, kw_only=True, omit_defaults=True, tag="advisories-imported"):
    """A feed of advisories was read, and something in it is other than before; `digest` is over all that is kept of it.

    What a decision was told of them stands in its evidence. A feed that was dropped has no records.
    """

    feed: str
    digest: Digest
    records: int
    added: int = 0
    changed: int = 0
    removed: int = 0
    unread: int = 0


class AskedElsewhere(Recorded, frozen=True, kw_only=True, omit_defaults=True, tag="asked-elsewhere"):
    """A client asked its gate, as its proxy, for another host (`name:port`); `let_through` says whether the policy names it."""

    scope: Scope
    host: str
    policy: Digest
    let_through: bool = False


class Brought(msgspec.Struct, frozen=True, omit_defaults=True):
    """A package that was installed and that no gate served: its name and version, how it came, and from where."""

    name: str
    version: str
    kind: str
    source: str = ""


class CameElsewhere(Recorded, frozen=True, kw_only=True, omit_defaults=True, tag="came-elsewhere"):
    """A wrapped client installed what its gate did not serve: `count` packages, the first of them named."""

    scope: Scope
    mode: Mode
    verdict: Verdict
    enforced: Verdict
    policy: Digest
    packages: tuple[Brought, ...]
    count: int


class Waived(Recorded, frozen=True, kw_only=True, omit_defaults=True, tag="waived"):
    """A waiver was granted. Its owner and its approver are named by salted digests here, too."""

    waiver: Waiver


class WaiverRevoked(Recorded, frozen=True, kw_only=True, omit_defaults=True, tag="waiver-revoked"):
    """A waiver was taken back before it expired."""

    waiver: str


class TokenIssued(Recorded, frozen=True, kw_only=True, omit_defaults=True, tag="token-issued"):
    """An access token for a scope was issued; `token` is the digest of its secret, `holder` whoever asks with it.

    `publishes` are the projects, by patterns of their names, whose files it may publish.
    """

    token: Digest
    holder: Actor
    scope: ScopeName
    expires: datetime | None = None
    publishes: tuple[str, ...] = ()


class TokenRevoked(Recorded, frozen=True, kw_only=True, omit_defaults=True, tag="token-revoked"):
    """An access token was withdrawn."""

    token: Digest


class KeyTold(Recorded, frozen=True, kw_only=True, omit_defaults=True, tag="key-told"):
    """A key by which statements are believed: trusted from now on, retired, or revoked. `key` is how it stands after it."""

    key: SigningKey


class Published(Recorded, frozen=True, kw_only=True, omit_defaults=True, tag="published"):
    """A file came into the organisation's own index. Written before it is listed anywhere.

    `place` is what it takes there (`model.own_file.Offered`), once and for all.
    """

    artifact: Artifact
    index: str
    place: str
    file: OwnFile


class Withdrew(Recorded, frozen=True, kw_only=True, omit_defaults=True, tag="withdrew"):
    """A file of the own index was yanked or deleted; `file` is how it stands after it."""

    artifact: Artifact
    index: str
    file: OwnFile


class Stated(Recorded, frozen=True, kw_only=True, omit_defaults=True, tag="stated"):
    """Somebody signed a statement about a file of the own index. The document `statement` is its envelope."""

    artifact: Artifact
    predicate: Predicate
    statement: Digest


class LookedUp(Recorded, frozen=True, kw_only=True, omit_defaults=True, tag="looked-up"):
    """Somebody asked who stands behind a salted digest, and was told so if anybody was known."""

    person: str


class Forgotten(Recorded, frozen=True, kw_only=True, omit_defaults=True, tag="forgotten"):
    """The salt behind `person` was destroyed: from here on that digest leads to nobody."""

    person: str


Event: TypeAlias = (
    Decided
    | Steered
    | FirstSeen
    | Scanned
    | PolicyLoaded
    | AdvisoriesImported
    | AskedElsewhere
    | CameElsewhere
    | Waived
    | WaiverRevoked
    | TokenIssued
    | TokenRevoked
    | KeyTold
    | Published
    | Withdrew
    | Stated
    | LookedUp
    | Forgotten
)

_DECODER = msgspec.json.Decoder(Event)


def encode(event: Event) -> bytes:
    """The bytes of one ledger entry: the event's canonical form, its format and its engine always said."""
    said: dict[str, Any] = {
        "v": event.v,
        "engine": event.engine,
        "machine": event.machine,
        "documents": list(event.documents),
    }
    return canonical_json({**said, **msgspec.to_builtins(event)})


def decode(entry: bytes) -> Event:
    """Read a ledger entry. Raises `InvalidInput` for bytes that are no event, or one of another format."""
    try:
        event: Event = _DECODER.decode(entry)
    except msgspec.MsgspecError as error:
        raise InvalidInput(f"not a ledger entry: {error}") from error
    if event.v != FORMAT:
        raise InvalidInput(f"an entry of format {event.v}; this engine reads format {FORMAT}", advice="update Pratique")
    return event


def event_of(entry: bytes) -> Event | None:
    """The event an entry records, None for bytes that are no event of ours: the tree holds them all the same."""
    try:
        return decode(entry)
    except InvalidInput:
        return None


def decision_id(decision: Decision, offered: str = "") -> str:
    """The id of a decision (`identifier`), over everything decided but the moment, and the version that was offered.

    The same refusal asked for twice has the same id, so that a person can quote it whichever attempt it came from.
    """
    decided = [decision.artifact, decision.scope, decision.verdict, decision.evidence, decision.policy, offered]
    return identifier(hashlib.sha256(canonical(decided)).digest())
