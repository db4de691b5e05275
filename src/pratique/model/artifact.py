"""What wants in, or wants to run.

Names and versions are in the normal form of their ecosystem (PyPI: PEP 503 and PEP 440), so that two spellings of one thing
meet the same verdict.
"""

import re
from enum import StrEnum
from typing import NewType
from urllib.parse import quote

import msgspec

from pratique.errors import InvalidInput

ProjectName = NewType("ProjectName", str)
"""A project's name in normal form, for example `ruamel-yaml`."""

VersionText = NewType("VersionText", str)
"""A version in normal form, for example `1.0.post1`; the empty string where a file states none."""

Digest = NewType("Digest", str)
"""The algorithm (`sha256`, `sha384` or `sha512`), a colon, and its digest in lower-case hexadecimal digits."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}")


def digest(text: str) -> Digest:
    """Read a digest. Raises `InvalidInput` unless it is an algorithm, a colon, and as many lower-case digits as that has."""
    if not _DIGEST.fullmatch(text):
        raise InvalidInput("a digest is written sha256: and 64 lower-case hexadecimal digits (or sha384:, sha512:)")
    return Digest(text)


class Ecosystem(StrEnum):
    """A world of artifacts; the value is its purl type."""

    PYPI = "pypi"


class Artifact(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One file of one release. `file` is empty where the release as a whole is meant.

    `namespace` is empty in a world that has none. `digest` is the one under which the file is known before its bytes are: as
    its index states it, or as it was when first seen; None where neither is known.
    """

    kind: Ecosystem
    name: ProjectName
    version: VersionText
    file: str = ""
    namespace: str = ""
    digest: Digest | None = None

    @property
    def project(self) -> str:
        """The package URL of the project (purl specification, ECMA-427), which has all of its releases in common."""
        namespace = f"{quote(self.namespace, safe='/')}/" if self.namespace else ""
        return f"pkg:{self.kind}/{namespace}{self.name}"

    @property
    def purl(self) -> str:
        """The package URL of the release, without the file."""
        version = f"@{quote(self.version, safe='.-_~!*')}" if self.version else ""
        return f"{self.project}{version}"

    @property
    def file_purl(self) -> str:
        """The package URL of this very file: the release, with what is known of the file as qualifiers, in their order."""
        known = {"checksum": self.digest, "file_name": self.file}
        told = "&".join(f"{name}={quote(value, safe=':.-_~!*')}" for name, value in known.items() if value)
        return f"{self.purl}?{told}" if told else self.purl

    @property
    def label(self) -> str:
        """Name and version as a person would say them: `litellm 1.82.8`."""
        return f"{self.name} {self.version}".rstrip()
