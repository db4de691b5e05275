"""Values out of TOML by the type a field asks for. Every mistake is kept with its place; reading goes on behind it."""

import difflib
import types
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from datetime import timedelta
from enum import Enum, StrEnum
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from pratique.errors import InvalidInput, Mistake
from pratique.facts.question import QuestionId
from pratique.facts.questions import QUESTIONS
from pratique.model.artifact import Digest, digest
from pratique.model.decision import Verdict
from pratique.model.durations import read_duration
from pratique.model.scope import ScopeName
from pratique.model.text import quoted
from pratique.policy.pattern import NamePattern, PackagePattern, read_name_pattern, read_pattern
from pratique.policy.toml_lines import Path, TomlLines

Class = TypeVar("Class")

_QUESTIONS: Final = tuple(each.id for each in QUESTIONS)
_BAD: Final = object()
"""Stands for a value that could not be read; the mistake is noted."""


@dataclass(slots=True)
class Reader:
    """Collects mistakes while it reads. `scopes` are the scopes the policy names."""

    lines: TomlLines
    scopes: Collection[str] = ()
    mistakes: list[Mistake] = field(default_factory=list)

    def wrong(self, path: Path, message: str) -> object:
        """Note a mistake at a place."""
        self.mistakes.append(Mistake(self.lines.line(path), message))
        return _BAD

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
        close = difflib.get_close_matches(key, list(known), n=1)
        hint = f"; did you mean `{close[0]}`?" if close else f"; known: {', '.join(known) or 'none'}"
        where = f" in `{path_text(path)}`" if path else ""
        self.wrong((*path, key), f"unknown key `{key}`{where}{hint}")

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
    return text


def _required(each: Field[Any]) -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def _scalar(kind: Any, value: object, scopes: Collection[str]) -> object:  # noqa: ANN401 - a type, as annotations write them
    """Raises `InvalidInput` for a value that is not of the type."""
    if kind is bool or kind is int:
        if type(value) is not kind:
            raise InvalidInput("that is true or false" if kind is bool else "that is a whole number")
        return value
    if not isinstance(value, str):
        raise InvalidInput("that is a text")
    if kind is ScopeName and scopes and value not in scopes:
        raise InvalidInput(f"no scope is called {quoted(value)}; this policy has: {', '.join(scopes)}")
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _choice(kind, value)
    return _READERS[kind](value) if kind in _READERS else value


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


_READERS: Final[Mapping[object, Callable[[str], object]]] = {
    timedelta: read_duration,
    Verdict: verdict_of,
    PackagePattern: read_pattern,
    NamePattern: read_name_pattern,
    Digest: digest,
}
