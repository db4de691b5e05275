"""It depends on an address instead of a release."""

import re
from collections.abc import Iterator
from typing import Final

from pratique.facts.scan.artifact import ArtifactView
from pratique.facts.scan.rule import Place, Rule, Whole
from pratique.model.evidence import Confidence, Severity

_METADATA: Final = re.compile(r"(?:[^/]+\.dist-info/METADATA|[^/]+/PKG-INFO)")
_DIRECT: Final = re.compile(
    r"Requires-Dist:\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]\n]{0,200}\])?\s*@\s*(\S+)", re.IGNORECASE
)
"""A direct reference (dependency specifiers, PEP 508): a name and an address."""
_FIXED: Final = re.compile(r"[#&]sha(?:256|384|512)=[0-9a-f]{64}|[@#][0-9a-f]{40}(?:[#?]|$)")
"""An address whose bytes cannot change unnoticed: with a digest, or at a commit."""


def wants(path: str) -> bool:
    """Whether a file says what a Python distribution depends on."""
    return _METADATA.fullmatch(path) is not None


def detect(view: ArtifactView) -> Iterator[Place]:
    """Direct references in the metadata of Python, and what views of other manifests tell."""
    for path, data in sorted(view.texts.items()):
        if not wants(path):
            continue
        headers = data.decode("utf-8", errors="replace").replace("\r\n", "\n").partition("\n\n")[0]
        for number, line in enumerate(headers.split("\n"), 1):
            found = _DIRECT.match(line)
            if found is not None:
                yield _place(number, path, f"depends on {found[1]} at an address", found[2])
    for file in view.files.values():
        for seen in file.each("pkg.url_dependency"):
            if not seen.aside():
                yield _place(seen.line, seen.path, "depends on what lies at an address", seen.text)


def _place(line: int, path: str, message: str, address: str) -> Place:
    return Place(line, message, path, severity=Severity.MEDIUM if _FIXED.search(address) else None)


RULE = Rule("url-dependency", Severity.HIGH, Confidence.MEDIUM, Whole(wants, detect))
