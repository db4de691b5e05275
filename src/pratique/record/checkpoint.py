"""Checkpoints: the size and root of a log, as the text of a signed note (C2SP tlog-checkpoint)."""

import base64
import binascii
from dataclasses import dataclass

from pratique.errors import InvalidInput
from pratique.record.merkle import HASH_BYTES


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself at one moment. `origin` names the log."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read the text of a checkpoint; lines behind the third are extensions and ignored. Raises `InvalidInput`."""
        lines = text.split("\n")
        if len(lines) < 4 or not lines[0]:  # noqa: PLR2004 - origin, size, root, and the end of the last line
            raise InvalidInput("a checkpoint has an origin, a size and a root")
        size = lines[1]
        if not size.isascii() or not size.isdigit() or (size != "0" and size.startswith("0")):
            raise InvalidInput("the size of a checkpoint is a decimal number")
        try:
            root = base64.b64decode(lines[2], validate=True)
        except binascii.Error as error:
            raise InvalidInput("the root of a checkpoint is written in base 64") from error
        if len(root) != HASH_BYTES:
            raise InvalidInput(f"the root of a checkpoint has {HASH_BYTES} bytes")
        return cls(lines[0], int(size), root)
