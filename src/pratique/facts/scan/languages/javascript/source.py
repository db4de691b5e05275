"""JavaScript and TypeScript as trees, by tree-sitter: it reads every dialect, and goes on behind an error. Nothing is executed."""

from typing import Final

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser, Query, QueryCursor

from pratique.errors import InvalidInput
from pratique.facts.scan.content import Content
from pratique.facts.scan.languages.trees import parsed
from pratique.model import limits

_JAVASCRIPT: Final = Language(tree_sitter_javascript.language())
_TYPESCRIPT: Final = Language(tree_sitter_typescript.language_typescript())
_TSX: Final = Language(tree_sitter_typescript.language_tsx())
_PARSERS: Final = {language: Parser(language) for language in (_JAVASCRIPT, _TYPESCRIPT, _TSX)}
_ERRORS: Final = {language: Query(language, "(ERROR) @error") for language in _PARSERS}
_TEXTS: Final = {language: Query(language, "(string) @text (template_string) @text") for language in _PARSERS}
_UNREADABLE_SHARE: Final = 0.6
_BROKEN_SHARE: Final = 0.2
_WHOLE_SHARE: Final = 0.3
"""So much at least of a text that is not told as a program."""
_CONTROL_SHARE: Final = 0.05
_SAMPLE_BYTES: Final = 1_024
_CONTROLS: Final = bytes(each for each in range(32) if each not in b"\t\n\v\f\r\x1b")


class Source:
    """A text and its tree. `broken` is the share of bytes that belong to no statement of the language.

    Raises `LimitExceeded` for one that is nested too deeply, or takes too much work.
    """

    __slots__ = ("_language", "broken", "data", "root")

    def __init__(self, data: bytes, language: Language) -> None:
        self.data = data
        self._language = language
        self.root: Node = parsed(_PARSERS[language], data)
        self.broken = self._broken() if self.root.has_error else 0.0

    def _broken(self) -> float:
        size = max(len(self.data), 1)
        whole = self.root.type == "ERROR"  # one part that cannot be read is enough for that, and the others can be
        spans = [(node.start_byte, node.end_byte) for node in self._found(_ERRORS) if node.id != self.root.id]
        reached = covered = 0
        for start, end in sorted(spans):
            covered += max(0, end - max(start, reached))
            reached = max(reached, end)
        return max(covered / size, _WHOLE_SHARE if whole else 0.0)

    def texts(self) -> list[Node]:
        """Every string and template in the tree."""
        return self._found(_TEXTS)

    def _found(self, queries: dict[Language, Query]) -> list[Node]:
        captured = QueryCursor(queries[self._language]).captures(self.root)
        return [node for nodes in captured.values() for node in nodes]


def source_of(content: Content) -> Source:
    """A content as a tree. Raises `InvalidInput` for what is no text, or of which hardly anything is of the language."""
    data = content.data
    if len(data) > limits.SCAN_TREE_BYTES_MAX:
        raise InvalidInput(f"it has {len(data)} bytes; the limit for code is {limits.SCAN_TREE_BYTES_MAX}")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = content.text().encode("utf-8", errors="replace")
    if b"\0" in data:  # allowed in texts; the parser takes one for the end of the file
        data = data.replace(b"\0", b" ")
    if _is_binary(content.data):
        raise InvalidInput("it is no text")
    language = _language(content)
    source = Source(data, language)
    if source.broken and language is _JAVASCRIPT:  # types of Flow look like those of TypeScript
        other = Source(data, _TSX)
        if other.broken < source.broken:
            source = other
    if source.broken > _UNREADABLE_SHARE:
        raise InvalidInput("hardly anything in it is JavaScript")
    return source


def is_broken(source: Source) -> bool:
    """Whether a large part could not be read."""
    return source.broken > _BROKEN_SHARE


def _language(content: Content) -> Language:
    path = content.path.lower()
    if content.inside or not path.endswith((".ts", ".mts", ".cts", ".tsx")):
        return _JAVASCRIPT
    return _TSX if path.endswith(".tsx") else _TYPESCRIPT


def _is_binary(data: bytes) -> bool:
    """Whether it begins with more control characters than any text does."""
    sample = data[:_SAMPLE_BYTES]
    if sample[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return False
    return len(sample) - len(sample.translate(None, _CONTROLS)) > len(sample) * _CONTROL_SHARE
