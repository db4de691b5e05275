"""Something that a published attack is known by."""

import re
from collections.abc import Iterator
from typing import Final

from pratique.facts.scan.artifact import ArtifactView, FileView
from pratique.facts.scan.observation import Observation
from pratique.facts.scan.rule import Place, Rule, Whole
from pratique.model.evidence import Confidence, Severity

_NPM: Final = re.compile(r"[^/]+/package\.json")
_NAME: Final = re.compile(rb'"name"\s*:\s*"([^"\\]{1,214})"')
_LISTED_MIN: Final = 6
"""A file that names so many indicators is a list of them, as scanners and filters have."""


def wants(path: str) -> bool:
    """Whether a file says what a package of npm is called."""
    return _NPM.fullmatch(path) is not None


def detect(view: ArtifactView) -> Iterator[Place]:
    """The name of a release, the digests of its files, and hosts and texts in its code, against packs of indicators."""
    packs = view.packs
    manifest = next((path for path in view.paths if _NPM.fullmatch(path)), "")
    attack = packs.attack_of("npm" if manifest else "pypi", _name(view, manifest), view.version)
    if attack:
        first = manifest or min(view.paths, default="")
        yield Place(1, f"is a release of the attack {attack}", first)
    for path, digest in sorted(view.digests.items()):
        if digest in packs.hashes:
            yield Place(1, f"is a file of the attack {packs.hashes[digest]}", path)
    for file in view.files.values():
        yield from _texts(view, file)


def _name(view: ArtifactView, manifest: str) -> str:
    """The name of a package: of npm, as its manifest has it, with its scope; else that of the file."""
    found = _NAME.search(view.texts.get(manifest, b""))
    return found[1].decode("utf-8", errors="replace") if found is not None else view.project


def _texts(view: ArtifactView, file: FileView) -> Iterator[Place]:
    """Hosts and texts in one file. What is only written down weighs less than what a connection or a command gets."""
    seen = [each for each in file.each("ioc.host", "ioc.string") if not each.aside()]
    listed = len({each.text for each in seen}) >= _LISTED_MIN
    used = [each for each in file.each("net.", "proc.", "code.") if each.gets("ioc.host", "ioc.string")]
    for each in seen:
        attack = view.packs.attack_in(each.text)
        message = f"names what the attack {attack} is known by" if attack else "names what an attack is known by"
        yield _place(each, message) if used else _weaker(each, message, Severity.LOW if listed else Severity.HIGH)
    for each in used:
        if not each.aside():
            yield _place(each, "uses what an attack is known by")


def _place(seen: Observation, message: str) -> Place:
    return Place(seen.line, message, seen.path, seen.context)


def _weaker(seen: Observation, message: str, severity: Severity) -> Place:
    return Place(seen.line, message, seen.path, seen.context, severity, Confidence.MEDIUM)


RULE = Rule("known-indicator", Severity.CRITICAL, Confidence.HIGH, Whole(wants, detect))
