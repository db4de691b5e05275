"""A command is installed under the name of another one that everybody knows."""

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any, Final

from pratique.facts.scan.artifact import ArtifactView
from pratique.facts.scan.rule import Place, Rule, Whole
from pratique.facts.scan.well_known import COMMANDS
from pratique.model.evidence import Confidence, Severity

_ENTRY_POINTS: Final = re.compile(
    r"(?:.*/)?[^/]+\.(?:dist|egg)-info/entry_points\.txt|(?:.*/)?EGG-INFO/entry_points\.txt"
)
_SCRIPT: Final = re.compile(r"[^/]+\.data/scripts/([^/]+)")
_SECTION: Final = re.compile(r"\[\s*(\S+)\s*\]")
_COMMAND_SECTIONS: Final = frozenset({"console_scripts", "gui_scripts"})
_CALLED: Final = re.compile(r"([^=\s#;]+)\s*=\s*\S")
_SUFFIXES: Final = (".exe", ".py", ".sh", ".cmd", ".bat", ".ps1")


def wants(path: str) -> bool:
    """Whether a file says which commands are installed."""
    return _ENTRY_POINTS.fullmatch(path) is not None or _is_top(path, "package.json") or _is_top(path, "pyproject.toml")


def detect(view: ArtifactView) -> Iterator[Place]:
    """Commands of wheels, of source distributions and of npm packages, against those that belong to somebody else."""
    for path, data in sorted(view.texts.items()):
        name = path.rpartition("/")[2]
        if not wants(path):
            continue
        text, project = data.decode("utf-8", errors="replace"), view.project
        if name == "package.json":
            project, commands = _of_npm(text, view.project)
        elif name == "pyproject.toml":
            commands = _of_pyproject(text)
        else:
            commands = dict(_of_entry_points(text))
        for command, line in commands.items():
            if _is_anothers(command, project):
                yield Place(line, f"installs a command {command}, which is the name of another", path)
    for path in sorted(view.paths):
        script = _SCRIPT.fullmatch(path)
        if view.wheel and script is not None and _is_anothers(script[1], view.project):
            yield Place(1, f"installs a command {script[1]}, which is the name of another", path)


def _is_top(path: str, name: str) -> bool:
    return path == name or (path.endswith(f"/{name}") and path.count("/") == 1)


def _is_anothers(command: str, project: str) -> bool:
    plain = command.lower()
    for suffix in _SUFFIXES:
        plain = plain.removesuffix(suffix)
    owners = COMMANDS.get(plain)
    return owners is not None and project not in owners


def _of_entry_points(text: str) -> Iterator[tuple[str, int]]:
    """Names in the sections for commands (entry points specification), with their lines."""
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        head = _SECTION.fullmatch(line.strip())
        called = _CALLED.match(line.strip())
        if head is not None:
            section = head[1]
        elif called is not None and section in _COMMAND_SECTIONS:
            yield called[1], number


def _of_pyproject(text: str) -> dict[str, int]:
    """Names in the tables `scripts` and `gui-scripts` of a project, or `scripts` of poetry's."""
    try:
        table: Any = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
    project = table.get("project")
    tool = table.get("tool")
    poetry = tool.get("poetry") if isinstance(tool, dict) else None
    tables = [(project, "scripts"), (project, "gui-scripts"), (poetry, "scripts")]
    found = [each.get(key) for each, key in tables if isinstance(each, dict)]
    return {name: _line(text, name) for each in found if isinstance(each, dict) for name in each}


def _of_npm(text: str, project: str) -> tuple[str, dict[str, int]]:
    """The name of a package of npm, with its scope, and the names of its commands."""
    try:
        table: Any = json.loads(text)
    except (ValueError, RecursionError):
        return project, {}
    if not isinstance(table, dict):
        return project, {}
    name, commands = table.get("name"), table.get("bin")
    project = name if isinstance(name, str) else project
    if isinstance(commands, str):
        return project, {project.rpartition("/")[2]: _line(text, "bin")}
    return project, {each: _line(text, each) for each in commands} if isinstance(commands, dict) else {}


def _line(text: str, name: str) -> int:
    """The first line on which a name stands."""
    found = re.search(rf"""(?:^|[\s{{,])["']?{re.escape(name)}["']?\s*[=:]""", text, re.MULTILINE)
    return 1 if found is None else text.count("\n", 0, found.end()) + 1


RULE = Rule("entry-point-clash", Severity.HIGH, Confidence.HIGH, Whole(wants, detect))
