"""A `package.json` (documentation of npm, package.json): its scripts, its entry points, its dependencies."""

import json
import re
from collections.abc import Iterator
from typing import Final

from pratique.errors import InvalidInput
from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages.commands import words_of
from pratique.facts.scan.observation import Context
from pratique.model import limits

AT_INSTALLATION: Final = ("preinstall", "install", "postinstall")
"""Scripts that an installation from a registry runs, in their order."""
_OF_SOURCES: Final = ("preprepare", "prepare", "postprepare", "prepublish", "prepublishOnly", "prepack", "postpack")
"""Scripts that are run where the package is built, or installed from a repository."""
_DEPENDENCIES: Final = ("dependencies", "optionalDependencies", "peerDependencies", "bundleDependencies")
_ENTRIES: Final = ("main", "module", "browser", "bin", "exports", "unpkg", "jsdelivr")
_ADDRESS: Final = re.compile(
    r"https?://|git(?:\+\w+)?:|git@|ssh://|(?:github|gitlab|bitbucket|gist):|[\w.-]+/[\w.-]+(?:#.*)?$", re.IGNORECASE
)
"""What npm takes for an address: a tarball, a repository, or `owner/name` of GitHub (documentation of npm, package-spec)."""
_RUNNERS: Final = frozenset(
    [
        "node",
        "nodejs",
        "bun",
        "deno",
        "sh",
        "bash",
        "zsh",
        "dash",
        "python",
        "python3",
        "tsx",
        "ts-node",
        "npx",
        "bunx",
        "esno",
        "electron",
        "env",
    ]
)
_FILE: Final = re.compile(r"(?:\.{0,2}/)?[\w@.+-]+(?:/[\w@.+-]+)*")
_SCRIPT: Final = re.compile(r"\.(?:[cm]?[jt]sx?|sh|bash|py|pl|rb|ps1|bat|cmd|json|node)$", re.IGNORECASE)
_SEPARATORS: Final = re.compile(r"&&|\|\||[;|&\n]")
_FOLDERS_MAX: Final = 1
_ENTRIES_MAX: Final = 200


def read(content: Content, reader: Reader) -> None:
    """Tell of what a manifest runs and depends on. Raises `InvalidInput` for what is no manifest."""
    text = content.text()
    try:
        manifest = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("not readable as JSON") from error
    if not isinstance(manifest, dict):
        raise InvalidInput("it is no manifest: it has no names in it")
    if not _is_own(content):
        return
    lines = _Lines(text)
    _scripts(manifest.get("scripts"), lines, reader)
    for key in _DEPENDENCIES:
        _dependencies(manifest.get(key), lines, reader)
    for path in _entries(manifest):
        reader.emit("code.own_file", 1, text=path, context=Context.MODULE_TOP)


def _is_own(content: Content) -> bool:
    """Whether it is the manifest of the package itself, or of one that is bundled with it."""
    path = content.path
    return (
        path.count("/") <= _FOLDERS_MAX
        or re.search(r"(?:^|/)node_modules/(?:@[^/]+/)?[^/]+/package\.json$", path) is not None
    )


class _Lines:
    """Where keys stand."""

    def __init__(self, text: str) -> None:
        self._text = text

    def of(self, key: str, value: str) -> int:
        """The line of a key with a value, from 1; 1 where it is written otherwise."""
        written = rf"{re.escape(json.dumps(key))}\s*:\s*{re.escape(json.dumps(value, ensure_ascii=False))}"
        found = re.search(written, self._text) or re.search(rf"{re.escape(json.dumps(key))}\s*:", self._text)
        return self._text.count("\n", 0, found.start()) + 1 if found is not None else 1


def _scripts(scripts: object, lines: _Lines, reader: Reader) -> None:
    if not isinstance(scripts, dict):
        return
    for name in (*AT_INSTALLATION, *_OF_SOURCES):
        command = scripts.get(name)
        if not isinstance(command, str) or not command.strip():
            continue
        line = lines.of(name, command)
        runs = name in AT_INSTALLATION
        context = Context.NPM_LIFECYCLE if runs else Context.FUNCTION
        if runs:
            reader.emit("pkg.install_hook", line, text=f"{name}: {command}", context=context)
            for label in reader.labels_of(command):
                reader.emit(label, line, text=command, context=context)
        for path in started(command):
            reader.emit("code.own_file", line, text=path, context=context)
            if runs and not _SCRIPT.search(path):
                reader.emit("proc.spawn", line, text=command, context=context)
        reader.embed("shell", command, line, context=context)


def started(command: str) -> list[str]:
    """The files of the package that a command line starts, as it names them: what stands behind an interpreter, or for a program."""
    found: list[str] = []
    for part in _SEPARATORS.split(command[: limits.SCAN_TREE_BYTES_MAX]):
        words = [word for word in words_of(part) if word not in ("(", ")")]
        while words and (words[0] in _RUNNERS or "=" in words[0] or words[0].startswith("-")):
            option = words.pop(0)
            if option in ("-r", "--require", "--import", "--loader") and words:
                found.append(words.pop(0))
        if words and _FILE.fullmatch(words[0]) and ("/" in words[0] or "." in words[0]):
            found.append(words[0])
    return found


def _dependencies(listed: object, lines: _Lines, reader: Reader) -> None:
    if not isinstance(listed, dict):
        return
    for name, spec in listed.items():
        if isinstance(spec, str) and _ADDRESS.match(spec):
            reader.emit(
                "pkg.url_dependency", lines.of(name, spec), inputs=reader.labels_of(spec), text=f"{name}: {spec}"
            )


def _entries(manifest: dict[str, object]) -> Iterator[str]:
    """The files at which programs begin that load the package."""
    waiting: list[object] = [manifest.get(key) for key in _ENTRIES]
    if manifest.get("main") is None:
        yield "index.js"
    count = 0
    while waiting and count < _ENTRIES_MAX:
        each = waiting.pop()
        if isinstance(each, str):
            count += 1
            yield each
        elif isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
