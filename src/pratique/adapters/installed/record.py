"""RECORD: which files a distribution has brought into an environment, with their digests (PEP 376, PEP 427)."""

import base64
import binascii
import csv
from collections.abc import Iterator
from typing import Final

import msgspec

from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits

_ALGORITHMS: Final = frozenset({"sha256", "sha384", "sha512"})
"""Weaker ones are not to be used (PEP 427), and are as good as none."""


class RecordedFile(msgspec.Struct, frozen=True, gc=False):
    """One file: its path below the folder of packages, as it is written; its digest in hexadecimal, empty where there is none."""

    path: str
    algorithm: str = ""
    digest: str = ""


def read_record(data: bytes) -> Iterator[RecordedFile]:
    """The lines of a RECORD. Raises `InvalidInput` for what is none, and `LimitExceeded` for too many."""
    try:
        rows = csv.reader(data.decode("utf-8").splitlines())
        for count, row in enumerate(rows, 1):
            if count > limits.ARCHIVE_MEMBERS_MAX:
                raise LimitExceeded(f"it lists more than {limits.ARCHIVE_MEMBERS_MAX} files")
            if row and row[0]:
                yield RecordedFile(row[0], *_digest(row[1] if len(row) > 1 else ""))
    except (UnicodeDecodeError, csv.Error, binascii.Error) as error:
        raise InvalidInput(f"it cannot be read as a RECORD: {error}") from error


def _digest(written: str) -> tuple[str, str]:
    algorithm, _, value = written.partition("=")
    if algorithm not in _ALGORITHMS or not value:
        return "", ""
    return algorithm, base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).hex()
