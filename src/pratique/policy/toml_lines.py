"""On which line of a TOML file each of its values stands.

`tomllib` reads the file and says nothing of lines; this walks over a text that `tomllib` has accepted, and so may trust its
syntax. Tables, keys, inline tables, arrays and arrays of tables are found; a path is the keys and indices that lead to a
value, such as `("rule", 1, "when")`.
"""

import re
import tomllib
from bisect import bisect_left
from typing import Final, TypeAlias

Path: TypeAlias = tuple[str | int, ...]

_BLANK: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY: Final = re.compile(r"""[ \t]*(?:([A-Za-z0-9_-]+)|"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)')[ \t]*""")
STRING: Final = (
    r'"""(?:[^\\]|\\.)*?(?:"""(?:"{0,2})|\Z)'
    r"|'''.*?(?:'''(?:'{0,2})|\Z)"
    r'|"(?:[^"\\\n]|\\.)*"?'
    r"|'[^'\n]*'?"
)
"""A string of TOML in each of its four forms, as a regular expression in which a dot stands for line ends too.

One that does not end is taken as far as it goes, so that nothing is looked at twice.
"""

_STRING: Final = re.compile(STRING, re.DOTALL)
_BARE: Final = re.compile(r"[^,\]\}\n#]+")


class TomlLines:
    """The lines of the values of one TOML text, counted from 1."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._ends = [match.start() for match in re.finditer("\n", text)]
        self._lines: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}
        self._read()

    def line(self, path: Path) -> int:
        """The line of a value, or of the nearest table around it that is written; 0 for the file as a whole."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 0)

    def _read(self) -> None:
        table: Path = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            start = self._at
            if self._take("[["):
                *parents, last = self._keys()
                array = (*self._resolve(tuple(parents), start), last)
                index = self._counts.get(array, 0)
                self._counts[array] = index + 1
                table = (*array, index)
                self._note(array, start)
                self._note(table, start)
                self._take("]]")
            elif self._take("["):
                table = self._resolve(self._keys(), start)
                self._take("]")
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _pair(self, table: Path) -> None:
        start = self._at
        path = table
        for key in self._keys():
            path = (*path, key)
            self._note(path, start)
        self._take("=")
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip(_BLANK)
        if self._take("["):
            self._array(path)
        elif self._take("{"):
            self._inline_table(path)
        else:
            self._skip(_STRING if self._text[self._at] in "\"'" else _BARE)

    def _array(self, path: Path) -> None:
        index = 0
        self._skip(_BLANK)
        while not self._take("]"):
            self._note((*path, index), self._at)
            self._value((*path, index))
            index += 1
            self._skip(_BLANK)
            self._take(",")
            self._skip(_BLANK)

    def _inline_table(self, path: Path) -> None:
        self._skip(_BLANK)
        while not self._take("}"):
            self._pair(path)
            self._skip(_BLANK)
            self._take(",")
            self._skip(_BLANK)

    def _keys(self) -> tuple[str, ...]:
        keys: list[str] = []
        while True:
            match = _KEY.match(self._text, self._at)
            if match is None:  # pragma: no cover - tomllib has accepted the text
                raise ValueError(f"no key at character {self._at}")
            bare, quoted, literal = match.groups()
            self._at = match.end()
            keys.append(bare or (_unescaped(quoted) if quoted is not None else literal))
            if not self._take("."):
                return tuple(keys)

    def _resolve(self, keys: tuple[str, ...], start: int) -> Path:
        """The path of a table header: a name of an array of tables means its newest element."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            self._note(path, start)
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
        return path

    def _note(self, path: Path, offset: int) -> None:
        self._lines.setdefault(path, bisect_left(self._ends, offset) + 1)

    def _take(self, token: str) -> bool:
        if self._text.startswith(token, self._at):
            self._at += len(token)
            return True
        return False

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        if match is not None:
            self._at = match.end()


def _unescaped(quoted: str) -> str:
    key: str = tomllib.loads(f'key = "{quoted}"')["key"]
    return key
