"""The proof that one entry is in the log, as a text of its own (C2SP tlog-proof).

The entry itself travels in the `extra` line: whoever holds the log's public key needs nothing else.
"""

import re
from dataclasses import dataclass
from typing import Final

from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.record.checkpoint import Checkpoint
from pratique.record.merkle import leaf_hash, verify_inclusion
from pratique.record.note import VerifierKey
from pratique.record.text import decoded, encoded

_FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"
_FORM: Final = re.compile(
    rf"{re.escape(_FIRST_LINE)}\n"
    r"extra (?P<entry>[A-Za-z0-9+/=]*)\n"
    r"index (?P<index>0|[1-9][0-9]{0,18})\n"
    r"(?P<hashes>(?:[A-Za-z0-9+/]{43}=\n){0,63})"
    r"\n"
    r"(?P<checkpoint>.+)",
    re.ASCII | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Proof:
    """An entry, its index, the hashes from its sibling up to the root's child, and the signed checkpoint above them."""

    entry: bytes
    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str

    @property
    def text(self) -> str:
        """The proof as a file (`.tlog-proof`)."""
        hashes = "".join(f"{encoded(one)}\n" for one in self.hashes)
        return f"{_FIRST_LINE}\nextra {encoded(self.entry)}\nindex {self.index}\n{hashes}\n{self.checkpoint}"

    @classmethod
    def parse(cls, text: str) -> "Proof":
        """Read a proof. Raises `InvalidInput`."""
        found = _FORM.fullmatch(text) if len(text) <= limits.PROOF_CHARACTERS_MAX else None
        if found is None:
            raise InvalidInput(f"not a proof: its first line is {_FIRST_LINE}, and it carries its entry")
        hashes = tuple(decoded(line) for line in found["hashes"].split())
        return cls(decoded(found["entry"]), int(found["index"]), hashes, found["checkpoint"])

    def verify(self, key: VerifierKey) -> Checkpoint:
        """Check that the log that signs with `key` holds this entry at this index; the checkpoint that says so.

        Raises `InvalidInput` for a malformed checkpoint, and `Tampered` (`checkpoint-forged`, `entry-changed`).
        """
        checkpoint = Checkpoint.open(self.checkpoint, key)
        self.check(checkpoint)
        return checkpoint

    def check(self, checkpoint: Checkpoint) -> None:
        """Check that the hashes lead from the entry to this checkpoint. Raises `Tampered` (`entry-changed`)."""
        verify_inclusion(leaf_hash(self.entry), self.index, checkpoint.size, self.hashes, checkpoint.root)
