"""Which artifacts a line of the policy means: package URLs whose name and version may be patterns.

`pkg:pypi/acme-*` means every release of every project with such a name; `pkg:pypi/psycopg2@2.9.*` and
`pkg:pypi/urllib3@>=2,<2.5` those releases that fit the PEP 440 specifier set.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NewType
from urllib.parse import unquote

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.artifact import Artifact, Ecosystem, ProjectName, VersionText
from pratique.model.text import quoted

_PURL: Final = re.compile(r"pkg:(?P<type>[a-z]+)/(?P<name>[^/@?#]+)(?:@(?P<version>[^/?#]+))?")
_NAME: Final = re.compile(r"[A-Za-z0-9._*-]+")
_PATTERNS_KEPT: Final = 4_096

NamePattern = NewType("NamePattern", str)
"""A project name in normal form (PEP 503) in which `*` stands for any characters."""


def read_name_pattern(text: str) -> NamePattern:
    """Read a project name, with or without stars, into normal form. Raises `InvalidInput` for anything else."""
    if not _NAME.fullmatch(text) or len(text) > limits.NAME_CHARACTERS_MAX:
        raise InvalidInput(f"{quoted(text)} is no project name, with or without *")
    if text.count("*") > limits.PATTERN_STARS_MAX:
        raise InvalidInput(f"{quoted(text)} has more than {limits.PATTERN_STARS_MAX} stars")
    return NamePattern(canonicalize_name(text))


@lru_cache(_PATTERNS_KEPT)
def compile_name(pattern: NamePattern) -> re.Pattern[str]:
    """The regular expression that finds the names a pattern means."""
    return re.compile(re.escape(pattern).replace(r"\*", ".*"))


@dataclass(frozen=True, slots=True)
class PackagePattern:
    """A pattern as it was written, taken apart. `versions` is None where every release is meant."""

    text: str
    ecosystem: Ecosystem
    name: NamePattern
    versions: SpecifierSet | None

    @property
    def exact_name(self) -> str:
        """The one name it means, or the empty string when it means several."""
        return "" if "*" in self.name else self.name

    def matches(self, artifact: Artifact) -> bool:
        """Whether this artifact is meant. A version that PEP 440 cannot read fits no specifier."""
        if artifact.kind.value != self.ecosystem.value:
            return False
        if not compile_name(self.name).fullmatch(artifact.name):
            return False
        if self.versions is None:
            return True
        try:
            return self.versions.contains(Version(artifact.version), prereleases=True)
        except InvalidVersion:
            return False


@lru_cache(_PATTERNS_KEPT)
def read_pattern(text: str) -> PackagePattern:
    """Read a purl pattern. Raises `InvalidInput` saying what is wrong with it."""
    ecosystem, name, version = _parts(text)
    return PackagePattern(text, ecosystem, read_name_pattern(name), _versions(version))


def read_release(text: str) -> Artifact:
    """Read the purl of one release, such as `pkg:pypi/requests@3.0.0`. Raises `InvalidInput`."""
    ecosystem, name, version = _parts(text)
    normal_name = read_name_pattern(name)
    if "*" in name or not version:
        raise InvalidInput(f"{quoted(text)} names no single release; one is written pkg:pypi/requests@3.0.0")
    try:
        normal_version = str(Version(version))
    except InvalidVersion:
        raise InvalidInput(f"{quoted(version)} is no version (PEP 440)") from None
    return Artifact(ecosystem, ProjectName(normal_name), VersionText(normal_version))


def _parts(text: str) -> tuple[Ecosystem, str, str]:
    match = _PURL.fullmatch(text)
    if match is None:
        raise InvalidInput(
            f"{quoted(text)} is no package URL; one is written pkg:pypi/requests or pkg:pypi/requests@2.*"
        )
    try:
        ecosystem = Ecosystem(match["type"])
    except ValueError:
        known = ", ".join(Ecosystem)
        raise InvalidInput(f"{quoted(text)} is of an ecosystem that is not known here; known: {known}") from None
    return ecosystem, unquote(match["name"]), unquote(match["version"] or "")


def _versions(text: str) -> SpecifierSet | None:
    if text in ("", "*"):
        return None
    written = text if text[0] in "<>=!~" else f"=={text}"
    try:
        return SpecifierSet(written)
    except InvalidSpecifier:
        raise InvalidInput(f"{quoted(text)} is neither a version nor a specifier set (PEP 440)") from None
