"""What rules look at: one file with all that was observed in it, and the artifact as a whole."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pratique.facts.scan.indicators import Packs, shipped
from pratique.facts.scan.observation import Observation

KIND: Final = "asked for"
"""What coverage calls files that were read for a rule that looks at the whole artifact."""

_SITE: Final = re.compile(r"(?:^|/)(?:site|dist)-packages/(.+)$")
_SCHEMES: Final = ("purelib", "platlib")


@dataclass(frozen=True, slots=True)
class FileView:
    """What the views saw in one file, in whatever language; `by` finds observations by their label."""

    path: str
    observations: tuple[Observation, ...]
    by: Mapping[str, Sequence[Observation]]

    @classmethod
    def of(cls, path: str, observations: Sequence[Observation]) -> "FileView":
        """The view of one file."""
        by: dict[str, list[Observation]] = defaultdict(list)
        for each in observations:
            by[each.label].append(each)
        return cls(path, tuple(observations), dict(by))

    def each(self, *labels: str) -> Iterator[Observation]:
        """Every observation with one of the labels; one that ends in a full stop stands for its family."""
        for label in labels:
            if label.endswith("."):
                yield from (each for each in self.observations if each.label.startswith(label))
            else:
                yield from self.by.get(label, ())

    def has(self, *labels: str) -> bool:
        """Whether there is an observation with one of the labels."""
        return any(True for _ in self.each(*labels))


@dataclass(frozen=True, slots=True)
class ArtifactView:
    """`project` is the name in the file's own name, in normal form, `version` what stands behind it; `sizes` are all files.

    `texts` are the files that rules asked for, `heads` the first bytes of others, `files` what was observed in those that were
    read as code. `filename` is the artifact's own; `digests` (SHA-256) are those of the files that were read, `packs` the
    indicators that are looked for.
    """

    project: str
    wheel: bool
    sizes: Mapping[str, int]
    texts: Mapping[str, bytes]
    files: Mapping[str, FileView] = field(default_factory=dict)
    version: str = ""
    heads: Mapping[str, bytes] = field(default_factory=dict)
    filename: str = ""
    digests: Mapping[str, str] = field(default_factory=dict)
    packs: Packs = field(default_factory=shipped)

    @property
    def paths(self) -> frozenset[str]:
        """The paths of all files."""
        return frozenset(self.sizes)

    def site_path(self, path: str) -> str:
        """Where below site-packages a file of the archive goes; empty for one that goes elsewhere.

        A wheel's top level goes there, and what its `.data` folder says (PEP 427); on Windows the prefix is a site folder too.
        A source distribution's top level and its `src` folder are taken for what will be a wheel's top level; a file beside
        its folder too, for pip takes an archive without a folder of its own.
        """
        if not self.wheel:
            inner = path.partition("/")[2] or path
            return inner.removeprefix("src/")
        first, _, rest = path.partition("/")
        if not first.endswith(".data"):
            return path
        scheme, _, inner = rest.partition("/")
        if scheme in _SCHEMES:
            return inner
        found = _SITE.search(inner)
        if found is not None:
            return found[1]
        return inner if scheme == "data" and "/" not in inner else ""

    def brings(self) -> frozenset[str]:
        """The modules and packages at the top of site-packages that the archive holds."""
        tops = {self.site_path(path).partition("/")[0].partition(".")[0] for path in self.paths}
        return frozenset(tops - {""})
