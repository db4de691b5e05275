"""What a wheel says of itself (PEP 427)."""

from typing import IO

import msgspec

from pratique.ecosystems.archive import open_archive
from pratique.errors import InvalidInput
from pratique.model import limits


class CoreMetadata(msgspec.Struct, frozen=True, tag="core-metadata"):
    """The METADATA file of a wheel, as it is in there."""

    content: bytes


def core_metadata(filename: str, stream: IO[bytes]) -> CoreMetadata:
    """The METADATA file of a wheel. Raises `InvalidInput` for a wheel that has none or several, or cannot be read."""
    stem = "-".join(filename.split("-")[:2])
    found: list[bytes] = []
    for member in open_archive(filename, stream):
        if _is_metadata(member.path):
            if member.size > limits.METADATA_BYTES_MAX:
                raise InvalidInput(f"the METADATA of {filename} is too large")
            found.append(member.read())
    if len(found) != 1:
        raise InvalidInput(f"{filename} has {len(found)} METADATA files; a wheel has one ({stem}.dist-info)")
    return CoreMetadata(found[0])


def _is_metadata(path: str) -> bool:
    folder, _, name = path.partition("/")
    return folder.endswith(".dist-info") and name == "METADATA"
