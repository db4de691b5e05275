"""Checkpoints: the size and root of a log, as the text of a signed note (C2SP tlog-checkpoint)."""

from dataclasses import dataclass
from typing import Final

from pratique.errors import InvalidInput, Tampered
from pratique.record.merkle import HASH_BYTES
from pratique.record.note import VerifierKey, open_note
from pratique.record.text import decoded, encoded

_SIZE_DIGITS_MAX: Final = 19


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself at one moment. `origin` names the log."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{encoded(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read the text of a checkpoint; lines behind the third are extensions and ignored. Raises `InvalidInput`."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() or not all(lines):  # noqa: PLR2004 - origin, size, root, and nothing behind the end
            raise InvalidInput("a checkpoint has an origin, a size and a root, each on a line of its own")
        origin, size, root = lines[:3]
        if not size.isascii() or not size.isdigit() or len(size) > _SIZE_DIGITS_MAX or str(int(size)) != size:
            raise InvalidInput("the size of a checkpoint is a decimal number")
        return cls(origin, int(size), _root(root))

    @classmethod
    def open(cls, note: str, key: VerifierKey) -> "Checkpoint":
        """The checkpoint of the log that signs with `key`.

        Raises `InvalidInput` for what is no checkpoint, and `Tampered` (`checkpoint-forged`) for one that the key did
        not sign or that speaks for another log.
        """
        checkpoint = cls.parse(open_note(note, key))
        if checkpoint.origin != key.name:
            raise Tampered("checkpoint-forged", f"a checkpoint of {checkpoint.origin} is signed by {key.name}")
        return checkpoint


def _root(text: str) -> bytes:
    root = decoded(text)
    if len(root) != HASH_BYTES:
        raise InvalidInput(f"the root of a checkpoint has {HASH_BYTES} bytes")
    return root
