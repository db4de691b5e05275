"""Entries of the ledger in a line, in sentences, and as JSON."""

import json
from typing import Any

import msgspec

from pratique.flow.record.find import Found
from pratique.model.decision import Verdict
from pratique.model.event import (
    AdvisoriesImported,
    AskedElsewhere,
    CameElsewhere,
    Decided,
    Event,
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
from pratique.model.scope import Mode
from pratique.model.text import clean

WORDS = {Verdict.ALLOW: "ok", Verdict.HOLD: "held", Verdict.DENY: "stopped"}
_ASKED = {
    Requested.FILE: "file",
    Requested.PART: "part of the file",
    Requested.METADATA: "metadata of the file",
    Requested.PAGE: "place on the page of the file",
}
_UNREADABLE = "this engine cannot read it: it is no event of Pratique, or one of a newer format"


def told(found: Found) -> dict[str, Any]:
    """An entry for a program: its index and what it records as it is written; `text` where it is no event."""
    if found.event is None:
        return {"index": found.index, "event": None, "text": found.data.decode(errors="backslashreplace")}
    return {"index": found.index, "event": json.loads(found.data)}


def line(found: Found) -> str:
    """An entry in one line."""
    event = found.event
    if event is None:
        return f"{found.index:>7}  {'':<19}  unreadable: {len(found.data)} bytes that are no event of this format"
    when = f"{found.index:>7}  {event.at:%Y-%m-%d %H:%M:%S}"
    match event:
        case Decided():
            note = "" if event.mode is Mode.ENFORCE else f" ({event.mode})"
            file = event.artifact.file or event.artifact.label
            word = WORDS[event.verdict]
            return f"{when}  {word:<8} {event.id}  {event.scope.name:<12} {event.requested:<8} {file}{note}"
        case _:
            return f"{when}  {_what(event)}"


def sentences(found: Found) -> str:
    """An entry in sentences, one a line."""
    event = found.event
    if event is None:
        return f"Entry {found.index} has {len(found.data)} bytes; {_UNREADABLE}."
    client = f" with {event.actor.client}" if event.actor.client else ""
    machine = f" on the machine {event.machine}" if event.machine else ""
    lines = [f"Entry {found.index}, {event.at:%a %d %b %Y %H:%M:%S} UTC, written by {event.engine}."]
    if isinstance(event, Decided):
        lines += _decided(event)
    else:
        lines.append(f"{_what(event)[:1].upper()}{_what(event)[1:]}.")
    lines.append(f"It was the {event.actor.kind} {event.actor.name}{client}{machine}.")
    lines += [f"It names the document {digest}." for digest in event.documents]
    return "\n".join(lines)


def _decided(event: Decided) -> list[str]:
    file = event.artifact.file or event.artifact.label
    lines = [
        f"Asked for the {_ASKED[event.requested]} {file} ({event.artifact.purl}) in the scope {event.scope.name}.",
        f"Decision {event.id}: {WORDS[event.verdict]}; the scope is set to {event.mode}, so it was "
        + ("let in." if event.enforced is Verdict.ALLOW else "kept out."),
    ]
    if event.digest:
        lines.append(f"Its digest: {event.digest}.")
    lines += [
        f"  {WORDS[each.verdict]:<8} {each.condition:<14} {each.why}"
        + (f" (waiver {each.waiver})" if each.waiver else "")
        for each in event.reasons
    ]
    if event.reasons_in:
        lines.append(f"Its reasons are many, and stand in the document {event.reasons_in}: pratique explain {event.id}")
    if event.offered:
        lines.append(f"Offered instead: {event.artifact.name} {event.offered}.")
    lines += [f"This counts as a use of the waiver {each.waiver}." for each in event.used]
    return lines


def _what(event: Event) -> str:
    """What happened, in a clause."""
    about = str(type(event).__struct_config__.tag)
    match event:
        case Steered():
            about += f"  {event.project}: {event.held_count} of {event.files_count} files held back"
        case FirstSeen():
            about += f"  {event.project} at {event.index}: {event.files_count} new files"
        case Scanned():
            about += f"  {event.digest}"
        case PolicyLoaded():
            about += f"  a gate was opened under {event.policy}"
        case AskedElsewhere():
            about += f"  {event.host}: {'let through' if event.let_through else 'kept out'}"
        case CameElsewhere():
            about += "  " + ", ".join(f"{each.name} {each.version} ({each.kind})" for each in event.packages[:3])
        case KeyTold() | Published() | Withdrew() | Stated():
            about += f"  {_own(event)}"
        case _:
            about += f"  {_named(event)}"
    return about


def _own(event: KeyTold | Published | Withdrew | Stated) -> str:
    """What happened to the organisation's own index."""
    match event:
        case KeyTold():
            key = event.key
            state = f"revoked: {clean(key.why)}" if key.revoked else "retired" if key.retired else "trusted"
            return f"{key.id} for {' and '.join(key.may)}: {state}"
        case Published():
            return f"{event.file.filename} to {event.index}"
        case Withdrew():
            file = event.file
            how = f"deleted: {clean(file.deleted)}" if file.deleted else f"yanked: {clean(file.yanked)}"
            return f"{file.filename} at {event.index}, {how if file.deleted or file.yanked else 'no longer yanked'}"
        case Stated():
            return f"{event.predicate} of {event.artifact.file}"


def _named(
    event: LookedUp | Forgotten | Decided | Waived | WaiverRevoked | AdvisoriesImported | TokenIssued | TokenRevoked,
) -> str:
    """Whom or what an event is about, by its name."""
    match event:
        case AdvisoriesImported():
            new = f"{event.added} new, {event.changed} other, {event.removed} gone"
            return f"{event.feed}: {event.records} records, {new}"
        case LookedUp() | Forgotten():
            return event.person
        case TokenIssued():
            return f"to {event.holder.name} for the scope {event.scope}"
        case Decided():
            return event.id
        case WaiverRevoked() | TokenRevoked():
            return event.waiver if isinstance(event, WaiverRevoked) else event.token
        case Waived():
            waiver = event.waiver
            what = f"the finding {waiver.finding}" if waiver.finding else waiver.condition
            return f"{waiver.id}: {what} for {waiver.package} until {waiver.expires:%Y-%m-%d}"


def json_lines(values: list[dict[str, Any]]) -> str:
    """Values as JSON Lines: one a line."""
    return "\n".join(msgspec.json.encode(value).decode() for value in values)
