"""Statements that count, and each way in which one does not."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.canonical import canonical_json, digest_of
from pratique.model.scope import ScopeName
from pratique.model.statement import (
    Approval,
    Counts,
    CountsNot,
    Examined,
    Flaw,
    Predicate,
    Publish,
    Review,
    SigningKey,
)
from pratique.record.note import VerifierKey
from pratique.record.statement import envelope_of, examine, payload_of, signed_bytes
from pratique.record.text import decoded, encoded
from tests.conftest import DAY, NOW

FILE = "acme_core-1.0-py3-none-any.whl"
DIGEST = digest_of(b"the bytes of a wheel")
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
REVIEW = Review(NOW, Approval.APPROVED, (ScopeName("ci"),), "SEC-7", "read all of it", NOW + DAY)


def trusted(
    name: str = "ann",
    key: Ed25519PrivateKey = PRIVATE,
    may: tuple[Predicate, ...] = (Predicate.REVIEW,),
    retired: datetime | None = None,
    revoked: datetime | None = None,
) -> SigningKey:
    public = str(VerifierKey(name, key.public_key().public_bytes_raw()))
    return SigningKey(public, may, NOW, retired, revoked, "stolen" if revoked else "")


KEY = trusted()


def signed(payload: bytes | None = None, key: Ed25519PrivateKey = PRIVATE, key_id: str = KEY.id) -> bytes:
    return envelope_of(payload or payload_of(FILE, DIGEST, REVIEW), key_id, key.sign)


def examined(
    envelope: bytes, key: SigningKey = KEY, *, file: str = FILE, digest: Digest = DIGEST, now: datetime = NOW
) -> Examined:
    return examine(envelope, file, digest, keys={key.id: key}, recorded=NOW, now=now)


def changed(payload: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    told = json.loads(payload)
    change(told)
    return canonical_json(told)


def reviewed(change: Callable[[dict[str, Any]], object]) -> bytes:
    """A statement with something other in it, signed by the right key all the same."""
    return signed(changed(payload_of(FILE, DIGEST, REVIEW), change))


def wrapped(change: Callable[[dict[str, Any]], object]) -> bytes:
    """A right statement whose envelope says something other."""
    return changed(signed(), change)


def of_type(kind: str) -> bytes:
    """A statement that was signed as something of another type, and says so."""
    told = json.loads(signed())
    told["payloadType"] = kind
    told["signatures"][0]["sig"] = encoded(PRIVATE.sign(signed_bytes(decoded(told["payload"]), kind)))
    return canonical_json(told)


def test_a_review_and_a_publication_count_and_say_by_whom() -> None:
    assert examined(signed()) == Counts("ann", REVIEW)
    published = Publish(NOW, "git+https://git.example/acme@1a2b")
    key = trusted("build-farm", may=(Predicate.PUBLISH,))
    found = examined(signed(payload_of(FILE, DIGEST, published), key_id=key.id), key)
    assert found == Counts("build-farm", published)
    assert isinstance(found, Counts)
    assert found.predicate is Predicate.PUBLISH


def test_the_envelope_is_that_of_the_specification() -> None:
    told = json.loads(signed())
    assert set(told) == {"payload", "payloadType", "signatures"}
    payload = decoded(told["payload"])
    statement = json.loads(payload)
    assert told["payloadType"] == "application/vnd.in-toto+json"
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["subject"] == [{"name": FILE, "digest": {"sha256": DIGEST.removeprefix("sha256:")}}]
    kind = b"application/vnd.in-toto+json"
    PRIVATE.public_key().verify(
        decoded(told["signatures"][0]["sig"]), b"DSSEv1 28 %s %d %s" % (kind, len(payload), payload)
    )


def flipped(envelope: bytes, place: str) -> bytes:
    """One bit of the payload or of the signature is another."""

    def flip(told: dict[str, Any]) -> None:
        holder = told if place == "payload" else told["signatures"][0]
        content = bytearray(decoded(holder[place]))
        content[len(content) // 2] ^= 1
        holder[place] = encoded(bytes(content))

    return changed(envelope, flip)


def spaced(payload: bytes) -> bytes:
    return payload.replace(b":", b": ", 1)


def twice(payload: bytes) -> bytes:
    return payload.replace(b'{"_type"', b'{"_type":"x","_type"', 1)


WRONG: Mapping[str, tuple[bytes, Flaw]] = {
    "another file's name": (signed(payload_of("acme_core-1.1-py3-none-any.whl", DIGEST, REVIEW)), Flaw.SUBJECT),
    "other bytes": (signed(payload_of(FILE, digest_of(b"other"), REVIEW)), Flaw.SUBJECT),
    "no subject": (reviewed(lambda told: told.update(subject=[])), Flaw.SUBJECT),
    "two subjects": (reviewed(lambda told: told["subject"].append(told["subject"][0])), Flaw.SUBJECT),
    "one digest more": (reviewed(lambda told: told["subject"][0]["digest"].update(sha1="0")), Flaw.SUBJECT),
    "another payload type, under the signature too": (of_type("application/json"), Flaw.PAYLOAD_TYPE),
    "another payload type": (wrapped(lambda told: told.update(payloadType="text/plain")), Flaw.PAYLOAD_TYPE),
    "another statement type": (reviewed(lambda told: told.update(_type="v0.1")), Flaw.STATEMENT_TYPE),
    "another predicate type": (reviewed(lambda told: told.update(predicateType="vibes")), Flaw.PREDICATE),
    "a predicate of another shape": (reviewed(lambda told: told.update(predicate={})), Flaw.PREDICATE),
    "a word more in it": (reviewed(lambda told: told["predicate"].update(also="this")), Flaw.PREDICATE),
    "a decision that is none": (reviewed(lambda told: told["predicate"].update(decision="maybe")), Flaw.PREDICATE),
    "no time zone": (reviewed(lambda told: told["predicate"].update(at="2026-03-24T12:00:00")), Flaw.PREDICATE),
    "somebody says no": (reviewed(lambda told: told["predicate"].update(decision="refused")), Flaw.REFUSED),
    "a flipped bit in the payload": (flipped(signed(), "payload"), Flaw.SIGNATURE),
    "a flipped bit in the signature": (flipped(signed(), "sig"), Flaw.SIGNATURE),
    "another key that says it is this one": (signed(key=OTHER), Flaw.SIGNATURE),
    "a key that nobody knows": (signed(key=OTHER, key_id=trusted("eve", OTHER).id), Flaw.KEY_UNKNOWN),
    "no signature": (wrapped(lambda told: told.update(signatures=[])), Flaw.MALFORMED),
    "two signatures": (wrapped(lambda told: told["signatures"].append(told["signatures"][0])), Flaw.MALFORMED),
    "a word more in the envelope": (wrapped(lambda told: told.update(unsigned="x")), Flaw.MALFORMED),
    "no base 64": (wrapped(lambda told: told.update(payload="*")), Flaw.MALFORMED),
    "a payload with a space more": (signed(spaced(payload_of(FILE, DIGEST, REVIEW))), Flaw.MALFORMED),
    "a name that stands twice": (signed(twice(payload_of(FILE, DIGEST, REVIEW))), Flaw.MALFORMED),
    "an envelope with a space more": (spaced(signed()), Flaw.MALFORMED),
    "nothing": (b"", Flaw.MALFORMED),
    "deep": (b"[" * 10_000, Flaw.MALFORMED),
    "too long": (signed(reviewed(lambda t: t.update(x="x" * limits.STATEMENT_BYTES_MAX))), Flaw.MALFORMED),
}


@pytest.mark.parametrize(("envelope", "flaw"), WRONG.values(), ids=WRONG)
def test_what_is_not_right_counts_for_nothing_and_has_a_name(envelope: bytes, flaw: Flaw) -> None:
    found = examined(envelope)
    assert isinstance(found, CountsNot)
    assert found.flaw is flaw, found


KEYS: Mapping[str, tuple[SigningKey, Flaw]] = {
    "revoked later": (trusted(revoked=NOW + DAY), Flaw.KEY_REVOKED),
    "retired before it was recorded": (trusted(retired=NOW), Flaw.KEY_RETIRED),
    "for something else": (trusted(may=(Predicate.PUBLISH,)), Flaw.KEY_PURPOSE),
    "another of that name": (trusted(key=OTHER), Flaw.KEY_UNKNOWN),
}


@pytest.mark.parametrize(("key", "flaw"), KEYS.values(), ids=KEYS)
def test_a_key_that_does_not_count_makes_nothing_count(key: SigningKey, flaw: Flaw) -> None:
    found = examined(signed(), key)
    assert isinstance(found, CountsNot)
    assert found.flaw is flaw, found


def test_what_was_recorded_before_its_key_was_retired_goes_on_to_count() -> None:
    assert isinstance(examined(signed(), trusted(retired=NOW + DAY)), Counts)


def test_a_review_ends_at_its_moment_and_a_refusal_says_why() -> None:
    assert isinstance(examined(signed(), now=NOW + DAY - DAY / 86_400), Counts)
    late = examined(signed(), now=NOW + DAY)
    assert isinstance(late, CountsNot)
    assert (late.flaw, late.predicate, late.by) == (Flaw.EXPIRED, Predicate.REVIEW, "ann")
    no = msgspec.structs.replace(REVIEW, decision=Approval.REFUSED, note="it phones home")
    assert examined(signed(payload_of(FILE, DIGEST, no))) == CountsNot(
        Flaw.REFUSED, "it phones home", Predicate.REVIEW, "ann"
    )


@given(st.integers(0, len(signed()) - 1), st.integers(1, 255))
def test_no_other_byte_anywhere_counts(place: int, other: int) -> None:
    """One byte of the envelope is any other one."""
    envelope = bytearray(signed())
    envelope[place] ^= other
    assert isinstance(examined(bytes(envelope)), CountsNot)


@given(st.binary(max_size=300))
def test_whatever_comes_it_does_not_raise(noise: bytes) -> None:
    assert isinstance(examined(noise), CountsNot)
    assert isinstance(examined(signed(noise or b"x")), CountsNot)


def test_a_key_whose_text_has_plus_signs_is_known_by_its_name_and_hash() -> None:
    keys = [Ed25519PrivateKey.from_private_bytes(bytes([place] * 32)) for place in range(40)]
    publics = [VerifierKey("ann", key.public_key().public_bytes_raw()) for key in keys]
    assert any(str(each).count("+") > 2 for each in publics)
    for public, key in zip(publics, keys, strict=True):
        known = trusted(key=key)
        assert known.id == public.id
        assert isinstance(examined(signed(key=key, key_id=public.id), known), Counts)
