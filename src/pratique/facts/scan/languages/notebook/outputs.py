"""What notebooks keep beside code and show: markup and scripts, which a trusted notebook runs as soon as it is opened."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from pratique.facts.scan.content import Reader
from pratique.facts.scan.languages.notebook.document import Cell
from pratique.facts.scan.observation import How
from pratique.model import limits

_SCRIPT: Final = re.compile(r"<script\b([^>]{0,2000})>(.*?)(?:</script\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_SOURCE: Final = re.compile(r"\bsrc\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_DATA: Final = re.compile(
    r"type\s*=\s*[\"']?(?:application/(?:json|vnd|ld\+json)|text/(?:template|x-|math))", re.IGNORECASE
)
_HANDLER: Final = re.compile(
    r"\son(?:load|error|mouse\w+|focus|click|begin|toggle)\s*=\s*(?:\"([^\"]{1,4000})\"|'([^']{1,4000})')",
    re.IGNORECASE,
)
_ACTS: Final = re.compile(
    r"\b(?:fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|eval|Function|atob|fromCharCode|importScripts|"
    r"document\.cookie|localStorage|kernel|clipboard|Image\s*\(|unescape)\b|/api/(?:contents|terminals|kernels|sessions)"
)
_KERNEL: Final = re.compile(
    r"\bkernel\s*\.\s*(?:execute|send_shell_message)\s*\(|\.requestExecute\s*\(|insert_cell_at|\.execute_all_cells\s*\("
)
_GIVEN: Final = re.compile(
    r"(?:kernel\s*\.\s*execute|requestExecute)\s*\(\s*(?:\{\s*code\s*:\s*)?(?:\"((?:[^\"\\]|\\.){1,20000})\"|'((?:[^'\\]|\\.){1,20000})'|`([^`]{1,20000})`)",
    re.DOTALL,
)
_SERVER: Final = re.compile(r"/api/(?:terminals|contents|kernels|sessions)\b")
_ESCAPE: Final = re.compile(r"\\(n|t|r|\\|'|\")")
_LIBRARY: Final = re.compile(
    r"\s*(?:import |from |__import__\(['\"])?(?:bokeh|holoviews|panel|matplotlib|ipywidgets|plotly|hvplot)\b"
)
_LIBRARIES: Final = re.compile(r"bokeh|holoviews|HoloViews|matplotlib|plotly|pyviz|jupyter_widgets")
"""Libraries whose outputs speak to the kernel, to free what they hold or to update what is shown."""
_GIVEN_MAX: Final = 50
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r"}


class Shown:
    """The shown parts of one notebook: of so many scripts, so much is looked at as code; of the rest, as text."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._left = limits.SCAN_SCRIPTS_CHARACTERS_MAX

    def cell(self, cell: Cell) -> None:
        """The stored outputs and attachments of a cell."""
        for output in cell.outputs:
            scripts = [("", output.text)] if output.kind.endswith("javascript") else list(_scripts(output.text))
            for source, code in scripts:
                self._stored(source, code, cell.line)
                self.script(code, cell.line)

    def markup(self, text: str, line: int) -> None:
        """Markup that a cell of code shows, with the scripts in it."""
        for source, code in _scripts(text):
            for label in self._reader.labels_of(source):
                self._reader.emit(label, line, text=source)
            self.script(code, line)

    def script(self, code: str, line: int) -> None:
        """A script that the browser runs goes on as one, what it gives to the kernel as Python."""
        if not code.strip():
            return
        for text in _given(code):
            self._reader.emit("code.exec", line, inputs=self._reader.labels_of(text), text=text)
            self._reader.embed("python", text, line)
        if _ACTS.search(code) and len(code) <= self._left:
            self._left -= len(code)
            self._reader.embed("javascript", code, line)

    def _stored(self, source: str, code: str, line: int) -> None:
        """A script in what is kept: whoever opens the notebook and trusts it runs it, without running a cell."""
        reader, labels = self._reader, self._reader.labels_of(source)
        shown = f"a script from {source[:120]}" if source else code.strip()
        if not shown:
            return
        reader.emit("code.active_output", line, inputs=labels, text=shown)
        for label in labels:
            reader.emit(label, line, text=source)
        given = [text for text in _given(code) if not _LIBRARY.match(text)]
        for text in given:
            reader.emit("code.kernel_call", line, inputs=reader.labels_of(text), text=text)
        if not given and _KERNEL.search(code) and not _LIBRARIES.search(code):
            reader.emit("code.kernel_call", line, how=How.RESOLVED, text=_around(_KERNEL, code))
        elif _SERVER.search(code) and _ACTS.search(code):
            reader.emit("code.kernel_call", line, text=_around(_SERVER, code))


def _given(code: str) -> list[str]:
    """Constant texts that a script gives to the kernel."""
    return [
        _ESCAPE.sub(lambda each: _ESCAPES.get(each[1], each[1]), found[1] or found[2] or found[3] or "")
        for found in islice(_GIVEN.finditer(code), _GIVEN_MAX)
    ]


def _scripts(text: str) -> Iterator[tuple[str, str]]:
    """Every script of a markup: where it comes from, or what it is."""
    for found in _SCRIPT.finditer(text):
        if not _DATA.search(found[1]):
            source = _SOURCE.search(found[1])
            yield (source[1] if source else ""), found[2]
    for handler in _HANDLER.finditer(text):
        yield "", handler[1] or handler[2]


def _around(pattern: re.Pattern[str], code: str) -> str:
    found = pattern.search(code)
    return code[found.start() : found.start() + 160] if found else ""
