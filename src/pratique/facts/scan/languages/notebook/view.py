"""A notebook, cell by cell: Python with IPython's syntax as one program, other languages by their views, and what is shown."""

import ast
from typing import Any, Final

from pratique.errors import LimitExceeded
from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages import magics
from pratique.facts.scan.languages.notebook.document import Cell, cells_of, language_id
from pratique.facts.scan.languages.notebook.ipython import as_python, commands_of, is_special, names_of
from pratique.facts.scan.languages.notebook.outputs import Shown
from pratique.facts.scan.languages.python import LANGUAGE as PYTHON
from pratique.facts.scan.languages.python.broken import Mended, mended
from pratique.facts.scan.languages.python.never_python import never_runs
from pratique.model.text import clean

_BLANK_LINES_MIN: Final = 40
_SHELL_WORDS: Final = ("get_ipython", "run_line_magic")
_TEXT_LINES_TOLD_MAX: Final = 20


def read(content: Content, reader: Reader) -> None:
    """Tell of what a notebook does when it is run, and when it is opened. Raises `InvalidInput` for what is no notebook."""
    cells = cells_of(content.data)
    shown = Shown(reader)
    python = _Program()
    code = [cell for cell in cells if cell.kind == "code"]
    names = names_of("\n".join(cell.source for cell in code if language_id(cell.language) == "python"))
    for cell in code:
        _cell(cell, reader, python, shown, names)
        shown.cell(cell)
    for cell in cells:
        if cell.kind == "markdown":
            shown.cell(cell)
    _commands(code, reader)
    if python.cells:
        _python(python, content, reader)


class _Program:
    """All Python of a notebook, one cell behind the other, with the line of the file and the cell of each of its lines."""

    def __init__(self) -> None:
        self.cells: list[tuple[str, tuple[int, ...]]] = []

    def add(self, text: str, lines: tuple[int, ...]) -> None:
        """Put a cell behind those that are there."""
        count = text.count("\n") + 1
        whole = (*lines, *[lines[-1] if lines else 1] * count)[:count]
        self.cells.append((text, whole))

    def lines(self) -> tuple[int, ...]:
        """The line of the file of each line."""
        return tuple(line for _, lines in self.cells for line in lines)

    def text(self) -> str:
        """All of it."""
        return "\n".join(text for text, _ in self.cells)


class _ByCell(Reader):
    """Cells are run one by one: what is at the top of one is a unit of its own."""

    __slots__ = ("units",)

    units: list[int]

    def emit(self, label: str, line: int, *, unit: int | None = None, **more: Any) -> None:  # noqa: ANN401 - handed on as it came
        Reader.emit(self, label, line, unit=unit or self._unit(line), **more)

    def embed(self, language: str, text: str | bytes, line: int, *, unit: int | None = None, **more: Any) -> None:  # noqa: ANN401 - the same
        Reader.embed(self, language, text, line, unit=unit or self._unit(line), **more)

    def _unit(self, line: int) -> int:
        return self.units[min(max(line, 1), len(self.units)) - 1]


def _cell(cell: Cell, reader: Reader, python: _Program, shown: Shown, names: frozenset[str]) -> None:
    _out_of_sight(cell, reader)
    source = cell.source
    language = language_id(cell.language)
    first, _, body = source.lstrip("\n").partition("\n")
    if first.lstrip().startswith("%%") and language in ("python", ""):
        _with_command(cell, first.strip()[2:], body, reader, python, shown, names)
    elif language == "python":
        python.add(as_python(source, names) if is_special(source) else source, cell.lines)
    elif language:
        _embed(language, source, cell.lines, reader)
    else:
        _as_text(cell, reader)


def _embed(language: str, source: str, lines: tuple[int, ...], reader: Reader) -> None:
    """Code of another language. Of commands it is also told what `!` in front of each would tell."""
    reader.embed(language, source, lines[0] if lines else 1, lines=lines)
    if language != "shell" or not reader.labels_of(source):
        return
    for line, place in zip(source.split("\n"), lines, strict=False):
        labels = reader.labels_of(line)
        if labels:
            reader.emit("proc.shell", place, inputs=labels, text=line)


def _with_command(
    cell: Cell, command: str, body: str, reader: Reader, python: _Program, shown: Shown, names: frozenset[str]
) -> None:
    """A cell that begins with `%%`: its body is of the language that the command says."""
    name, _, rest = command.partition(" ")
    start = len(cell.source) - len(cell.source.lstrip("\n")) + 1
    lines = cell.lines[start:] or cell.lines[-1:]
    language = magics.body_language(name, rest)
    magics.tell([name, rest], reader, cell.line)
    if language == "html":
        shown.markup(body, cell.line)
    elif language == "javascript" and name.lower() in ("javascript", "js"):
        shown.script(body, cell.line)
    elif language == "notebook" or (not language and language_id(cell.language) == "python" and not name.isupper()):
        if name.lower() in ("time", "timeit", "prun") and rest.strip():
            body = f"{body}\n{rest}"
        python.add(as_python(body, names) if is_special(body) else body, lines)
    elif language:
        _embed(language, body, lines, reader)
    else:
        _as_text(cell, reader)


def _python(program: _Program, content: Content, reader: Reader) -> None:
    """The Python of a notebook, if it is worth it."""
    text, lines = program.text(), program.lines()
    data = text.encode("utf-8", errors="replace")
    found = reader.lexicon.look(data, PYTHON.id)
    for mark in found.marks:
        line = lines[min(data.count(b"\n", 0, mark.offset), len(lines) - 1)]
        reader.emit(mark.label, line, text=clean(mark.text[:80].decode("utf-8", errors="replace")))
    if not (PYTHON.worth(found.groups | found.labels) or any(word in text for word in _SHELL_WORDS)):
        return
    if not _is_readable(text):
        for place, (cell, where) in enumerate(program.cells):
            program.cells[place] = _readable(cell, where, reader), where
        data = program.text().encode("utf-8", errors="replace")
    inner = Content(content.path, PYTHON.id, data, content.context, lines=lines)
    by_cell = _ByCell(inner, reader.reading, reader.lexicon)
    by_cell.units = [unit for _, where in program.cells for unit in [reader.unit()] * len(where)]
    PYTHON.read(inner, by_cell)


def _readable(text: str, lines: tuple[int, ...], reader: Reader) -> str:
    """A cell without what cannot be read in it. It counts as unread if some Python 3 may run it."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        found = _mended(text, reader)
        reader.emit("pkg.unparsable", lines[min(max((error.lineno or 1) - 1, 0), len(lines) - 1)], text=error.msg)
        if not never_runs(text, error.msg):
            reader.reading.problem(f"a cell is not readable as Python here: {error.msg}")
        return found.text if found is not None else "\n" * text.count("\n")
    except (ValueError, RecursionError, MemoryError):
        reader.reading.problem("a cell is not readable as Python here")
        return "\n" * text.count("\n")
    return text


def _mended(text: str, reader: Reader) -> Mended | None:
    """As much of a cell as can be read. One that goes beyond a limit is unread, and the others are read."""
    try:
        return mended(text)
    except LimitExceeded as error:
        reader.reading.problem(f"a cell is not readable as Python here: {error}")
        return None


def _is_readable(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _commands(cells: list[Cell], reader: Reader) -> None:
    """The shell commands of all cells as one script, for one may start what another has fetched."""
    told = [
        (command, cell.lines[min(place, len(cell.lines) - 1)])
        for cell in cells
        if language_id(cell.language) == PYTHON.id and not cell.source.lstrip().startswith("%%")
        for place, command in commands_of(cell.source)
    ]
    if len(told) > 1:
        script = "\n".join(command for command, _ in told)
        reader.embed("shell", script, told[0][1], lines=tuple(line for _, line in told))


def _out_of_sight(cell: Cell, reader: Reader) -> None:
    """Code that a reader of the notebook does not see: in a folded cell, or far below the rest of its cell."""
    if cell.hidden and cell.source.strip():
        reader.emit("obf.hidden_cell", cell.line, text=cell.source.strip())
    blank = 0
    for place, line in enumerate(cell.source.split("\n")):
        if line.strip():
            if blank >= _BLANK_LINES_MIN and place > blank:
                reader.emit("obf.offscreen", cell.lines[min(place, len(cell.lines) - 1)], text=line.strip())
            blank = 0
        else:
            blank += 1


def _as_text(cell: Cell, reader: Reader) -> None:
    """A cell in a language that is not read: what its lines speak of."""
    if not reader.labels_of(cell.source):
        return
    told = 0
    for line, place in zip(cell.source.split("\n"), cell.lines, strict=False):
        for label in reader.labels_of(line):
            reader.emit(label, place, text=line)
            told += 1
        if told >= _TEXT_LINES_TOLD_MAX:
            return
