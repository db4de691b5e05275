"""Names of programs that a script does not write down: taken apart by quotes, escapes, variables, patterns or decoders."""

import re
from typing import Final

from pratique.facts.scan.languages.shell.machine import Machine
from pratique.facts.scan.languages.shell.nodes import Alternatives, Parameter, Substitution, Word
from pratique.facts.scan.languages.shell.programs import NOTABLE, name_of
from pratique.facts.scan.languages.shell.texts import matches
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, Value

_LETTERS_MIN: Final = 2
_PATTERN: Final = re.compile(r"[?*\[]")
_PLAIN_PATTERN: Final = re.compile(r"/[\w/?*\[\]-]+")


def tell_spelling(machine: Machine, word: Word, field: Value, line: int) -> How:
    """Tell of a notable program whose name is put together; gives how it is written."""
    text = field.text
    if _PATTERN.search(text) and "/" in text:
        return _pattern(machine, word, text, line)
    name = name_of(text)
    if name not in NOTABLE:
        return How.LITERAL
    if not (word.spelled or _put_together(machine, word, field, name)):
        return How.LITERAL
    machine.tell("obf.spelling", line, how=How.RESOLVED, inputs=field.labels, text=f"{_source(word)} is {name}")
    return How.RESOLVED


def _put_together(machine: Machine, word: Word, field: Value, name: str) -> bool:
    """Whether no part of the word holds the name."""
    if any(label.startswith("decode.") for label in field.labels):
        return True
    pieces: list[str] = []
    for part in word.parts:
        if isinstance(part, str):
            pieces.append(part)
        elif isinstance(part, Alternatives):
            return part is word.parts[0]
        elif isinstance(part, Parameter):
            if part.name == "IFS" and part is not word.parts[0]:
                return True
            value = machine.argument(part.name) if part.name.isdecimal() else machine.lookup(part.name)
            if part.operator and part.operator not in ("-", ":-", "=", ":=", "?", ":?"):
                if part.operator == ":" and value.text and HOLE not in value.text:
                    return not name_of(value.text).startswith(name)
                return False
            if value.items is not None or not value.known or part.operator:
                return False
            if value.how is not How.LITERAL and _is_assembled(value):
                return True
            pieces.append(value.text)
        elif isinstance(part, Substitution):
            return False
    whole = "".join(pieces)
    held = any(name in piece for piece in pieces)
    return not held and name in whole and sum(len(piece) >= 1 and piece.isalnum() for piece in pieces) >= _LETTERS_MIN


def _is_assembled(value: Value) -> bool:
    return any(label.startswith(("decode.", "obf.")) for label in value.labels)


def _pattern(machine: Machine, word: Word, text: str, line: int) -> How:
    """A pattern that stands for a program, as `/???/c?t`."""
    glob = text.rpartition("/")[2]
    if not _PLAIN_PATTERN.fullmatch(text) or any(not isinstance(part, str) for part in word.parts):
        return How.LITERAL
    if not _PATTERN.search(glob) or not glob.strip("*") or not any(matches(glob, name) for name in NOTABLE):
        return How.LITERAL
    machine.tell("obf.spelling", line, how=How.RESOLVED, text=text)
    return How.RESOLVED


def _source(word: Word) -> str:
    parts = []
    for part in word.parts:
        if isinstance(part, str):
            parts.append(part)
        elif isinstance(part, Parameter):
            parts.append("${" + part.name + part.operator + "}")
        elif isinstance(part, Alternatives):
            parts.append("{" + ",".join(part.choices) + "}")
        else:
            parts.append("$(…)")
    return "".join(parts)
