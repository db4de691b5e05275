"""A notebook as its cells (nbformat 3 and 4), each line of which knows its line in the file."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from pratique.errors import InvalidInput
from pratique.model import limits

_TOKEN: Final = re.compile(rb'"([^"\\]*(?:\\.[^"\\]*)*)"(\s*:)?|[\[\]{}]', re.DOTALL)
_CELLS: Final = ([b"", b"cells"], [b"", b"worksheets", b"", b"cells"])
"""Where cells are, by the keys above them; of the root and of elements of lists the key is empty."""
_SOURCES: Final = (b"source", b"input")
_LANGUAGES: Final = {
    **dict.fromkeys(("python", "ipython", "python2", "python3", "xpython", "pyodide", "pyspark", "sagemath"), "python"),
    **dict.fromkeys(("javascript", "js", "typescript", "ts", "deno", "nodejs", "node", "babel"), "javascript"),
    **dict.fromkeys(("bash", "shell", "sh", "zsh", "shellscript"), "shell"),
    **dict.fromkeys(("powershell", "pwsh"), "powershell"),
    **dict.fromkeys(("r", "ir"), "r"),
}
"""What notebooks call languages, and their ids here. Of others, texts are looked at and nothing else."""


@dataclass(frozen=True, slots=True)
class Output:
    """A stored output, by its kind of data (`text/html`), as text."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: `number` counts from 1, `lines` has the line of the file from which each line of `source` comes.

    `hidden` says that it is shown folded, or not at all; `language` is as the notebook says, and may be unknown here.
    """

    number: int
    kind: str
    language: str
    source: str
    lines: tuple[int, ...]
    hidden: bool
    outputs: tuple[Output, ...]

    @property
    def line(self) -> int:
        """Where it begins."""
        return self.lines[0] if self.lines else 1


def language_id(name: str) -> str:
    """The id of a language as it is called in notebooks; empty for one that is not read here."""
    return _LANGUAGES.get(name.lower(), "")


def cells_of(data: bytes) -> list[Cell]:
    """The cells of a notebook. Raises `InvalidInput` for what is no notebook to anybody."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        return []
    document = _document(data)
    if not isinstance(document, dict):
        raise InvalidInput("it is no notebook")
    language = _language(_mapping(document.get("metadata")))
    worksheets = document.get("worksheets")
    sheets = [document] if not isinstance(worksheets, list) else [_mapping(each) for each in worksheets]
    found = [_mapping(each) for sheet in sheets for each in _sequence(sheet.get("cells"))]
    if len(found) > limits.SCAN_CELLS_MAX:
        raise InvalidInput(f"it has more than {limits.SCAN_CELLS_MAX} cells")
    places = _places(data)
    if len(places) != len(found):
        places = [[] for _ in found]
    return [
        _cell(number, cell, language, where) for number, (cell, where) in enumerate(zip(found, places, strict=True), 1)
    ]


def _document(data: bytes) -> object:
    """What the JSON says, as Jupyter reads it: `NaN` and lone surrogates are no errors."""
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        pass
    try:
        return json.loads(data.decode("utf-8", errors="surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise InvalidInput("it is no notebook that can be read: its JSON is broken") from error


def _cell(number: int, cell: Mapping[str, Any], language: str, places: list[int]) -> Cell:
    metadata = _mapping(cell.get("metadata"))
    pieces = _pieces(cell.get("source", cell.get("input")))
    source, lines = _joined(pieces, places)
    own = _own_language(cell, metadata)
    return Cell(
        number,
        str(cell.get("cell_type", "code")),
        own or language,
        source,
        lines,
        _hidden(cell, metadata),
        tuple(_outputs(cell)),
    )


def _own_language(cell: Mapping[str, Any], metadata: Mapping[str, Any]) -> str:
    """Languages of single cells: nbformat 3, VS Code, .NET Interactive, SoS."""
    inner = [
        _mapping(metadata.get("vscode")).get("languageId"),
        _mapping(metadata.get("dotnet_interactive")).get("language"),
        _mapping(metadata.get("polyglot_notebook")).get("kernelName"),
        metadata.get("kernel"),
        cell.get("language"),
    ]
    return next((each for each in inner if isinstance(each, str) and each), "")


def _hidden(cell: Mapping[str, Any], metadata: Mapping[str, Any]) -> bool:
    jupyter = _mapping(metadata.get("jupyter"))
    tags = {str(each) for each in _sequence(metadata.get("tags"))}
    return bool(
        jupyter.get("source_hidden") is True
        or metadata.get("hide_input") is True
        or metadata.get("cellView") == "form"
        or cell.get("collapsed") is True
        or tags & {"hide-input", "remove-input", "hide-cell", "remove-cell", "hide_input", "remove_cell"}
    )


def _outputs(cell: Mapping[str, Any]) -> Iterator[Output]:
    """What is kept in a notebook beside its code and would be shown: outputs, and attachments."""
    for output in _sequence(cell.get("outputs")):
        entry = _mapping(output)
        data = _mapping(entry.get("data")) or {
            kind: entry[key]
            for key, kind in (("html", "text/html"), ("javascript", "application/javascript"), ("svg", "image/svg+xml"))
            if key in entry
        }
        yield from _texts(data)
    for attachment in _mapping(cell.get("attachments")).values():
        yield from _texts(_mapping(attachment))


def _texts(data: Mapping[str, Any]) -> Iterator[Output]:
    for kind, value in data.items():
        if kind in ("text/html", "application/javascript", "text/javascript", "image/svg+xml"):
            yield Output(kind, "".join(_pieces(value)))


def _joined(pieces: list[str], places: list[int]) -> tuple[str, tuple[int, ...]]:
    """The text of a cell, and of each of its lines the line of the file, as far as it is known: else of the cell."""
    source = "".join(pieces)
    if len(places) != len(pieces):
        first = places[0] if places else 1
        return source, (first,) * (source.count("\n") + 1)
    lines: list[int] = []
    fresh = True
    for piece, place in zip(pieces, places, strict=True):
        parts = piece.split("\n")
        lines += [place] * (len(parts) - (0 if fresh else 1))
        fresh = False
        if not parts[-1]:  # the next piece begins a line of its own
            lines.pop()
            fresh = True
    if fresh:
        lines.append(places[-1] if places else 1)
    return source, tuple(lines)


def _places(data: bytes) -> list[list[int]]:
    """Of each cell, the line of the file of each text of its source. Of two keys of one name the last counts, as in Python."""
    found: list[list[int]] = []
    stack: list[bytes] = []
    key, line, last = b"", 1, 0
    for token in _TOKEN.finditer(data):
        text, sign = token[1], token[0]
        if text is None and sign in (b"[", b"{"):
            if sign == b"{" and stack in _CELLS:
                found.append([])
            elif sign == b"[" and key == b"cells" and stack == [b""]:
                found.clear()
            stack.append(key)
            key = b""
        elif text is None:
            del stack[-1:]
            key = b""
        elif token[2] is not None:
            key = text
            if key in _SOURCES and stack[:-1] in _CELLS and found:
                found[-1].clear()
        else:
            where = [*stack, key] if key else stack
            if where[-1:] and where[-1] in _SOURCES and where[:-2] in _CELLS and found:
                line += data.count(b"\n", last, token.start())
                last = token.start()
                found[-1].append(line)
            key = b""
    return found


def _language(metadata: Mapping[str, Any]) -> str:
    """The language of a notebook's kernel; Python where it does not say."""
    spec, info = _mapping(metadata.get("kernelspec")), _mapping(metadata.get("language_info"))
    told = [spec.get("language"), info.get("name"), metadata.get("language"), spec.get("name")]
    return next((each for each in told if isinstance(each, str) and each), "python")


def _pieces(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _sequence(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
