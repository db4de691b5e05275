"""The lexicon: patterns that compile, labels that exist, and no text that any pattern takes long for."""

import re
import time
from importlib.resources import files

import pytest
import yara_x

from pratique.facts.scan.engine import lexicon
from pratique.facts.scan.labels import LABELS
from pratique.facts.scan.languages import LANGUAGES

PARTS = [entry for entry in files("pratique.facts.scan").joinpath("lexicon").iterdir() if entry.name.endswith(".yar")]
LABEL = re.compile(r'label\s*=\s*"([^"]+)"')
RULE = re.compile(r"^(?:private\s+)?rule\s+(\w+)(?:\s*:\s*([\w ]+))?", re.MULTILINE)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_rule_says_a_label_of_the_list_or_that_it_only_makes_a_file_worth_reading(part: object) -> None:
    text = part.read_text(encoding="utf-8")  # type: ignore[attr-defined]  # a resource
    found = LABEL.findall(text)
    assert set(found) <= set(LABELS)
    unlabelled = [name for name, tags in RULE.findall(text) if "worth" in tags]
    assert len(RULE.findall(text)) == len(found) + len(unlabelled)


SIZE = 100_000
FEARED = (
    *"9aA/. \\-%\n(=\"'+*_{[<$`&|;:,@#~^?!\0\xff",
    *(
        "aA9",
        "a.",
        "0x41,",
        "%41",
        "QUFB",
        "1.",
        "1 ",
        "[1,",
        "chr(1)+",
        "cat ",
        "\\x41",
        "http://",
        "curl ",
        "for x in ",
        "'+'",
    ),
    *(
        "rm -rf ",
        "while True: ",
        "os.environ ",
        "\\u200b",
        "'a'+",
        "$a ",
        "-e ",
        "wget -q ",
        "import os;",
        "eval(",
        "_0x1a2b",
        "\t ",
        "A\n",
    ),
    *(
        "powershell ",
        "https://a.",
        "~/.",
        "C:\\a\\",
        "process.env.",
        "function(a){",
        "base64 -d|",
        "Invoke-",
        "1,2,3,4,",
    ),
)
"""Texts of one thing over and over: what patterns that try many ways take long for."""


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_no_pattern_takes_long_for_what_says_one_thing_again_and_again(part: object) -> None:
    compiler = yara_x.Compiler()
    compiler.add_source(part.read_text(encoding="utf-8"))  # type: ignore[attr-defined]  # a resource
    scanner = yara_x.Scanner(compiler.build())
    scanner.max_matches_per_pattern(64)
    slow = {}
    for feared in FEARED:
        data = (feared * (SIZE // len(feared))).encode("latin-1")
        begun = time.process_time()
        scanner.scan(data)
        spent = time.process_time() - begun
        if spent > 1:
            slow[feared] = round(spent, 2)
    assert slow == {}


def test_a_text_has_its_labels_and_one_that_is_too_short_has_none() -> None:
    assert "read.secret_file" in lexicon().labels("~/.aws/credentials")
    assert lexicon().labels("~/.aws/credentials") == lexicon().labels(b"~/.aws/credentials")
    assert lexicon().labels("") == lexicon().labels("a.b") == lexicon().labels("a plain sentence") == frozenset()


def test_words_are_those_of_the_language_that_is_asked_for() -> None:
    assert "code" in lexicon().look(b"exec(x)", "python").groups
    assert "code" not in lexicon().look(b"execute(x)", "python").groups
    assert lexicon().look(b"import pynput", "python").groups == {"watch"}
    assert lexicon().look(b"import pynput", "r").groups == lexicon().look(b"import", "r").groups


def test_every_language_has_words_in_every_group() -> None:
    for language in LANGUAGES.values():
        assert all(language.words.values())


def test_a_mark_is_where_it_stands() -> None:
    data = b"a = 1\nb = '\xe2\x80\xae'\n"
    marks = lexicon().look(data, "python").marks
    assert marks
    assert all(data[mark.offset : mark.offset + len(mark.text)] == mark.text for mark in marks)
