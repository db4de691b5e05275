"""Texts and their labels: one compiled set of patterns (YARA-X) for every language, fast enough to ask of each text.

The patterns are in `lexicon/*.yar`, one rule a label. Rules tagged `file` are about files as a whole: tools' marks, invisible
characters; those tagged `worth` have no label, and only say that a file is worth reading. Beside them are the words of every
language, by which a file is judged worth reading at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

import yara_x

from pratique.facts.scan.labels import LABELS

_FOLDER: Final = files("pratique.facts.scan").joinpath("lexicon")
_MATCHES_MAX: Final = 64
_WORDS: Final = "words"
_GROUP: Final = "of_"
"""Stands before a group's name, for some names mean something in rules."""
_MANY: Final = ("python",)
"""Languages with so many files that each is looked over for no other's words."""
_NO_LABELS: Final[frozenset[str]] = frozenset()
_TEXT_BYTES_MIN: Final = 5
_KEPT_TEXTS: Final = 4_096
_KEPT_TEXT_BYTES_MAX: Final = 512


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file that a rule of whole files points at: its label, the byte at which it begins, and what is there."""

    label: str
    offset: int
    text: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """What one look over a file shows: the labels in it, the groups of words, and its marks."""

    labels: frozenset[str]
    groups: frozenset[str]
    marks: tuple[Mark, ...]


class Lexicon:
    """The compiled set."""

    def __init__(
        self, words: Mapping[str, Mapping[str, Sequence[str]]], indicators: Iterable[tuple[str, Sequence[str]]] = ()
    ) -> None:
        sources = [
            (entry.name, entry.read_text(encoding="utf-8"))
            for entry in sorted(_FOLDER.iterdir(), key=lambda each: each.name)
            if entry.name.endswith(".yar")
        ]
        sources += [
            (f"{label}:{number}", _indicators(label, strings)) for number, (label, strings) in enumerate(indicators)
        ]
        others = {language: groups for language, groups in words.items() if language not in _MANY}
        self._plain = _scanner(sources, {})
        self._others = _scanner(sources, others)
        self._of_language = {language: self._plain for language, groups in others.items() if not groups} | {
            language: _scanner(sources, {language: words[language]}) for language in _MANY if language in words
        }
        self._labels = lru_cache(maxsize=_KEPT_TEXTS)(self._of)

    def labels(self, text: str | bytes) -> frozenset[str]:
        """The labels of a text that code uses."""
        data = text.encode("utf-8", errors="replace") if isinstance(text, str) else text
        if len(data) < _TEXT_BYTES_MIN:
            return _NO_LABELS
        return self._labels(data) if len(data) <= _KEPT_TEXT_BYTES_MAX else self._of(data)

    def look(self, data: bytes, language: str) -> Found:
        """One look over a whole file, for the words of its language."""
        labels, groups, marks = set(), set(), []
        for rule in self._of_language.get(language, self._others).scan(data).matching_rules:
            if rule.namespace.startswith(_WORDS):
                if rule.namespace == f"{_WORDS}:{language}":
                    groups.add(rule.identifier.removeprefix(_GROUP))
                continue
            if "worth" in rule.tags:
                groups.add(rule.identifier)
                continue
            label = _label(rule)
            if "file" in rule.tags:
                marks += [Mark(label, at, data[at : at + size]) for at, size in _places(rule)[:1]]
            else:
                labels.add(label)
        return Found(frozenset(labels), frozenset(groups), tuple(marks))

    def _of(self, data: bytes) -> frozenset[str]:
        found = self._plain.scan(data).matching_rules
        return frozenset(_label(rule) for rule in found if not rule.tags) if found else _NO_LABELS


def _scanner(sources: Iterable[tuple[str, str]], words: Mapping[str, Mapping[str, Sequence[str]]]) -> yara_x.Scanner:
    """A scanner for sources, each in its namespace, and for the words of languages."""
    compiler = yara_x.Compiler()
    for namespace, source in sources:
        compiler.new_namespace(namespace)
        compiler.add_source(source)
    for language, groups in sorted(words.items()):
        compiler.new_namespace(f"{_WORDS}:{language}")
        for group, each in sorted(groups.items()):
            compiler.add_source(_rule(group, each))
    scanner = yara_x.Scanner(compiler.build())
    scanner.max_matches_per_pattern(_MATCHES_MAX)
    return scanner


def _places(rule: yara_x.Rule) -> list[tuple[int, int]]:
    return sorted((match.offset, match.length) for pattern in rule.patterns for match in pattern.matches)


def _label(rule: yara_x.Rule) -> str:
    label = str(dict(rule.metadata)["label"])
    if label not in LABELS:
        raise KeyError(label)
    return label


def _indicators(label: str, strings: Iterable[str]) -> str:
    """Indicators with one label as a rule."""
    listed = "\n".join(f"        $ = {each}" for each in strings)
    return f'rule known {{\n    meta: label = "{label}"\n    strings:\n{listed}\n    condition: any of them\n}}\n'


def _rule(group: str, words: Iterable[str]) -> str:
    """A group of words as a rule: identifiers, or expressions between slashes."""
    strings = "\n".join(
        f"        $ = {word}" if word.startswith("/") else f'        $ = "{word}" fullword' for word in words
    )
    return f"rule {_GROUP}{group} {{\n    strings:\n{strings}\n    condition: any of them\n}}\n"
