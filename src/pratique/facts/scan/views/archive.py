"""An archive as a whole: what is in it, where an installer would put it, and the texts that a rule asked for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

KIND: Final = "start-up"
"""What coverage calls files that were read for a rule that looks at the whole archive."""

_SITE: Final = re.compile(r"(?:^|/)(?:site|dist)-packages/(.+)$")
_SCHEMES: Final = ("purelib", "platlib")


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """`project` is the name in the file's own name, in normal form; `paths` are all files, `texts` what was asked for."""

    project: str
    wheel: bool
    paths: frozenset[str]
    texts: Mapping[str, bytes]

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
