"""Which artifacts a line of the policy means: package URLs whose name and version may be patterns.

`pkg:pypi/acme-*` means every release of every project with such a name; `pkg:pypi/psycopg2@2.9.*` and
`pkg:pypi/urllib3@>=2,<2.5` those releases that are in the range, as their ecosystem writes ranges. A plain version means that
very version and no other build of it: `@1.0` is not `1.0+local`. The qualifiers `file_name` and `checksum` narrow a pattern down
to one file, by its name and by the digest it is listed with.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NewType
from urllib.parse import unquote

import msgspec

from pratique.ecosystems import ECOSYSTEMS
from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.artifact import Artifact, Digest, Ecosystem, ProjectName, digest
from pratique.model.ecosystem import Ecosystem as EcosystemValue
from pratique.model.ecosystem import Range
from pratique.model.text import quoted

_PURL: Final = re.compile(
    r"pkg:(?P<type>[a-z]+)/(?:(?P<namespace>[^?#@]+)/)?(?P<name>[^/@?#]+)(?:@(?P<version>[^/?#]+))?(?:\?(?P<qualifiers>[^#]*))?"
)
_QUALIFIERS: Final = frozenset({"file_name", "checksum"})
_PATTERNS_KEPT: Final = 4_096
_FIRST: Final = next(iter(ECOSYSTEMS))
"""The ecosystem of a name that stands alone, without a package URL around it."""

NamePattern = NewType("NamePattern", str)
"""A project name in the normal form of its ecosystem, in which `*` stands for any characters."""


def read_name_pattern(text: str, kind: Ecosystem = _FIRST) -> NamePattern:
    """Read a project name, with or without stars, into normal form. Raises `InvalidInput` for anything else."""
    try:
        normal = ECOSYSTEMS[kind].name_pattern(text)
    except InvalidInput:
        raise InvalidInput(f"{quoted(text)} is no project name, with or without *") from None
    if text.count("*") > limits.PATTERN_STARS_MAX:
        raise InvalidInput(f"{quoted(text)} has more than {limits.PATTERN_STARS_MAX} stars")
    return NamePattern(normal)


@lru_cache(_PATTERNS_KEPT)
def compile_name(pattern: NamePattern) -> re.Pattern[str]:
    """The regular expression that finds the names a pattern means."""
    return re.compile(re.escape(pattern).replace(r"\*", ".*"))


@dataclass(frozen=True, slots=True)
class PackagePattern:
    """A pattern as it was written, taken apart. `versions` is None where every release is meant, `file` where every file is."""

    text: str
    kind: Ecosystem
    namespace: str
    name: NamePattern
    versions: Range | None
    file: str | None = None
    digest: Digest | None = None

    @property
    def exact_name(self) -> str:
        """The one name it means, or the empty string when it means several."""
        return "" if "*" in self.name else self.name

    def matches(self, artifact: Artifact) -> bool:
        """Whether this artifact is meant. What its ecosystem does not read as a version fits none."""
        if artifact.kind.value != self.kind.value or artifact.namespace != self.namespace:
            return False
        if not compile_name(self.name).fullmatch(artifact.name):
            return False
        if self.file not in (None, artifact.file) or self.digest not in (None, artifact.digest):
            return False
        if self.versions is None:
            return True
        version = ECOSYSTEMS[self.kind].version(artifact.version)
        return version is not None and self.versions(version)


@lru_cache(_PATTERNS_KEPT)
def read_pattern(text: str) -> PackagePattern:
    """Read a purl pattern. Raises `InvalidInput` saying what is wrong with it."""
    parts = _parts(text)
    versions = _versions(text, parts.version, ECOSYSTEMS[parts.kind])
    told = parts.qualifiers
    checksum = told.get("checksum")
    return PackagePattern(
        text,
        parts.kind,
        parts.namespace,
        read_name_pattern(parts.name, parts.kind),
        versions,
        told.get("file_name"),
        None if checksum is None else digest(checksum),
    )


def read_release(text: str) -> Artifact:
    """Read the purl of one release, such as `pkg:pypi/requests@3.0.0`. Raises `InvalidInput`."""
    parts = _parts(text)
    normal_name = read_name_pattern(parts.name, parts.kind)
    if "*" in parts.name or not parts.version or parts.qualifiers:
        raise InvalidInput(f"{quoted(text)} names no single release; one is written pkg:pypi/requests@3.0.0")
    version = ECOSYSTEMS[parts.kind].version(parts.version)
    if version is None:
        raise InvalidInput(f"{quoted(parts.version)} is no version")
    return Artifact(parts.kind, ProjectName(normal_name), version.text, namespace=parts.namespace)


def read_file(text: str) -> Artifact:
    """Read the purl of one release, or of one of its files: `pkg:pypi/requests@3.0.0?file_name=...`. Raises `InvalidInput`."""
    release = read_release(text.partition("?")[0])
    return msgspec.structs.replace(release, file=read_pattern(text).file or "")


@dataclass(frozen=True, slots=True)
class _Purl:
    """A package URL taken apart and decoded."""

    kind: Ecosystem
    namespace: str
    name: str
    version: str
    qualifiers: dict[str, str]


def _parts(text: str) -> _Purl:
    match = _PURL.fullmatch(text)
    if match is None:
        raise InvalidInput(
            f"{quoted(text)} is no package URL; one is written pkg:pypi/requests or pkg:pypi/requests@2.*"
        )
    kind = next((known for known in ECOSYSTEMS if known == match["type"]), None)
    if kind is None:
        known = ", ".join(ECOSYSTEMS)
        raise InvalidInput(f"{quoted(text)} is of an ecosystem that is not known here; known: {known}")
    namespace = unquote(match["namespace"] or "")
    if namespace and not ECOSYSTEMS[kind].namespaces:
        raise InvalidInput(f"{quoted(text)} has a namespace; projects of {kind} have none")
    return _Purl(
        kind, namespace, unquote(match["name"]), unquote(match["version"] or ""), _told(text, match["qualifiers"])
    )


def _told(text: str, written: str | None) -> dict[str, str]:
    told = dict(part.partition("=")[::2] for part in (written or "").split("&") if part)
    if not _QUALIFIERS.issuperset(told) or not all(told.values()):
        raise InvalidInput(f"{quoted(text)} has other qualifiers than file_name and checksum, or one without a value")
    return {name: unquote(value) for name, value in told.items()}


def _versions(text: str, written: str, ecosystem: EcosystemValue) -> Range | None:
    """A version means itself; anything else is a range."""
    if written in ("", "*"):
        return None
    exact = ecosystem.version(written)
    if exact is not None:
        return lambda version: bool(version.key == exact.key)
    try:
        return ecosystem.range(written)
    except InvalidInput as error:
        raise InvalidInput(f"{quoted(text)} is neither a version nor a range: {error}") from None
