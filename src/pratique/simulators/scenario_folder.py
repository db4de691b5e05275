"""The folder of one scenario: `scenario.toml`, `parts/`, and below `releases/` a tree of files for each release.

Every file in a tree has `.txt` behind its name, which is taken off when the release is packed. So nothing there can be run, is
imported, or is taken by tools for what it stands for. All are UTF-8; what is large or no text is generated.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Final

from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits
from pratique.simulators.parts import Parts
from pratique.simulators.scenario_table import Mistakes, ScenarioTable, TableReader

TABLE: Final = "scenario.toml"
_SUFFIX: Final = ".txt"
_KNOWN: Final = frozenset({TABLE, "parts", "releases", "README.md"})


@dataclass(frozen=True, slots=True)
class ScenarioFolder:
    """What was read: the table, and the whole text of each file by its path in its tree."""

    id: str
    shown: str
    reader: TableReader
    table: ScenarioTable
    parts: Parts
    trees: Mapping[str, Mapping[str, str]]


def read_folder(folder: Traversable, shown: str, mistakes: Mistakes) -> ScenarioFolder | None:
    """Read a scenario's folder; `shown` is how mistakes name it. None when something in it is wrong."""
    before = len(mistakes.found)
    reading = _Reading(shown, mistakes)
    table_file = folder / TABLE
    reader = TableReader(reading.text(table_file, TABLE, limits.SCENARIO_TABLE_BYTES_MAX), f"{shown}/{TABLE}", mistakes)
    table = reader.read()
    for unknown in sorted({each.name for each in folder.iterdir()} - _KNOWN):
        mistakes.add(f"{shown}/{unknown}", f"a scenario has {', '.join(sorted(_KNOWN))} and nothing else")
    project = "" if table is None else table.project
    parts = Parts({**reading.texts(folder / "parts", "parts"), "id": folder.name, "project": project})
    trees: dict[str, dict[str, str]] = {}
    for tree in reading.entries(folder / "releases", "releases"):
        texts = reading.texts(tree, f"releases/{tree.name}")
        trees[tree.name] = {
            path: reading.whole(parts, text, f"releases/{tree.name}/{path}") for path, text in texts.items()
        }
    if table is None or len(mistakes.found) > before:
        return None
    return ScenarioFolder(folder.name, shown, reader, table, parts, trees)


@dataclass(slots=True)
class _Reading:
    """One scenario being read, within what it may have."""

    shown: str
    mistakes: Mistakes
    files: int = 0
    bytes: int = 0
    full: bool = False

    def texts(self, folder: Traversable, path: str) -> dict[str, str]:
        """The texts of all files below a folder, by their path in it without `.txt`; none where there is no folder."""
        return dict(self._below(folder, path, "")) if folder.is_dir() else {}

    def entries(self, folder: Traversable, path: str) -> list[Traversable]:
        """The folders in a folder, by name; none where there is no folder."""
        if not folder.is_dir():
            return []
        inner = sorted(folder.iterdir(), key=lambda each: each.name)
        for each in inner:
            if not each.is_dir():
                self.mistakes.add(
                    f"{self.shown}/{path}/{each.name}", "there is a folder for each release here, no file"
                )
        return [each for each in inner if each.is_dir()]

    def whole(self, parts: Parts, text: str, path: str) -> str:
        """A text with what is put into it."""
        try:
            return parts.put_into(text, path)
        except InvalidInput as error:
            self.mistakes.add(f"{self.shown}/{path}{_SUFFIX}", str(error))
            return ""

    def _below(self, folder: Traversable, path: str, inside: str) -> Iterator[tuple[str, str]]:
        if inside.count("/") > limits.SCENARIO_FOLDERS_DEEP_MAX:
            self.mistakes.add(f"{self.shown}/{path}", f"folders go at most {limits.SCENARIO_FOLDERS_DEEP_MAX} deep")
            return
        for each in sorted(folder.iterdir(), key=lambda each: each.name):
            if self.full:
                return
            place = f"{path}/{each.name}"
            if each.is_dir():
                yield from self._below(each, place, f"{inside}{each.name}/")
            elif not each.name.endswith(_SUFFIX) or each.name == _SUFFIX:
                self.mistakes.add(f"{self.shown}/{place}", f"every file here has {_SUFFIX} behind its name")
            else:
                yield (
                    f"{inside}{each.name.removesuffix(_SUFFIX)}",
                    self.text(each, place, limits.SCENARIO_TEXTS_BYTES_MAX),
                )

    def text(self, file: Traversable, path: str, most: int) -> str:
        """A text file; empty, with a mistake noted, where it cannot be read as one."""
        try:
            return self._text(file, most)
        except (OSError, InvalidInput, UnicodeDecodeError) as error:
            self.mistakes.add(f"{self.shown}/{path}", f"cannot be read: {error}")
            return ""

    def _text(self, file: Traversable, most: int) -> str:
        if not file.is_file():
            raise InvalidInput("there is no such file")
        with file.open("rb") as opened:
            data = opened.read(most + 1)
        self.files += 1
        self.bytes += len(data)
        if self.files > limits.SCENARIO_FILES_MAX or self.bytes > limits.SCENARIO_TEXTS_BYTES_MAX or len(data) > most:
            self.full = True
            raise LimitExceeded(
                f"a scenario has at most {limits.SCENARIO_FILES_MAX} files, together of {limits.SCENARIO_TEXTS_BYTES_MAX} "
                f"bytes, and {limits.SCENARIO_TABLE_BYTES_MAX} of them in {TABLE}"
            )
        return data.decode()
