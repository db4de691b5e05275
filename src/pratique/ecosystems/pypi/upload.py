"""What a client sends to publish a file, by the upload API that `twine` and `uv publish` speak, read in one way or not at all.

Only what names the file is read of it: the rest of the form says again what the file's own metadata say.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from pratique.ecosystems.pypi.filenames import Kind, parse_filename, possible_projects
from pratique.ecosystems.pypi.names import normalise
from pratique.ecosystems.pypi.versions import version
from pratique.errors import InvalidInput
from pratique.model.artifact import Digest
from pratique.model.own_file import Offered
from pratique.model.text import quoted

_FILE: Final = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._]*)-(?P<version>[A-Za-z0-9._+!]+)(?P<rest>-[A-Za-z0-9._-]+\.whl|\.tar\.gz)"
)
"""A wheel (PEP 427), or a source distribution as PEP 625 names it: no hyphen within name or version."""
_TYPES: Final[Mapping[Kind, str]] = {Kind.WHEEL: "bdist_wheel", Kind.SDIST: "sdist"}
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")

Fields = Mapping[str, Sequence[str]]
"""The fields of the form by their names, each as often as it was sent."""


def read_upload(fields: Fields, filename: str, digest: Digest) -> Offered:
    """What is offered, by the form, the file's name, and the digest of the bytes that came.

    Raises `InvalidInput` for another action or protocol, a field that is missing or stands twice, a digest of other bytes, and
    a name that two readers might take apart differently, or that says another project or version than the form.
    """
    _check_form(fields, digest)
    project = normalise(_one(fields, "name"))
    told_version = version(_one(fields, "version"))
    if told_version is None:
        raise InvalidInput(f"{quoted(_one(fields, 'version'))} is no version (PEP 440)")
    found = _FILE.fullmatch(filename)
    if found is None:
        raise InvalidInput(
            f"{quoted(filename)} is no name of a wheel or of a .tar.gz as they are built today (PEP 427, PEP 625)",
            advice="build it anew with a current build backend",
        )
    parsed = parse_filename(filename, project)
    if possible_projects(filename) != (project,):
        raise InvalidInput(f"{quoted(filename)} may be a file of several projects")
    if version(parsed.version) != told_version or version(found["version"].replace("_", "-")) != told_version:
        raise InvalidInput(f"{quoted(filename)} is of another version than {told_version.text}, which the form says")
    kind = Kind(parsed.kind)
    if _one(fields, "filetype") != _TYPES.get(kind):
        raise InvalidInput(
            f"the form says filetype={quoted(_one(fields, 'filetype'))}, and {quoted(filename)} is a {kind}"
        )
    requires = _at_most_one(fields, "requires_python")
    if not requires.isprintable():
        raise InvalidInput("the form's requires_python is no line of text")
    rest = found["rest"].lower()
    return Offered(project, told_version.text, filename, f"{project}/{told_version.text}{rest}", requires)


def _check_form(fields: Fields, digest: Digest) -> None:
    """Raises `InvalidInput` for a form that says something else than that this file is uploaded."""
    for name, wanted in ((":action", "file_upload"), ("protocol_version", "1")):
        told = _one(fields, name)
        if told != wanted:
            raise InvalidInput(f"the form says {name}={quoted(told)}; {wanted} is understood here")
    stated = _one(fields, "sha256_digest").lower()
    if not _DIGEST.fullmatch(stated):
        raise InvalidInput("the form's sha256_digest is malformed")
    if f"sha256:{stated}" != digest:
        raise InvalidInput(
            "the bytes that came are not those whose sha256_digest the form states", advice="upload it again"
        )


def _one(fields: Fields, name: str) -> str:
    told = _at_most_one(fields, name)
    if not told:
        raise InvalidInput(f"the form has no {name}", advice="twine upload and uv publish send one")
    return told


def _at_most_one(fields: Fields, name: str) -> str:
    told = fields.get(name, ())
    if len(told) > 1:
        raise InvalidInput(f"the form has {name} {len(told)} times")
    return told[0].strip() if told else ""
