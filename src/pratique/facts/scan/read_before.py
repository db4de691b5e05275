"""What was observed in the files of an artifact, handed on to the next look: a file that did not change is not read again.

A file is known by its content, its language, its path, and by when it runs: what a view tells depends on nothing else. What
rules make of it is worked out anew each time. Kept is only what was read whole; other rules, other observations.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Final

import msgspec

from pratique.facts.scan.content import Content
from pratique.facts.scan.observation import Observation
from pratique.model import limits
from pratique.model.artifact import Digest

_LEAST_BYTES: Final = 64
"""What the entry of a file takes in which nothing was observed."""


class Read(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One file as it was read: its observations without the path, and the files that it loads."""

    observations: tuple[Observation, ...]
    leads: tuple[str, ...] = ()


class Record(msgspec.Struct, frozen=True):
    """The files of one artifact by their keys, and the digest of the rules that read them."""

    rules: Digest
    files: dict[bytes, Read]


_RECORD: Final = msgspec.msgpack.Decoder(Record)
_READ: Final = msgspec.msgpack.Encoder()


@dataclass(slots=True)
class ReadBefore:
    """What is known from an earlier look, and what this look will leave to the next."""

    rules: Digest
    known: dict[bytes, Read] = field(default_factory=dict)
    kept: dict[bytes, Read] = field(default_factory=dict)
    left: int = limits.SCAN_RECORD_BYTES_MAX

    @classmethod
    def of(cls, record: bytes, rules: Digest) -> "ReadBefore":
        """From the record of an earlier look: nothing, where others have looked, or where it cannot be read."""
        try:
            found = _RECORD.decode(record)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return cls(rules)
        return cls(rules, found.files if found.rules == rules else {})

    def find(self, key: bytes) -> Read | None:
        """The file with this key, as it was read; it is left to the next look as well."""
        found = self.known.get(key)
        if found is not None:
            self.keep(key, found)
        return found

    def keep(self, key: bytes, read: Read) -> None:
        """Leave a file to the next look, where there is room for it."""
        size = _LEAST_BYTES + (len(_READ.encode(read)) if read.observations or read.leads else 0)
        if size <= self.left:
            self.left -= size
            self.kept[key] = read

    def record(self) -> bytes:
        """What the next look may know: at most `SCAN_RECORD_BYTES_MAX` bytes."""
        return _READ.encode(Record(self.rules, self.kept))


def key_of(content: Content, *, wheel: bool) -> bytes:
    """What a file is known by; of a source distribution without the folder that bears its version."""
    path = content.path if wheel else content.path.partition("/")[2] or content.path
    head = f"{content.language}\n{content.context}\n{wheel}\n{path}\n".encode(errors="surrogatepass")
    hasher = hashlib.sha256(head)
    hasher.update(content.data)
    return hasher.digest()
