"""A build file of native addons runs a command while it is read, and there is nothing native to build."""

import re
from collections.abc import Iterator
from typing import Final

from pratique.facts.scan.artifact import ArtifactView
from pratique.facts.scan.languages.gyp.view import expansions, is_ordinary
from pratique.facts.scan.observation import Context
from pratique.facts.scan.rule import Place, Rule, Whole
from pratique.model.evidence import Confidence, Severity

_BUILD_FILE: Final = re.compile(r"(?:[^/]+/)?(?:node_modules/(?:@[^/]+/)?[^/]+/)?binding\.gyp")
_NATIVE: Final = (".c", ".cc", ".cpp", ".cxx", ".m", ".mm", ".s", ".asm", ".rs", ".go", ".f", ".f90", ".cu", ".swift")
_SILENCED: Final = re.compile(
    r">\s*(?:/dev/null|nul)\b|2>\s*&1|\|\|\s*(?:true|exit\s+0)|&&\s*echo\b|;\s*echo\b", re.IGNORECASE
)


def wants(path: str) -> bool:
    """Whether node-gyp reads a file although no script asks for it."""
    return _BUILD_FILE.fullmatch(path) is not None


def detect(view: ArtifactView) -> Iterator[Place]:
    """Command expansions that are none of those by which addons find their headers.

    An addon that builds may run a program of its own to see what there is; it uses what that says. Where nothing native is in the
    archive, or what the command says is thrown away, the command is run for what it does.
    """
    native = any(path.lower().endswith(_NATIVE) for path in view.paths)
    for path, data in sorted(view.texts.items()):
        if not wants(path):
            continue
        for line, command in expansions(data.decode("utf-8", errors="replace")):
            if is_ordinary(command):
                continue
            silenced = _SILENCED.search(command) is not None
            if native and not silenced:
                continue
            yield Place(
                line,
                "runs a command while the build file is read" + ("" if native else ", and there is nothing to build"),
                path,
                Context.GYP,
                Severity.CRITICAL if not native else None,
            )


RULE = Rule("gyp-substitution", Severity.HIGH, Confidence.HIGH, Whole(wants, detect), ("pkg.gyp_substitution",))
