"""Trees of tree-sitter: a text that would take its parser or a query without end is refused, and the next one is read as ever."""

import pytest
import tree_sitter_python
from tree_sitter import Language, Parser

from pratique.errors import LimitExceeded, OutOfTime
from pratique.facts.scan.languages.trees import parsed
from pratique.model import limits

LANGUAGE = Language(tree_sitter_python.language())
PARSER = Parser(LANGUAGE)


def is_read() -> bool:
    """Whether the parser reads a text from its beginning."""
    return str(parsed(PARSER, b"a\n")) == str(Parser(LANGUAGE).parse(b"a\n").root_node)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<!--" * 3_000, "it takes too much work to parse"),
        ("a = 1\n" * 1_000 + "<!-- " * 40_000, "it takes too much work to parse"),
        ("(" * 100_000, "too many signs in a row that belong to nothing"),
        ("[\n" * 100_000, "too many signs in a row that belong to nothing"),
        ("a." * 1_000 + "{" * 100_000, "too many signs in a row that belong to nothing"),
        ("a = " + "-" * 60_000 + "1", "nested too deeply to be followed"),
    ],
)
def test_what_takes_too_much_is_refused_and_the_next_text_is_read(text: str, why: str) -> None:
    with pytest.raises(LimitExceeded, match=why):
        parsed(PARSER, text.encode())
    assert is_read()


@pytest.mark.parametrize(
    "text", ["<!--" * 60, "(" * 2_000, "x = [" * 10_000, "f(a, b)\n" * 20_000, "'\u00fc' + \\\n" * 20_000]
)
def test_the_tree_of_what_is_bearable_is_that_of_the_whole_text(text: str) -> None:
    assert str(parsed(PARSER, text.encode())) == str(Parser(LANGUAGE).parse(text.encode()).root_node)


def test_the_bound_is_one_of_work(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"a = f(1)\n" * 1_000
    parsed(PARSER, text)
    monkeypatch.setattr(limits, "SCAN_PARSED_ROUNDS_MIN", 10)
    monkeypatch.setattr(limits, "SCAN_PARSED_ROUNDS_PER_KIB_MAX", 1)
    with pytest.raises(LimitExceeded):
        parsed(PARSER, text)
    assert is_read()


def test_what_ends_a_parser_from_outside_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A timer raises between two rounds."""

    class Late:
        def __add__(self, _: int) -> int:
            raise OutOfTime("it took longer than it may")

    with monkeypatch.context() as patch:
        patch.setattr(limits, "SCAN_PARSED_ROUNDS_MIN", Late())
        patch.setattr(limits, "SCAN_PARSED_ROUNDS_PER_KIB_MAX", 1)
        with pytest.raises(OutOfTime):
            parsed(PARSER, b"a = f(1)\n" * 1_000)
    assert is_read()
