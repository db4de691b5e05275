"""Values out of TOML by the type a field asks for. Every mistake is kept with its place; reading goes on behind it."""

import difflib
import types
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, StrEnum
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from pratique.errors import InvalidInput, Mistake
from pratique.facts.question import QuestionId
from pratique.facts.questions import QUESTIONS
from pratique.model import limits
from pratique.model.artifact import Digest, digest
from pratique.model.decision import Verdict
from pratique.model.durations import read_duration
from pratique.model.scope import ScopeName
from pratique.model.text import clean, quoted
from pratique.policy.pattern import NamePattern, PackagePattern, read_name_pattern, read_pattern
from pratique.policy.toml_lines import Path, TomlLines

Class = TypeVar("Class")

_QUESTIONS: Final = tuple(each.id for each in QUESTIONS)
_BAD: Final = object()
"""Stands for a value that could not be read; the mistake is noted."""


@dataclass(slots=True)
class Reader:
    """Collects mistakes while it reads, so many of them. `scopes` are those the policy names; none where that went wrong."""

    lines: TomlLines
    scopes: Collection[str] = ()
    mistakes: list[Mistake] = field(default_factory=list)
    unsaid: int = 0

    @property
    def full(self) -> bool:
        """Whether further mistakes are counted only."""
        return len(self.mistakes) >= limits.POLICY_MISTAKES_MAX

    def wrong(self, path: Path, message: str) -> object:
        """Note a mistake at a place."""
        if self.full:
            self.unsaid += 1
        else:
            self.mistakes.append(Mistake(self.lines.line(path), message))
        return _BAD

    def found(self) -> tuple[Mistake, ...]:
        """The mistakes in the order of their lines, and how many more there are."""
        more = (Mistake(0, f"and {self.unsaid} more mistakes"),) if self.unsaid else ()
        return (*sorted(self.mistakes), *more)

    def table(self, kind: type[Class], table: object, path: Path) -> Class | None:
        """A dataclass from a table: every key a field. None when something in it is wrong."""
        name = path_text(path)
        if not isinstance(table, dict):
            self.wrong(path, f"`{name}` is a table")
            return None
        hints = get_type_hints(kind)
        named = {each.name: each for each in fields(kind) if each.init}  # type: ignore[arg-type]  # callers give dataclasses
        others = next((each for each in named.values() if each.metadata.get("other_keys")), None)
        values: dict[str, object] = {}
        rest: dict[str, object] = {}
        for key, value in table.items():
            if key in named and named[key] is not others:
                values[key] = self.value(hints[key], value, (*path, key))
            elif others is not None:
                beside = [each for each in named if each != others.name]
                rest[key] = self.other(hints[others.name], beside, key, value, (*path, key))
            else:
                self.unknown_key(path, key, named)
        if others is not None:
            values[others.name] = rest
        missing = [each.name for each in named.values() if _required(each) and each.name not in values]
        for key in missing:
            self.wrong(path, f"`{name}` says nothing of `{key}`")
        bad = missing or any(value is _BAD for value in [*values.values(), *rest.values()])
        return None if bad else self.made(kind, values, path)

    def made(self, kind: Callable[..., Class], values: Mapping[str, object], path: Path) -> Class | None:
        """The value, unless the class itself finds a mistake in it."""
        try:
            return kind(**values)
        except InvalidInput as error:
            self.wrong(path, str(error))
            return None

    def unknown_key(self, path: Path, key: str, known: Collection[str]) -> None:
        """Note a key that means nothing, and the one that may have been meant."""
        where = f" in `{path_text(path)}`" if path else ""
        self.wrong((*path, key), "" if self.full else f"unknown key `{clean(key)}`{where}{did_you_mean(key, known)}")

    def other(self, hint: object, beside: Collection[str], key: str, value: object, path: Path) -> object:
        """A key that no field is named after: a scope, a question, or a name the organisation chose."""
        kind = get_args(hint)
        known = {ScopeName: self.scopes, QuestionId: _QUESTIONS}.get(kind[0], ())
        if known and key not in known:
            self.unknown_key(path[:-1], key, [*known, *beside])
            return _BAD
        return self.value(kind[1], value, path)

    def value(self, kind: Any, value: object, path: Path) -> object:  # noqa: ANN401 - a type, as annotations write them
        """A value by its type; `_BAD` with a mistake noted when it is of another."""
        origin = get_origin(kind)
        if origin in (Union, types.UnionType):
            return self.value(next(each for each in get_args(kind) if each is not type(None)), value, path)
        if origin is tuple:
            if not isinstance(value, list):
                return self.wrong(path, f"`{path_text(path)}` is a list")
            read = [self.value(get_args(kind)[0], each, (*path, place)) for place, each in enumerate(value)]
            return _BAD if any(each is _BAD for each in read) else tuple(read)
        if is_dataclass(kind) and isinstance(kind, type) and kind is not PackagePattern:
            made = self.table(kind, value, path)
            return _BAD if made is None else made
        try:
            return _scalar(kind, value, self.scopes)
        except InvalidInput as error:
            return self.wrong(path, f"`{path_text(path)}`: {error}")


def path_text(path: Path) -> str:
    """A path as it is written: `rule[2].when`, counted from 1."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return clean(text)


def did_you_mean(word: str, known: Collection[str]) -> str:
    """The known word that is nearest, or all of them."""
    close = difflib.get_close_matches(word[: limits.POLICY_ID_CHARACTERS_MAX], list(known), n=1)
    return f"; did you mean `{close[0]}`?" if close else f"; known: {', '.join(known) or 'none'}"


def _required(each: Field[Any]) -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def _scalar(kind: Any, value: object, scopes: Collection[str]) -> object:  # noqa: ANN401 - a type, as annotations write them
    """Raises `InvalidInput` for a value that is not of the type."""
    if kind is bool or kind is int:
        if type(value) is not kind:
            raise InvalidInput(f"that is {_called(value)}; {_wanted(kind)}")
        return value
    if not isinstance(value, str):
        raise InvalidInput(f"that is {_called(value)}; {_wanted(kind)}")
    if len(value) > limits.POLICY_TEXT_CHARACTERS_MAX:
        raise InvalidInput(f"a text has at most {limits.POLICY_TEXT_CHARACTERS_MAX} characters")
    if kind is ScopeName and scopes and value not in scopes:
        raise InvalidInput(f"no scope is called {quoted(value)}; this policy has: {', '.join(scopes)}")
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _choice(kind, value)
    return _READERS[kind](value) if kind in _READERS else value


def _called(value: object) -> str:
    """What a value of TOML is, as a person would say it."""
    return next(name for kind, name in _NAMES.items() if isinstance(value, kind))


def _wanted(kind: object) -> str:
    """How a value of this type is written."""
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return f"it is one of {', '.join(each.value for each in kind)}"
    return _WRITTEN.get(kind, "a text is written in quotation marks")


def verdict_of(value: str) -> Verdict:
    """A verdict by its name. Raises `InvalidInput`."""
    try:
        return Verdict[value.upper()]
    except KeyError:
        raise InvalidInput(f"{quoted(value)} is not one of allow, hold, deny") from None


def _choice(kind: type[Enum], value: str) -> Enum:
    try:
        return kind(value)
    except ValueError:
        raise InvalidInput(f"{quoted(value)} is not one of {', '.join(str(each.value) for each in kind)}") from None


_NAMES: Final[Mapping[type, str]] = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "a table",
    datetime: "a moment",
    date: "a date",
    time: "a time of day",
}
_WRITTEN: Final[Mapping[object, str]] = {
    bool: "it is written true or false",
    int: "a whole number is written without quotation marks",
    timedelta: 'a duration is written "3 days"',
    Verdict: 'a verdict is written "allow", "hold" or "deny"',
    ScopeName: 'a scope is written "ci"',
    PackagePattern: 'a package is written "pkg:pypi/requests" or "pkg:pypi/requests@2.*"',
    NamePattern: 'a project name is written "requests" or "acme-*"',
    Digest: 'a digest is written "sha256:" and 64 hexadecimal digits',
}
_READERS: Final[Mapping[object, Callable[[str], object]]] = {
    timedelta: read_duration,
    Verdict: verdict_of,
    PackagePattern: read_pattern,
    NamePattern: read_name_pattern,
    Digest: digest,
}
