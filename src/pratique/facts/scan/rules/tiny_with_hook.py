"""Hardly anything but what runs at installation, or a version that no other can beat beside a hook that acts."""

import re
from collections.abc import Iterator
from typing import Final

from pratique.facts.scan.artifact import ArtifactView, FileView
from pratique.facts.scan.observation import ASIDE, Observation
from pratique.facts.scan.places import context_of
from pratique.facts.scan.rule import Place, Rule, Whole, nothing
from pratique.model.evidence import Confidence, Severity

_CODE: Final = (".py", ".pyx", ".js", ".cjs", ".mjs", ".ts", ".tsx", ".c", ".cc", ".cpp", ".rs", ".go", ".r", ".pyi")
_CODE_BYTES_MAX: Final = 600
_INSTALLER_BYTES_MIN: Final = 1_500
_REACHES_OUT: Final = ("net.", "proc.download", "proc.pipe_shell")
_ACTS: Final = (*_REACHES_OUT, "proc.shell", "proc.spawn", "code.exec")
_MAJOR: Final = re.compile(r"v?(\d+)(?:\.\d+){0,2}")
_MAJOR_MIN: Final = 90
_YEARS: Final = range(1990, 2100)


def detect(view: ArtifactView) -> Iterator[Place]:
    """Shapes of packages that are made to be confused with another: it is there to be installed, and for nothing else."""
    if view.wheel or _is_lone_file(view):
        return
    hooks = {path: file for path, file in view.files.items() if any(seen.by_itself() for seen in file.each(*_ACTS))}
    if not hooks:
        return
    tiny = _code_bytes(view, frozenset(hooks)) <= _CODE_BYTES_MAX and not _is_installer(view, frozenset(hooks))
    wins = _wins(view.version)
    for path, file in hooks.items():
        seen, out = _worst(file)
        where = Place(seen.line, "", path, seen.context)
        if tiny and wins:
            yield _as(
                where,
                "there is little else than what runs at installation, and no version beats this one",
                Severity.CRITICAL,
                Confidence.HIGH,
            )
        elif tiny:
            yield _as(where, "there is little else than what runs at installation", None if out else Severity.MEDIUM)
        elif wins and out:
            yield _as(where, "acts at installation, under a version that no other beats", Severity.MEDIUM)


def _is_lone_file(view: ArtifactView) -> bool:
    """Whether it is no package but a file by itself, of which nothing follows from there being nothing else."""
    return set(view.sizes) == {view.filename}


def _as(where: Place, message: str, severity: Severity | None, confidence: Confidence | None = None) -> Place:
    return Place(where.line, message, where.path, where.context, severity, confidence)


def _worst(file: FileView) -> tuple[Observation, bool]:
    """What of a file acts at installation, rather what reaches out, and whether that does."""
    acting = [seen for seen in file.each(*_ACTS) if seen.by_itself()]
    reaching = [seen for seen in acting if seen.label.startswith(_REACHES_OUT) or seen.gets(*_REACHES_OUT)]
    return (reaching or acting)[0], bool(reaching)


def _is_installer(view: ArtifactView, hooks: frozenset[str]) -> bool:
    """Whether it is a package of npm with a hook of some length: those that bring a program for each platform are like that."""
    scripts = sum(view.sizes[path] for path in hooks if not path.endswith(".json"))
    return "package/package.json" in view.paths and scripts > _INSTALLER_BYTES_MIN


def _code_bytes(view: ArtifactView, hooks: frozenset[str]) -> int:
    """How much code there is beside the hooks, tests and documents."""
    return sum(
        size
        for path, size in view.sizes.items()
        if path.lower().endswith(_CODE)
        and path not in hooks
        and context_of(path.lower(), wheel=False, project=view.project) not in ASIDE
    )


def _wins(version: str) -> bool:
    """Whether a version is chosen to win: 99.0.0, 1337.1; years, and numbers of four parts, are not."""
    found = _MAJOR.fullmatch(version)
    return found is not None and int(found[1]) >= _MAJOR_MIN and int(found[1]) not in _YEARS


RULE = Rule("tiny-with-hook", Severity.HIGH, Confidence.MEDIUM, Whole(nothing, detect))
