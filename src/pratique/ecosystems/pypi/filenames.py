"""What a distribution's file name says: project, version, kind (PEP 427, PEP 625, and the older forms still on indexes)."""

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.artifact import ProjectName, VersionText

SAFE_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+!~-"
_NORMAL = re.compile(
    r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*(?:(?:a|b|rc)(?:0|[1-9][0-9]*))?"
    r"(?:\.post(?:0|[1-9][0-9]*))?(?:\.dev(?:0|[1-9][0-9]*))?"
)
"""What PEP 440 calls the normal form, of versions without an epoch and a local part: most of them, and no work."""
_SDIST_SUFFIXES = (".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar.Z", ".tar")
_LEGACY_SUFFIXES = (".egg", ".exe", ".msi", ".rpm", ".deb", ".dmg")
_WHEEL_PARTS = (5, 6)
_LEGACY_TAIL = re.compile(
    r"[.-](?:py\d(?:\.\d+)?|win32|win-amd64|linux-[a-z0-9_]+|macosx-[a-z0-9._-]+|noarch|src|\d+\.noarch).*$"
)
_CACHED = 65_536


class Kind(StrEnum):
    """What sort of distribution a file is."""

    WHEEL = "wheel"
    SDIST = "sdist"
    OTHER = "other"


class ParsedFile(NamedTuple):
    """A file name taken apart. `version` is in normal form (PEP 440), or as written where it has none."""

    name: ProjectName
    version: VersionText
    kind: Kind


@lru_cache(_CACHED)
def _normal_name(text: str) -> ProjectName:
    return ProjectName(canonicalize_name(text))


@lru_cache(_CACHED)
def parse_filename(filename: str, project: ProjectName | None = None) -> ParsedFile:
    """Take a file name apart. `project` settles where the name ends in a sdist of a project with hyphens and digits.

    Raises `InvalidInput` for a name that is not a distribution's, or not of that project.
    """
    if not is_safe(filename):
        raise InvalidInput("that is no file name of a distribution")
    return take_apart(filename, project)


def is_safe(text: str) -> bool:
    """Whether a text, or several put together, has only the characters of file names."""
    return not text.strip(SAFE_CHARACTERS)


def version_of(filename: str, project: ProjectName) -> VersionText:
    """The version of a file of `project`; its characters have been looked at. Raises `InvalidInput`.

    The two forms that nearly all files have are read at once: wheels, and source distributions as PEP 625 names them.
    """
    if filename.endswith(".whl"):
        parts = filename.split("-")
        if len(parts) in _WHEEL_PARTS and (parts[0] == project or _normal_name(parts[0]) == project):
            return normal_version(parts[1])
    elif filename.endswith(".tar.gz"):
        name, _, version = filename[:-7].rpartition("-")
        if name == project or _normal_name(name) == project:
            return normal_version(version)
    return take_apart(filename, project).version


def take_apart(filename: str, project: ProjectName | None) -> ParsedFile:
    """As `parse_filename`, for a name whose characters have been looked at. Raises `InvalidInput`."""
    if not filename[:1].isalnum() or len(filename) > limits.FILENAME_CHARACTERS_MAX:
        raise InvalidInput("that is no file name of a distribution")
    parsed = _wheel(filename) if filename.endswith(".whl") else _other(filename, project)
    if project is not None and parsed[0] != project:
        raise InvalidInput(f"{filename} is no file of {project}")
    return parsed


def _wheel(filename: str) -> ParsedFile:
    parts = filename.removesuffix(".whl").split("-")
    if len(parts) not in _WHEEL_PARTS:
        raise InvalidInput(f"{filename} is no wheel's name (PEP 427)")
    return ParsedFile(_normal_name(parts[0]), normal_version(parts[1]), Kind.WHEEL)


def _other(filename: str, project: ProjectName | None) -> ParsedFile:
    for suffix in _SDIST_SUFFIXES:
        if filename.endswith(suffix):
            return _split(filename, filename.removesuffix(suffix), project, Kind.SDIST)
    for suffix in _LEGACY_SUFFIXES:
        if filename.endswith(suffix):
            return _split(filename, _LEGACY_TAIL.sub("", filename.removesuffix(suffix)), project, Kind.OTHER)
    raise InvalidInput(f"{filename} is of no kind that package indexes serve")


def _split(filename: str, stem: str, project: ProjectName | None, kind: Kind) -> ParsedFile:
    """Split at a hyphen: where the name is the project's, or else at the last one behind which a version follows."""
    places = [place for place, character in enumerate(stem) if character == "-"]
    if project is not None:
        for place in places:
            if _normal_name(stem[:place]) == project:
                return ParsedFile(project, normal_version(stem[place + 1 :]), kind)
    else:
        for place in places:
            if _is_version(stem[place + 1 :]):
                return ParsedFile(_normal_name(stem[:place]), normal_version(stem[place + 1 :]), kind)
    raise InvalidInput(f"{filename} does not say which project and version it is of")


@lru_cache(_CACHED)
def normal_version(text: str) -> VersionText:
    """A version in normal form (PEP 440), or as it is written where it has none. Raises `InvalidInput` for a long one."""
    if len(text) > limits.VERSION_CHARACTERS_MAX:
        raise InvalidInput("a version in a file name is too long")
    if _NORMAL.fullmatch(text):
        return VersionText(text)
    try:
        return VersionText(str(Version(text.replace("_", "-"))))
    except InvalidVersion:
        return VersionText(text)


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True
