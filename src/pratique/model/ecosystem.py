"""What a world of packages is, as a value: how it writes names, versions and file names, and how its indexes speak.

Whoever judges, records or tells works with what these functions return, and with nothing of one ecosystem in particular. The
values are in `ecosystems/`, one folder each; `pratique.ecosystems.ECOSYSTEMS` has them by the kind of their artifacts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from pratique.model.artifact import Artifact, ProjectName, VersionText
from pratique.model.artifact import Ecosystem as ArtifactKind
from pratique.model.listing import Listing


class Version(msgspec.Struct, frozen=True):
    """A version that its ecosystem understands: in normal form, and as a key that sorts as it says.

    Keys of one ecosystem compare with each other only; equal keys are one version. `preview` marks what an installer passes
    over unless somebody asks for it (PEP 440: pre-releases and development releases).
    """

    text: VersionText
    key: Any
    preview: bool


class ParsedFile(msgspec.Struct, frozen=True, gc=False):
    """A file name taken apart, its project known. `version` is in normal form, or as written where it has none."""

    version: VersionText
    kind: str


Range = Callable[[Version], bool]
"""Whether a version is in a range; previews are, where their order says so."""


@dataclass(frozen=True, slots=True)
class Ecosystem:
    """How one world speaks. Functions are pure, and raise `InvalidInput` where they cannot read what they are given."""

    kind: ArtifactKind
    """The type of its package URLs."""
    namespaces: bool
    """Whether its names have namespaces in front, as `@scope` in npm."""
    packed: str
    """The kind of its files that are ready to be put in place, and have their metadata inside."""
    sources: str
    """The kind of its files that hold sources to build from; empty where there is none."""
    name: Callable[[str], ProjectName]
    """A project's name in normal form."""
    name_pattern: Callable[[str], str]
    """A name in which `*` stands for any characters, in normal form but for these."""
    version: Callable[[str], Version | None]
    """A version, in whatever form it is written; None for what is none. Does not raise."""
    range: Callable[[str], Range]
    """A range as people write it in this world."""
    file: Callable[[str, ProjectName], ParsedFile]
    """A file name of a project taken apart."""
    projects: Callable[[str], tuple[ProjectName, ...]]
    """The projects that a file with this name may belong to: mostly one. Only their listings can tell."""
    check_metadata: Callable[[bytes, Artifact], None]
    """Raises `InvalidInput` unless these are the metadata of this very release."""
    runs_on: Callable[[str | None, str], bool]
    """Whether a file that requires this of its runtime works on that one; a runtime of "" is not known, and nothing is
    held against it. Does not raise."""
    runtime: Callable[[str], str]
    """The version of the runtime a client works for, out of its User-Agent; empty where that does not tell. Does not raise."""
    accept: str
    """What a request for a project's page accepts."""
    read: Callable[[bytes, str, str, ProjectName], Listing]
    """A listing out of an index's answer: its body, content type, final URL, and the project asked for."""
    write: Callable[[Listing], tuple[bytes, str]]
    """A listing as an index of this world answers it: body and content type. `read` gives it back."""
