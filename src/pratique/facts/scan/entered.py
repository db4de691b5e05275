"""Files that run earlier than their paths say: what the manifest of a package runs at installation, or loads at once.

A manifest, or a script that runs by itself, tells of the files it starts (`code.own_file`); a file leads to those that it loads.
"""

from collections import deque
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.observation import ASIDE, BY_ITSELF, Context, Observation

_FILES_MAX: Final = 500
_SUFFIXES: Final = ("", ".js", ".cjs", ".mjs", ".ts", "/index.js", "/index.cjs", "/index.mjs", ".json", ".sh")
_STARTS: Final = frozenset({Context.MODULE_TOP, Context.MAIN_GUARD, Context.SHELL, *ASIDE})


@dataclass(frozen=True, slots=True)
class Entry:
    """When a file runs; `whole` says that it is started by its name, and so its functions are there to be run by it."""

    context: Context
    whole: bool

    def of(self, view: FileView) -> FileView:
        """A file with what was observed in it at the time at which it runs."""
        return FileView.of(view.path, [self._moved(seen) for seen in view.observations])

    def _moved(self, seen: Observation) -> Observation:
        """Of a file of tests or documents, only what stands at its top is known to run when it is loaded."""
        function = seen.context is Context.FUNCTION or (seen.context in ASIDE and seen.unit != 0)
        if function and not (self.whole and self.context in BY_ITSELF):
            return seen if seen.context is Context.FUNCTION else msgspec.structs.replace(seen, context=Context.FUNCTION)
        if seen.context in _STARTS or function:
            return msgspec.structs.replace(seen, context=self.context)
        return seen


def entered(
    files: Mapping[str, FileView], leads: Mapping[str, tuple[str, ...]], paths: Container[str]
) -> dict[str, Entry]:
    """The files that are started or loaded, by their paths; the earliest counts, and installation is earlier than import.

    What nothing but an installation leads to is there for it, with all its functions.
    """
    imported = _reached(_started(files, paths, early=False), files, leads, paths)
    installed = _reached(_started(files, paths, early=True), files, leads, paths)
    found = {path: Entry(each.context, each.whole or path not in imported) for path, each in installed.items()}
    return {**imported, **found}


def _reached(
    entries: Iterator[tuple[str, Entry]],
    files: Mapping[str, FileView],
    leads: Mapping[str, tuple[str, ...]],
    paths: Container[str],
) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    waiting = deque(entries)
    while waiting and len(found) < _FILES_MAX:
        path, entry = waiting.popleft()
        if path in found:
            continue
        found[path] = entry
        inner = Entry(entry.context, whole=False)
        waiting += [(each, inner) for lead in leads.get(path, ()) for each in _file(path, lead, paths)]
        view = files.get(path)
        if view is not None and entry.context in BY_ITSELF:
            waiting += [(each, entry) for each in _mentioned(entry.of(view), paths)]
    return found


def _started(files: Mapping[str, FileView], paths: Container[str], *, early: bool) -> Iterator[tuple[str, Entry]]:
    for view in files.values():
        for seen in view.each("code.own_file"):
            if seen.by_itself() is early and not seen.aside() and seen.context is not Context.FUNCTION:
                yield from ((path, Entry(seen.context, whole=True)) for path in _file(view.path, seen.text, paths))


def _mentioned(view: FileView, paths: Container[str]) -> Iterator[str]:
    for seen in view.each("code.own_file"):
        if seen.by_itself():
            yield from _file(view.path, seen.text, paths)


def _file(origin: str, name: str, paths: Container[str]) -> Iterator[str]:
    """The file of the archive that a name stands for, seen from another: beside it, or from the top of the package."""
    folder = origin.rpartition("/")[0]
    for base in dict.fromkeys((folder, origin.partition("/")[0])):
        plain = _normal(f"{base}/{name}")
        for suffix in _SUFFIXES:
            if f"{plain}{suffix}" in paths:
                yield f"{plain}{suffix}"
                return


def _normal(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", ".", ".."):
            parts.append(part)
    return "/".join(parts)
