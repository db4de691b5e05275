"""What a distribution's file name says: project, version, kind (PEP 427, PEP 625, and the older forms still on indexes).

A name is taken apart with its project known, because alone it does not say where its project's name ends: `calc-2-1.tar.gz`
is version 1 of `calc-2`, and version 2.post1 of `calc`.
"""

import re
from enum import StrEnum
from typing import Final

from pratique.ecosystems.pypi.names import normal_name
from pratique.ecosystems.pypi.versions import normal_version, version
from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.artifact import ProjectName, VersionText
from pratique.model.ecosystem import ParsedFile

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!~-]*")
"""The characters of file names; `!` and `+` are those of epochs and local versions."""
_SDIST_SUFFIXES: Final = (".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar.Z", ".tar")
_LEGACY_SUFFIXES: Final = (".egg", ".exe", ".msi", ".rpm", ".deb", ".dmg")
_SUFFIXES: Final = (".whl", *_SDIST_SUFFIXES, *_LEGACY_SUFFIXES)
_WHEEL_PARTS: Final = (5, 6)
_LEGACY_TAIL: Final = re.compile(
    r"[.-](?:py\d(?:\.\d+)?|win32|win-amd64|linux-[a-z0-9_]+|macosx-[a-z0-9._-]+|noarch|src|\d+\.noarch).*$"
)


class Kind(StrEnum):
    """What sort of distribution a file is."""

    WHEEL = "wheel"
    SDIST = "sdist"
    OTHER = "other"


def is_distribution(filename: str) -> bool:
    """Whether a name ends as those of distributions do."""
    return filename.endswith(_SUFFIXES)


def parse_filename(filename: str, project: ProjectName) -> ParsedFile:
    """Take the name of a file of `project` apart.

    Raises `InvalidInput` for a name that is not a distribution's, or not of that project.
    """
    if not _NAME.fullmatch(filename) or len(filename) > limits.FILENAME_CHARACTERS_MAX:
        raise InvalidInput("that is no file name of a distribution")
    if filename.endswith(".whl"):
        return ParsedFile(_version_of_wheel(filename, project), Kind.WHEEL)
    stem, kind = _stem(filename)
    for place, character in enumerate(stem):
        if character == "-" and _is(stem[:place], project):
            return ParsedFile(normal_version(stem[place + 1 :]), kind)
    raise InvalidInput(f"{filename} is no file of {project}")


def possible_projects(filename: str) -> tuple[ProjectName, ...]:
    """The projects a file with this name may belong to: one for each hyphen behind which a version follows.

    Where none does, as in old names, a digit will do. Raises `InvalidInput` for a name that is no distribution's.
    """
    if not _NAME.fullmatch(filename) or len(filename) > limits.FILENAME_CHARACTERS_MAX:
        raise InvalidInput("that is no file name of a distribution")
    if filename.endswith(".whl"):
        return (normal_name(_wheel_parts(filename)[0]),)
    stem, _ = _stem(filename)
    places = [place for place, character in enumerate(stem) if character == "-"]
    found = [place for place in places if version(stem[place + 1 :].replace("_", "-")) is not None]
    found = found or [place for place in places if stem[place + 1 : place + 2].isdigit()]
    if not found:
        raise InvalidInput(f"{filename} does not say which project and version it is of")
    return tuple(dict.fromkeys(normal_name(stem[:place]) for place in found))


def _version_of_wheel(filename: str, project: ProjectName) -> VersionText:
    name, text, *_ = _wheel_parts(filename)
    if not _is(name, project):
        raise InvalidInput(f"{filename} is no file of {project}")
    return normal_version(text)


def _wheel_parts(filename: str) -> list[str]:
    parts = filename.removesuffix(".whl").split("-")
    if len(parts) not in _WHEEL_PARTS:
        raise InvalidInput(f"{filename} is no wheel's name (PEP 427)")
    return parts


def _stem(filename: str) -> tuple[str, Kind]:
    for suffix in _SDIST_SUFFIXES:
        if filename.endswith(suffix):
            return filename.removesuffix(suffix), Kind.SDIST
    for suffix in _LEGACY_SUFFIXES:
        if filename.endswith(suffix):
            return _LEGACY_TAIL.sub("", filename.removesuffix(suffix)), Kind.OTHER
    raise InvalidInput(f"{filename} is of no kind that package indexes serve")


def _is(text: str, project: ProjectName) -> bool:
    return text == project or normal_name(text) == project
