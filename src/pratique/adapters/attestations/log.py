"""Whether a transparency log took an entry, and when: its promise, and its proof where there is one (Rekor v1).

The time by which certificates are judged is the one that the log signed. Both of its statements are checked where both are
there: the promise (signed entry timestamp) is over body, time and number; the proof leads to the head of a tree (RFC 9162,
section 2.1.3.2) that the log has signed (C2SP tlog-checkpoint).
"""

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from pratique.adapters.attestations.anchors import Anchors, Key
from pratique.adapters.attestations.envelope import signed_by
from pratique.adapters.attestations.refusal import Refused, require
from pratique.adapters.attestations.wire import InclusionProof, KindVersion, LogEntry, number, octets
from pratique.errors import Tampered
from pratique.model import limits
from pratique.model.canonical import canonical_json
from pratique.model.provenance import Logged, Reason
from pratique.record.merkle import leaf_hash, verify_inclusion

_SECONDS_MAX: Final = 253_402_300_799
"""The last second of the year 9999."""
_HINT_BYTES: Final = 4
_DASH: Final = "\u2014 "
_CHECKPOINT_LINES_MIN: Final = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry that a known log took: what it is about (`body`, of the kind `kind`), its number, and the time, in UTC."""

    kind: KindVersion
    body: bytes
    index: int
    moment: datetime
    evidence: Logged


def check_entry(entries: list[LogEntry], anchors: Anchors, *, proof_needed: bool) -> Entry:
    """The one entry, checked. Raises `Refused`: log-entries, log-key-…, log-promise, inclusion-proof, checkpoint."""
    require(len(entries) == 1, Reason.LOG_ENTRIES, f"there are {len(entries)} log entries, and one is required")
    told = entries[0]
    log_id = octets(told.log_id.key_id, "the id of the log")
    body = octets(told.canonicalized_body, "the body of the log entry")
    seconds = number(told.integrated_time, "the time of the log entry")
    index = number(told.log_index, "the number of the log entry")
    log = anchors.logs.get(log_id)
    if log is None:
        raise Refused(Reason.LOG_KEY_UNKNOWN, f"no log of the trusted root has the key {log_id.hex()[:16]}")
    require(seconds <= _SECONDS_MAX, Reason.MALFORMED, "the time of the log entry is none")
    moment = datetime.fromtimestamp(seconds, UTC)
    require(log.window.covers(moment), Reason.LOG_KEY_TIME, f"the key of the log does not count at {moment:%Y-%m-%d}")
    _check_promise(
        told,
        log,
        {"body": b64encode(body).decode(), "integratedTime": seconds, "logID": log_id.hex(), "logIndex": index},
    )
    evidence = Logged.LOG_PROMISE
    if told.inclusion_proof is not None and (proof_needed or told.inclusion_proof.checkpoint is not None):
        _check_proof(told.inclusion_proof, body, log_id, log)
        evidence = Logged.INCLUSION_PROOF
    require(
        not proof_needed or evidence is Logged.INCLUSION_PROOF,
        Reason.INCLUSION_PROOF,
        "nothing proves that the log took the entry",
    )
    return Entry(told.kind_version, body, index, moment, evidence)


def _check_promise(told: LogEntry, log: Key, promised: dict[str, str | int]) -> None:
    if told.inclusion_promise is None:
        raise Refused(Reason.LOG_PROMISE, "the log has not signed when it took the entry")
    signature = octets(told.inclusion_promise.signed_entry_timestamp, "the promise of the log")
    require(
        signed_by(log.public, signature, canonical_json(promised)),
        Reason.LOG_PROMISE,
        "the log has not signed this entry, time and number",
    )


def _check_proof(told: InclusionProof, body: bytes, log_id: bytes, log: Key) -> None:
    many = len(told.hashes) > limits.ATTESTATION_PROOF_HASHES_MAX
    require(not many, Reason.INCLUSION_PROOF, f"the proof has more than {limits.ATTESTATION_PROOF_HASHES_MAX} hashes")
    index, size = number(told.log_index, "the place in the tree"), number(told.tree_size, "the size of the tree")
    root = octets(told.root_hash, "the root of the tree")
    hashes = [octets(each, "a hash of the proof") for each in told.hashes]
    try:
        verify_inclusion(leaf_hash(body), index, size, hashes, root)
    except Tampered as error:
        raise Refused(
            Reason.INCLUSION_PROOF, "the proof does not lead from this entry to the root of the tree"
        ) from error
    if told.checkpoint is None:
        raise Refused(Reason.CHECKPOINT, "nobody has signed the root of the tree")
    _check_checkpoint(told.checkpoint.envelope, size, root, log_id, log)


def _check_checkpoint(note: str, size: int, root: bytes, log_id: bytes, log: Key) -> None:
    require(len(note) <= limits.ATTESTATION_CHECKPOINT_CHARACTERS_MAX, Reason.CHECKPOINT, "the checkpoint is too long")
    text, blank, block = note.partition("\n\n")
    lines = text.split("\n")
    whole = bool(blank) and block.endswith("\n") and len(lines) >= _CHECKPOINT_LINES_MIN and bool(lines[0])
    require(whole, Reason.CHECKPOINT, "the checkpoint is no signed note")
    same = lines[1] == str(size) and lines[2] == b64encode(root).decode()
    require(same, Reason.CHECKPOINT, "the checkpoint is about another tree")
    signatures = _signatures(block, log_id[:_HINT_BYTES])
    signed = any(signed_by(log.public, each, f"{text}\n".encode()) for each in signatures)
    require(signed, Reason.CHECKPOINT, "the log has not signed the checkpoint")


def _signatures(block: str, hint: bytes) -> list[bytes]:
    """The signatures of a note whose lines carry the hint of the log's key; those of witnesses carry others."""
    lines = block.splitlines()
    require(
        len(lines) <= limits.ATTESTATION_CHECKPOINT_SIGNATURES_MAX,
        Reason.CHECKPOINT,
        "too many have signed the checkpoint",
    )
    found = []
    for line in lines:
        parts = line.removeprefix(_DASH).split(" ")
        well = line.startswith(_DASH) and len(parts) == len(("name", "signature"))
        require(well, Reason.CHECKPOINT, "a line of the checkpoint is no signature")
        blob = octets(parts[1], "a signature of the checkpoint")
        if blob[:_HINT_BYTES] == hint:
            found.append(blob[_HINT_BYTES:])
    return found
