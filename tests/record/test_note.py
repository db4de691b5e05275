"""Signed notes: the published example of C2SP signed-note, and what is refused."""

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.errors import InvalidInput, Tampered
from pratique.record.note import NOTE_CHARACTERS_MAX, VerifierKey, open_note, sign, text_of

VECTORS = json.loads((Path(__file__).parent / "vectors" / "c2sp.json").read_text())
KEY = VerifierKey.parse(VECTORS["verifier_key"])
NOTE: str = VECTORS["note"]
OURS = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OUR_KEY = VerifierKey("ledger.example/a", OURS.public_key().public_bytes_raw())


def test_the_published_note_opens() -> None:
    assert open_note(NOTE, KEY) == "This is an example message.\n"
    assert str(KEY) == VECTORS["verifier_key"]


def test_an_altered_text_does_not_open() -> None:
    with pytest.raises(Tampered, match="checkpoint-forged"):
        open_note(NOTE.replace("example message", "altered message"), KEY)


def test_an_altered_signature_does_not_open() -> None:
    with pytest.raises(Tampered, match="checkpoint-forged"):
        open_note(NOTE.replace("2ONncAl", "2ONncAm"), KEY)


def test_a_note_of_another_key_does_not_open() -> None:
    with pytest.raises(Tampered, match="not signed by"):
        open_note(NOTE, OUR_KEY)
    with pytest.raises(Tampered, match="not signed by"):
        open_note(NOTE, VerifierKey(KEY.name, OUR_KEY.public))


def test_what_we_sign_opens_and_signatures_of_others_are_passed_over() -> None:
    text = "first line\n\nafter an empty line, \u00e9\n"
    note = sign(text, OUR_KEY.name, OURS)
    assert open_note(note, OUR_KEY) == text
    other = sign(text, "witness.example/w", Ed25519PrivateKey.generate()).removeprefix(f"{text}\n")
    assert open_note(note + other, OUR_KEY) == text
    assert open_note(f"{text}\n{other}" + note.removeprefix(f"{text}\n"), OUR_KEY) == text
    assert text_of(note) == text


def test_a_second_signature_by_our_key_must_hold_too() -> None:
    note = sign("text\n", OUR_KEY.name, OURS)
    false = sign("other\n", OUR_KEY.name, OURS).removeprefix("other\n\n")
    with pytest.raises(Tampered, match="does not fit"):
        open_note(note + false, OUR_KEY)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n\u2014 name c2ln",
        "text\n\n- name c2lnbmF0dXJl\n",
        "text\n\n\u2014 name\n",
        "text\n\n\u2014 name not-base64!\n",
        "text\n\n\u2014 name c2ln\n",
        "text\n\n\u2014 name c2lnbg==\n",
        "te\tt\n\n\u2014 name c2lnbmF0dXJl\n",
        "text\r\n\n\u2014 name c2lnbmF0dXJl\n",
        "text\n\n" + "\u2014 name c2lnbmF0dXJl\n" * 101,
        "x" * 70_000 + "\n\n\u2014 name c2lnbmF0dXJl\n",
    ],
)
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(InvalidInput):
        open_note(note, OUR_KEY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
        "example.com/foo+530d903a+AOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=",
        "example.com/foo+530d903a+not base 64",
        "example.com/ foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ],
)
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        VerifierKey.parse(text)


def test_only_a_whole_text_under_a_plain_name_is_signed() -> None:
    for text, name in (("no end", "name"), ("text\n", "a name"), ("text\n", "a+name"), ("text\n", "")):
        with pytest.raises(InvalidInput):
            sign(text, name, OURS)


def test_the_key_hash_is_the_beginning_of_a_digest_over_name_and_key() -> None:
    name, hint, key = VECTORS["verifier_key"].split("+", 2)
    assert (KEY.name, KEY.hint.hex(), KEY.public) == (name, hint, base64.b64decode(key)[1:])


def test_a_note_is_read_up_to_its_limits() -> None:
    other = "\u2014 name c2lnbmF0dXJl\n"
    note = sign("text\n", OUR_KEY.name, OURS)
    assert open_note(note + other * 99, OUR_KEY) == "text\n"
    ends = sign("\n", OUR_KEY.name, OURS)
    text = "x" * (NOTE_CHARACTERS_MAX - len(ends)) + "\n"
    full = sign(text, OUR_KEY.name, OURS)
    assert len(full) == NOTE_CHARACTERS_MAX
    assert open_note(full, OUR_KEY) == text
