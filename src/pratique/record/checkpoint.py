"""Checkpoints: the size and root of a log, as the text of a signed note (C2SP tlog-checkpoint)."""

from dataclasses import dataclass
from typing import Final

from pratique.errors import InvalidInput, Tampered
from pratique.record.merkle import HASH_BYTES
from pratique.record.note import VerifierKey, open_note
from pratique.record.text import decoded, encoded

_SIZE_DIGITS_MAX: Final = 19
_PREVIOUS: Final = "previous "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself at one moment. `origin` names the log.

    `previous` is the size of the checkpoint before it, told in an extension line; None where a checkpoint tells none.
    """

    origin: str
    size: int
    root: bytes
    previous: int | None = None

    @property
    def text(self) -> str:
        """The text that is signed."""
        extension = "" if self.previous is None else f"{_PREVIOUS}{self.previous}\n"
        return f"{self.origin}\n{self.size}\n{encoded(self.root)}\n{extension}"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read the text of a checkpoint; extension lines other than ours are ignored. Raises `InvalidInput`."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() or not all(lines):  # noqa: PLR2004 - origin, size, root, and nothing behind the end
            raise InvalidInput("a checkpoint has an origin, a size and a root, each on a line of its own")
        origin, size, root = lines[:3]
        told = [line.removeprefix(_PREVIOUS) for line in lines[3:] if line.startswith(_PREVIOUS)]
        return cls(origin, _size(size), _root(root), _size(told[0]) if told else None)

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


def _size(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > _SIZE_DIGITS_MAX or str(int(text)) != text:
        raise InvalidInput("the size of a checkpoint is a decimal number")
    return int(text)


def _root(text: str) -> bytes:
    root = decoded(text)
    if len(root) != HASH_BYTES:
        raise InvalidInput(f"the root of a checkpoint has {HASH_BYTES} bytes")
    return root
