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
"""`sha256:` and 64 lower-case hexadecimal digits."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def digest(text: str) -> Digest:
    """Read a digest. Raises `InvalidInput` unless it is `sha256:` and 64 lower-case hexadecimal digits."""
    if not _DIGEST.fullmatch(text):
        raise InvalidInput("a digest is written sha256: and 64 lower-case hexadecimal digits")
    return Digest(text)


class Ecosystem(StrEnum):
    """A world of artifacts; the value is its purl type."""

    PYPI = "pypi"


class Artifact(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One file of one release. `file` is empty where the release as a whole is meant."""

    kind: Ecosystem
    name: ProjectName
    version: VersionText
    file: str = ""

    @property
    def purl(self) -> str:
        """The package URL of the release (purl specification, ECMA-427), without the file."""
        version = f"@{quote(self.version, safe='.-_~!*')}" if self.version else ""
        return f"pkg:{self.kind}/{self.name}{version}"

    @property
    def label(self) -> str:
        """Name and version as a person would say them: `litellm 1.82.8`."""
        return f"{self.name} {self.version}".rstrip()
