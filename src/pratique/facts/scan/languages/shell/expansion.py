"""What words of a shell script are known to be: variables and their parts, texts put together, what commands write."""

import re
from abc import ABC, abstractmethod
from typing import Final

from pratique.errors import LimitExceeded
from pratique.facts.scan.content import Reader
from pratique.facts.scan.languages.shell import texts
from pratique.facts.scan.languages.shell.nodes import (
    Alternatives,
    AnyWord,
    Arithmetic,
    Node,
    Parameter,
    Part,
    Substitution,
    Word,
)
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value, joined
from pratique.model import limits

_FIELDS_MAX: Final = 2_000
_TEXT_CHARACTERS_MAX: Final = limits.SCAN_DECODED_BYTES_MAX
_HOST: Final = frozenset(
    {"USER", "LOGNAME", "HOSTNAME", "HOST", "USERNAME", "UID", "EUID", "OSTYPE", "MACHTYPE", "HOSTTYPE"}
)
_SET_BY_SHELLS: Final = {
    "HOME": "~",
    "IFS": " ",
    "SHELL": "/bin/sh",
    "BASH": "/bin/bash",
    "PWD": ".",
    "TMPDIR": "/tmp",  # noqa: S108 - what the variable holds on most machines
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "OLDPWD": "..",
    "GITHUB_ENV": "$GITHUB_ENV",
    "GITHUB_PATH": "$GITHUB_PATH",
}
"""Variables that are there without a script's doing. Of `PATH` and others scripts cut letters out: `${PATH:0:1}`."""
_SECRET_NAME: Final = re.compile(
    r"(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|ACCESS_KEY|SECRET_KEY|PRIVATE_KEY|CREDENTIALS?|AUTH_KEY)(?:_|$)|_(?:PASS|PAT|KEY)$"
)
_NUMBER: Final = re.compile(r"\d{1,6}")

SCRIPT_ITSELF: Final = "script"
"""The name of a value that is the path of the script itself."""
_KEPT_NAMES: Final = frozenset({SCRIPT_ITSELF, "stream", "sink"})


class Expansion(ABC):
    """Variables, and what words become with them."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.variables: dict[str, Value] = {}
        self.arguments: list[Value] | None = None
        self.sinks: dict[str, list[Node]] = {}
        self.steps = 0
        self.at_line = 1

    @abstractmethod
    def written(self, body: list[Node]) -> Value:
        """What commands write, for the text that takes their place."""

    @abstractmethod
    def tell(
        self, label: str, line: int, *, inputs: frozenset[str] = frozenset(), text: str = "", how: How = How.LITERAL
    ) -> None:
        """Tell of something at a line."""

    def step(self) -> None:
        """Count one thing done. Raises `LimitExceeded` when a file has taken too many."""
        self.steps += 1
        if self.steps > limits.SCAN_STEPS_MAX:
            raise LimitExceeded("it has more commands than are followed")

    def fields(self, word: AnyWord) -> list[Value]:
        """The words that a word becomes: none, one, or several where an expansion is split."""
        if isinstance(word, str):
            return [Value(word, self.labels_of(word))]
        self.step()
        rows = [Value("", how=How.RESOLVED if word.spelled else How.LITERAL)]
        done: list[Value] = []
        seen = False
        for part in word.parts:
            if isinstance(part, str):
                _add(rows, part, UNKNOWN)
                seen = True
            elif isinstance(part, Alternatives):
                rows = [Value(row.text + each, row.labels, how=row.how) for row in rows for each in part.choices]
                seen = True
            elif isinstance(part, Parameter) and part.name == "@" and self.arguments is not None and not part.operator:
                for place, each in enumerate(self.arguments):
                    if place:
                        done += rows
                        rows = [Value("")]
                    _add(rows, each.text or HOLE, each)
                seen = seen or bool(self.arguments)
            else:
                value = self._part(part)
                quoted = not isinstance(part, Parameter | Substitution) or part.quoted
                seen = self._insert(value, rows, done, quoted=quoted) or seen
            if len(done) + len(rows) > _FIELDS_MAX:
                break
        if not seen and not word.quoted:
            return done
        return [self._labelled(each) for each in (*done, *rows)]

    def value(self, word: AnyWord) -> Value:
        """What a word is where it is not split: on the right of `=`, behind an operator, in a here-document."""
        if isinstance(word, str):
            labels = self.labels_of(word)
            return Value(word, labels)
        self.step()
        parts = word.parts
        if len(parts) == 1 and not isinstance(parts[0], str):
            return self._labelled(self._part(parts[0]))
        rows = [Value("", how=How.RESOLVED if word.spelled else How.LITERAL)]
        for part in parts:
            if isinstance(part, str):
                _add(rows, part, UNKNOWN)
            elif isinstance(part, Alternatives):
                _add(rows, "{" + ",".join(part.choices) + "}", UNKNOWN)
            else:
                value = self._part(part)
                _add(rows, shown(value), value)
        return self._labelled(rows[0])

    @abstractmethod
    def labels_of(self, text: str) -> frozenset[str]:
        """The labels of a text that go where the text goes."""

    def _labelled(self, value: Value) -> Value:
        """A value with the labels that its text shows once it is put together."""
        if isinstance(value.constant, str) and value.constant:
            new = self.labels_of(value.constant) - value.labels
            if new:
                return Value(value.constant, value.labels | new, value.name, value.items, value.how)
        return value

    def _insert(self, value: Value, rows: list[Value], done: list[Value], *, quoted: bool) -> bool:
        """Put an expansion into the words being made; unquoted, it is split at blanks. Gives whether it was any text at all."""
        text = shown(value)
        if quoted or HOLE in text or not any(sign in text for sign in " \t\n"):
            _add(rows, text, value)
            return quoted or bool(text)
        pieces = text.split()
        if text[0].isspace():
            done += rows
            rows[:] = [Value("")]
        for place, piece in enumerate(pieces):
            if place:
                done += rows
                rows[:] = [Value("")]
            _add(rows, piece, value)
        if pieces and text[-1].isspace():
            done += rows
            rows[:] = [Value("")]
        done[:] = [each for each in done if each.constant]
        return any(each.constant for each in rows)

    def _part(self, part: Part) -> Value:
        if isinstance(part, Parameter):
            return self.parameter(part)
        if isinstance(part, Substitution):
            if part.kind == ">":
                path = f"/dev/fd/sink{len(self.sinks)}"
                self.sinks[path] = part.body
                return Value(path, name="sink")
            found = self.written(part.body)
            if part.kind != "$":
                return Value(f"/dev/fd/{HOLE}", found.all_labels(), name="stream", items=[found])
            if isinstance(found.constant, bytes):
                return Value(found.text.rstrip("\n"), found.labels, how=found.how)
            if isinstance(found.constant, str):
                return Value(found.constant.rstrip("\n"), found.labels, how=found.how)
            return found
        if isinstance(part, Arithmetic):
            number = _NUMBER.fullmatch(part.text.strip())
            return Value(number.group()) if number is not None else UNKNOWN
        return Value(part) if isinstance(part, str) else UNKNOWN

    def parameter(self, part: Parameter) -> Value:
        """What `$name` stands for, with what is done to it in braces."""
        self.step()
        found = self._variable(part)
        operator, argument = part.operator, part.argument
        if operator == "!":
            named = found.text
            return self.lookup(named) if named.isidentifier() else Value(labels=found.labels)
        if argument is None or not isinstance(argument, Word):
            return UNKNOWN if operator == "#" else found
        given = self.value(argument)
        if operator in ("-", ":-", "=", ":="):
            known = found.constant is not NOT_KNOWN or found.items is not None
            result = found if known and found.text else _either(given, found)
            if "=" in operator and not known:
                self.variables[part.name] = given
            return result
        if operator in ("+", ":+"):
            return given
        if operator in ("?", ":?", "@"):
            return found
        return self._cut(found, operator, given)

    def _cut(self, found: Value, operator: str, given: Value) -> Value:
        text = found.text
        if not text or not found.known:
            return Value(labels=found.all_labels())
        made: str | None
        if operator == ":":
            made = texts.sliced(text, given.text)
        elif operator.startswith(("#", "%")):
            made = texts.trimmed(text, operator, given.text) if given.known else None
        elif operator.startswith("/"):
            made = texts.replaced(text, operator, given.text) if given.known else None
        elif operator.startswith(("^", ",")):
            made = texts.cased(text, operator)
        else:
            made = None
        if made is None:
            return Value(labels=found.labels | given.labels)
        return Value(made, found.labels, how=How.RESOLVED)

    def _variable(self, part: Parameter) -> Value:
        name = part.name
        if name.isdecimal() or name in ("@", "*"):
            return self.argument(name)
        found = self.lookup(name)
        if part.index and found.items is not None:
            place = part.index[1:-1]
            if _NUMBER.fullmatch(place):
                return found.items[int(place)] if int(place) < len(found.items) else Value("")
            if place in ("@", "*"):
                text = " ".join(shown(each) for each in found.items)
                return Value(text, found.all_labels(), how=How.RESOLVED)
            return Value(labels=found.all_labels())
        if found.items:
            return found.items[0]
        return found

    def argument(self, name: str) -> Value:
        """What a parameter by its place stands for."""
        if name == "0":
            return Value(HOLE, name=SCRIPT_ITSELF)
        if self.arguments is None:
            return UNKNOWN
        if name in ("@", "*"):
            return Value(" ".join(map(shown, self.arguments)), joined(self.arguments).labels)
        place = int(name) - 1 if _NUMBER.fullmatch(name) else len(self.arguments)
        return self.arguments[place] if place < len(self.arguments) else Value("")

    def lookup(self, name: str) -> Value:
        """The value of a variable; of one that the script does not set, what is known of it by its name."""
        found = self.variables.get(name)
        if found is not None:
            return found
        if name in _SET_BY_SHELLS:
            return Value(_SET_BY_SHELLS[name])
        if name in ("BASH_SOURCE", "ZSH_ARGZERO"):
            return Value(HOLE, name=SCRIPT_ITSELF)
        if name in _HOST:
            return Value(labels=frozenset({"read.host_info"}))
        if not name.isupper():
            return UNKNOWN
        labels = self.reader.labels_of(name)
        if _SECRET_NAME.search(name):
            labels |= {"read.env_secret"}
        for label in labels & {"read.env_secret", "read.ci_token"}:
            self.tell(label, self.at_line, text=f"${name}")
        return Value(labels=labels | {"read.env"})


def shown(value: Value) -> str:
    """A value as a part of a text: with holes for what is not known."""
    if value.items is not None and value.name != "stream":
        return " ".join(shown(each) for each in value.items)
    return HOLE if value.constant is NOT_KNOWN else value.text


def _either(given: Value, found: Value) -> Value:
    """A default, where it is not known whether it is needed."""
    return Value(given.constant, given.labels | found.labels, given.name, given.items, given.how)


def _add(rows: list[Value], text: str, value: Value) -> None:
    """Text to the end of each word being made."""
    for place, row in enumerate(rows):
        before = row.text
        made = before + text if len(before) + len(text) <= _TEXT_CHARACTERS_MAX else before
        labels = row.labels | value.all_labels() if value.labels or value.items else row.labels
        how = max(row.how, value.how)
        if value is not UNKNOWN and (before or value.how is not How.LITERAL):
            how = max(how, How.RESOLVED)
        name, items = (value.name, value.items) if not before else (row.name, row.items)
        rows[place] = Value(made, labels, name if name in _KEPT_NAMES else "", items, how)
