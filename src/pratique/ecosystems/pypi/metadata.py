"""Core metadata (PEP 566, 621, 643) as its readers understand it, in time linear in its size."""

import io
import re
from dataclasses import dataclass
from typing import Final

from packaging.version import InvalidVersion, Version

from pratique.ecosystems.pypi.names import normalise
from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.artifact import Artifact

_FIELD: Final = re.compile(r"([!-9;-~]*):(.*)", re.DOTALL)
"""A field of RFC 822: a name of printable ASCII without a colon, and what is behind it. Mail parsers skip an empty name."""


@dataclass(frozen=True, slots=True)
class CoreMetadataFields:
    """What the gate reads of core metadata: name and version as they are written there, one line about it, what it needs."""

    name: str
    version: str
    summary: str
    requires_dist: tuple[str, ...]


def read_fields(content: bytes) -> CoreMetadataFields:
    """Read core metadata up to its first empty line, or the first line that is no field, as mail parsers do.

    Raises `InvalidInput` for what is no UTF-8, has too many lines, or does not have one name and one version.
    """
    found: dict[str, list[str]] = {"name": [], "version": [], "summary": [], "requires-dist": []}
    last: list[str] | None = None
    for count, line in enumerate(io.StringIO(_text(content), newline=None), 1):
        if count > limits.METADATA_LINES_MAX:
            raise InvalidInput(f"the metadata have more than {limits.METADATA_LINES_MAX} lines")
        field = _FIELD.fullmatch(line)
        if line[:1] in " \t" and count > 1:
            if last is not None:
                last[-1] += line
        elif line.startswith("From "):
            last = None
        elif field is not None:
            last = found.get(field[1].lower())
            if last is not None:
                last.append(field[2])
        else:
            break
    if len(found["name"]) != 1 or len(found["version"]) != 1:
        raise InvalidInput("the metadata do not have one name and one version")
    return CoreMetadataFields(
        name=found["name"][0].strip(),
        version=found["version"][0].strip(),
        summary=next(iter(found["summary"]), "").strip(),
        requires_dist=tuple(" ".join(requirement.split()) for requirement in found["requires-dist"]),
    )


def check_metadata(content: bytes, artifact: Artifact) -> None:
    """Raises `InvalidInput` unless `content` is core metadata of this very release."""
    fields = read_fields(content)
    try:
        same = normalise(fields.name) == artifact.name and Version(fields.version) == Version(artifact.version)
    except InvalidVersion:
        same = False
    if not same:
        raise InvalidInput(f"the metadata of {artifact.file} are those of something else")


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise InvalidInput("the metadata are no UTF-8") from error
