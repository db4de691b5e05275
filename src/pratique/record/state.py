"""What is in force, as the ledger has it: rows of named views, each a function of the entries and nothing else.

`changes_of` says what an entry changes. Whoever appends the entry hands the same changes to the store, in one commit; whoever
verifies the ledger makes them again and holds the result against the rows. The one view that no entry makes is `PERSON`:
the salts and names behind the digests by which people are known, which can be destroyed.
"""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, TypeAlias, assert_never

import msgspec

from pratique.errors import InvalidInput, NotFound, NotRecorded, Tampered
from pratique.model.artifact import Digest
from pratique.model.canonical import canonical
from pratique.model.decision import Verdict
from pratique.model.event import (
    AdvisoriesImported,
    AskedElsewhere,
    CameElsewhere,
    Decided,
    Event,
    FileSeen,
    FirstSeen,
    Forgotten,
    KeyTold,
    LookedUp,
    PolicyLoaded,
    Published,
    Requested,
    Scanned,
    Stated,
    Steered,
    TokenIssued,
    TokenRevoked,
    Waived,
    WaiverRevoked,
    Withdrew,
)
from pratique.model.own_file import KeptStatement
from pratique.model.sight import Remembered
from pratique.model.token import Token
from pratique.record.entry import Documents, Head

Key: TypeAlias = tuple[str, ...]


class View(StrEnum):
    """Kinds of rows, and what their keys are made of."""

    WAIVER = "waiver"
    """Waivers in force: id -> `Waiver`."""
    USE = "use"
    """Uses of waivers: waiver id, file, actor, machine, day -> nothing."""
    TOKEN = "token"  # noqa: S105 - a name
    """Access tokens in force: digest -> `Token`."""
    KEY = "key"
    """Keys of statements, those that are retired or revoked included: id -> `SigningKey`."""
    FILE = "file"
    """The own index: its name, project, file name -> `OwnFile`."""
    PLACE = "place"
    """What places of the own index are taken by, for good: index and place, digest -> nothing."""
    STATEMENT = "statement"
    """Statements about files of the own index: digest of the file, digest of the envelope -> `KeptStatement`."""
    SEEN = "seen"
    """First sights: index, project, file name -> `Remembered`."""
    SCAN = "scan"
    """Scans: digest of the file, digest of the rules -> digest of the document."""
    PAGE = "page"
    """What was last recorded as held back: scope, kind, project, actor, machine -> `Steered.decisions`."""
    TOLD = "told"
    """Refusals that were recorded, and need not be again: decision id, requested, actor, machine -> nothing."""
    PERSON = "person"
    """Who is behind a salted digest: name -> salt."""


class Put(msgspec.Struct, frozen=True, gc=False):
    """Write a row, whatever was there."""

    view: View
    key: Key
    value: bytes


class Add(msgspec.Struct, frozen=True, gc=False):
    """Write a row unless it is there: the first counts.

    With `most` (not 0) the commit is refused when there would then be more than `most` rows under the first part of the key.
    """

    view: View
    key: Key
    value: bytes = b""
    most: int = 0


class Delete(msgspec.Struct, frozen=True, gc=False):
    """Remove the rows whose keys begin with `key`. The commit is refused when there is none, unless `lenient`."""

    view: View
    key: Key
    lenient: bool = False


Change: TypeAlias = Put | Add | Delete

Rows: TypeAlias = dict[str, dict[Key, bytes]]
"""Rows by view and key."""

_CONTROL: Final = re.compile(r"[\x00-\x1f]")
_FILES: Final = msgspec.json.Decoder(tuple[FileSeen, ...])
_STATEFUL: Final = frozenset(
    {
        "steered",
        "first-seen",
        "scanned",
        "waived",
        "waiver-revoked",
        "token-issued",
        "token-revoked",
        "key-told",
        "published",
        "withdrew",
        "stated",
        "forgotten",
    }
)


def stateful(head: Head) -> bool:
    """Whether an entry may change what is in force or who is known, told from its head."""
    if head.type == "decided":
        return bool(head.used) or head.requested != Requested.FILE or head.enforced != Verdict.ALLOW
    return head.type in _STATEFUL


def changes_of(event: Event, documents: Documents) -> Sequence[Change]:
    """What an entry changes; `documents` holds at least the list of files of a first sight."""
    changes: Sequence[Change] = ()
    match event:
        case Decided():
            changes = _decided(event)
        case Steered():
            changes = (Put(View.PAGE, page_key(event), event.decisions.encode()),)
        case FirstSeen():
            changes = tuple(_seen(event, documents[event.files]))
        case Scanned():
            changes = (Put(View.SCAN, (event.digest, event.rules), event.scan.encode()),)
        case Waived() | WaiverRevoked() | TokenIssued() | TokenRevoked():
            changes = tuple(_granted(event))
        case KeyTold() | Published() | Withdrew() | Stated():
            changes = tuple(_own(event))
        case PolicyLoaded() | AdvisoriesImported() | AskedElsewhere() | CameElsewhere() | LookedUp() | Forgotten():
            pass
        case _:
            assert_never(event)
    return changes


def page_key(event: Steered) -> Key:
    """Where a page's last telling is kept."""
    return event.scope.name, event.kind, event.project, event.actor.name, event.machine


def told_key(event: Decided) -> Key:
    """Where a decision that need not be recorded again is kept: that of a page whoever asked, any other for its requester."""
    if event.requested is Requested.PAGE:
        return event.id, event.requested
    return event.id, event.requested, event.actor.name, event.machine


def use_key(event: Decided, waiver: str) -> Key:
    """One use of a waiver: one file, one requester, one day (UTC)."""
    return waiver, event.artifact.file or event.artifact.label, event.actor.name, event.machine, f"{event.at:%Y-%m-%d}"


def _decided(event: Decided) -> tuple[Change, ...]:
    uses = tuple(Add(View.USE, use_key(event, use.waiver), most=use.uses_max) for use in event.used)
    served = event.requested is Requested.FILE and event.enforced is Verdict.ALLOW
    return uses if served else (*uses, Add(View.TOLD, told_key(event)))


def _granted(event: Waived | WaiverRevoked | TokenIssued | TokenRevoked) -> Iterable[Change]:
    """What somebody was granted, or no longer is."""
    match event:
        case Waived():
            yield Delete(View.USE, (event.waiver.id,), lenient=True)
            yield Put(View.WAIVER, (event.waiver.id,), canonical(event.waiver))
        case WaiverRevoked():
            yield Delete(View.USE, (event.waiver,), lenient=True)
            yield Delete(View.WAIVER, (event.waiver,))
        case TokenIssued():
            token = Token(event.token, event.holder, event.scope, event.expires, event.publishes)
            yield Put(View.TOKEN, (event.token,), canonical(token))
        case TokenRevoked():
            yield Delete(View.TOKEN, (event.token,))
        case _:
            assert_never(event)


def place_key(index: str, place: str, digest: Digest) -> Key:
    """What a place of the own index is taken by: its first part may have one row."""
    return f"{index}/{place}", digest


def _own(event: KeyTold | Published | Withdrew | Stated) -> Iterable[Change]:
    """The rows of the own index, and of what is signed of it."""
    match event:
        case KeyTold():
            yield Put(View.KEY, (event.key.id,), canonical(event.key))
        case Published():
            file = event.file
            yield Add(View.PLACE, place_key(event.index, event.place, file.digest), most=1)
            yield Put(View.FILE, (event.index, file.project, file.filename), canonical(file))
        case Withdrew():
            yield Put(View.FILE, (event.index, event.file.project, event.file.filename), canonical(event.file))
        case Stated():
            kept = KeptStatement(event.predicate, event.at)
            subject = event.artifact.digest or Digest("")
            yield Put(View.STATEMENT, (subject, event.statement), canonical(kept))
        case _:
            assert_never(event)


def _seen(event: FirstSeen, files: bytes) -> Iterable[Change]:
    try:
        lines = _FILES.decode(files)
    except msgspec.MsgspecError as error:
        raise Tampered("document-changed", f"{event.files} is no list of files: {error}") from error
    for line in lines:
        known = Remembered(line.filename, line.version, line.digest, line.path, event.at)
        yield Add(View.SEEN, (event.index, event.project, line.filename), msgspec.json.encode(known))


def begins(key: Key, prefix: Key) -> bool:
    """Whether a key is a prefix or lies below it."""
    return key[: len(prefix)] == prefix


def apply(rows: Rows, change: Change) -> None:
    """Make one change. Raises `NotFound` and `NotRecorded`, as a store does."""
    view = rows.setdefault(change.view, {})
    match change:
        case Put():
            view[change.key] = change.value
        case Add():
            if change.key not in view:
                if change.most:
                    refuse_too_many(change, sum(1 for key in view if key[0] == change.key[0]))
                view[change.key] = change.value
        case Delete():
            gone = [change.key] if change.key in view else [key for key in view if begins(key, change.key)]
            refuse_missing(change, len(gone))
            for key in gone:
                del view[key]
        case _:
            assert_never(change)


def refuse_too_many(change: Add, count: int) -> None:
    """Raises `NotRecorded` when a row more would be one too many; `count` is how many there are."""
    if change.most and count >= change.most:
        raise NotRecorded(f"{change.view} {change.key[0]} is used up", advice="ask again; it no longer counts")


def refuse_missing(change: Delete, count: int) -> None:
    """Raises `NotFound` when nothing is there to be removed; `count` is how many rows are."""
    if not count and not change.lenient:
        raise NotFound(f"there is no {change.view} {change.key[0]}")


def joined(key: Key) -> str:
    """A key as one text that sorts as its parts do. Raises `InvalidInput` for parts with control characters."""
    text, parts = "\x1f".join(key), "".join(key)
    if parts.isprintable():  # nearly always, and told faster
        return text
    if _CONTROL.search(parts):
        raise InvalidInput("a name with control characters cannot be kept")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput("a name that is no Unicode text cannot be kept") from error
    return text


def parted(text: str) -> Key:
    """The parts of a joined key."""
    return tuple(text.split("\x1f"))
