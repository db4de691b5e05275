"""What looks have told of the files of each project, kept for the look at its next release: a folder of small files.

It only saves work: what is gone, damaged, or of other rules, is found out anew. A project's record is handed to looks at files
of this project alone, so that a file which takes its confined child over can speak for no other.
"""

import contextlib
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pratique.adapters.scan_protocol import Asked
from pratique.model import limits
from pratique.model.artifact import Digest

_DIGEST_BYTES: Final = hashlib.sha256().digest_size
_COUNTED_EVERY: Final = 64
"""After so many records it is counted what all of them take."""


@dataclass(slots=True)
class KeptRecords:
    """A folder of records, the ones written longest ago making room. Several processes may share it."""

    folder: Path
    _written: int = 0

    def read(self, asked: Asked, rules: Digest) -> bytes:
        """The record of the last look at a file of the same project and kind; empty where there is none that can be read."""
        try:
            with self._place(asked, rules).open("rb") as file:
                digest, record = file.read(_DIGEST_BYTES), file.read(limits.SCAN_RECORD_BYTES_MAX + 1)
        except OSError:
            return b""
        return record if hashlib.sha256(record).digest() == digest else b""

    def write(self, asked: Asked, rules: Digest, record: bytes) -> None:
        """Keep a record in the place of the one before. Where that cannot be done nothing is kept."""
        if len(record) > limits.SCAN_RECORD_BYTES_MAX:
            return
        place = self._place(asked, rules)
        with contextlib.suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, beside = tempfile.mkstemp(dir=self.folder)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(hashlib.sha256(record).digest() + record)
                Path(beside).replace(place)
            except OSError:
                Path(beside).unlink(missing_ok=True)
                raise
            self._written += 1
            if self._written % _COUNTED_EVERY == 1:
                self._make_room()

    def _make_room(self) -> None:
        with os.scandir(self.folder) as listed:
            found = sorted(((each.stat().st_mtime_ns, each.stat().st_size, each.path) for each in listed), reverse=True)
        held = 0
        for _, size, path in found:
            held += size
            if held > limits.SCAN_RECORDS_BYTES_MAX:
                Path(path).unlink(missing_ok=True)

    def _place(self, asked: Asked, rules: Digest) -> Path:
        kind = "wheel" if asked.filename.endswith((".whl", ".egg")) else "source"
        key = f"{asked.project}\n{kind}\n{rules}".encode(errors="surrogatepass")
        return self.folder / f"{hashlib.sha256(key).hexdigest()[:32]}"
