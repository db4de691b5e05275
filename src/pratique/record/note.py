"""Signed notes (C2SP signed-note): a text, a blank line, and signature lines by named keys. Ed25519 only."""

import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pratique.errors import InvalidInput, Tampered
from pratique.record.text import decoded, encoded

_ED25519: Final = b"\x01"
_KEY_BYTES: Final = 32
_HINT_BYTES: Final = 4
_DASH: Final = "\u2014"
NOTE_CHARACTERS_MAX: Final = 64 * 1024
_SIGNATURES_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public half of a key, by the name it signs under."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Read `<name>+<hash>+<key>`. Raises `InvalidInput`."""
        name, _, rest = text.strip().partition("+")
        hint, _, public = rest.partition("+")
        try:
            blob = decoded(public)
        except InvalidInput as error:
            raise InvalidInput("a verifier key is written <name>+<hash>+<key in base 64>") from error
        if blob[:1] != _ED25519 or len(blob) != 1 + _KEY_BYTES:
            raise InvalidInput("only Ed25519 verifier keys are understood")
        key = cls(name, blob[1:])
        if not valid_name(name) or key.hint.hex() != hint:
            raise InvalidInput("the verifier key does not match its own hash")
        return key

    @property
    def hint(self) -> bytes:
        """The four bytes by which signatures name their key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_HINT_BYTES]

    @property
    def id(self) -> str:
        """Name and hint, by which people tell keys apart."""
        return f"{self.name}+{self.hint.hex()}"

    def __str__(self) -> str:
        return f"{self.id}+{encoded(_ED25519 + self.public)}"


def sign(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """A signed note over `text`, which ends in a newline. Raises `InvalidInput` for what cannot be signed."""
    if not text.endswith("\n") or not valid_name(name):
        raise InvalidInput("a note's text ends in a newline, and its key name has no spaces and no plus sign")
    verifier = VerifierKey(name, key.public_key().public_bytes_raw())
    return f"{text}\n{_DASH} {name} {encoded(verifier.hint + key.sign(text.encode()))}\n"


def open_note(note: str, key: VerifierKey) -> str:
    """The text of a note signed by `key`.

    Raises `InvalidInput` for what is no note, and `Tampered` (`checkpoint-forged`) when the key did not sign it.
    """
    text, signatures = _parts(note)
    signed = False
    for line in signatures:
        name, blob = _signature(line)
        if name == key.name and blob[:_HINT_BYTES] == key.hint:
            try:
                Ed25519PublicKey.from_public_bytes(key.public).verify(blob[_HINT_BYTES:], text.encode())
            except InvalidSignature as error:
                raise Tampered("checkpoint-forged", f"the signature of {name} does not fit the text") from error
            signed = True
    if not signed:
        raise Tampered("checkpoint-forged", f"the note is not signed by {key.name}")
    return text


def text_of(note: str) -> str:
    """The text of a note, whoever signed it. Raises `InvalidInput` for what is no note."""
    return _parts(note)[0]


def _parts(note: str) -> tuple[str, list[str]]:
    """The text and the signature lines."""
    if len(note) > NOTE_CHARACTERS_MAX or any(character < " " and character != "\n" for character in note):
        raise InvalidInput("a note is a short text without control characters")
    text, blank, lines = note.rpartition("\n\n")
    signatures = lines.split("\n")
    if not blank or signatures.pop() or not 0 < len(signatures) <= _SIGNATURES_MAX:
        raise InvalidInput("a note ends in signature lines behind a blank line")
    return text + "\n", signatures


def _signature(line: str) -> tuple[str, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != _DASH:  # noqa: PLR2004 - dash, name, signature
        raise InvalidInput("a signature line is a dash, a key name and a signature")
    blob = decoded(parts[2])
    if len(blob) <= _HINT_BYTES:
        raise InvalidInput("a signature is longer than its key hash")
    return parts[1], blob


def valid_name(name: str) -> bool:
    """Whether a key, and so a log, can be called so (C2SP signed-note)."""
    return bool(name) and "+" not in name and not any(character.isspace() for character in name)
