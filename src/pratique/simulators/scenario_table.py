"""What a `scenario.toml` says, as values: read by the types of these structs, every mistake kept with its line."""

import types
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin

import msgspec

from pratique.errors import InvalidInput, InvalidPolicy
from pratique.model import limits
from pratique.model.scenario import Expected, Kind
from pratique.model.text import clean
from pratique.policy.document import parse
from pratique.policy.reading import did_you_mean, path_text
from pratique.policy.toml_lines import Path, TomlLines
from pratique.simulators.generated import Generated

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""With its offset from UTC."""

StructT = TypeVar("StructT", bound=msgspec.Struct)

_BAD: Final = object()
"""Stands for a value that could not be read; the mistake is noted."""


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table in which every key means something."""


class AttackTable(_Table, frozen=True):
    """An attack: where it is contained, what else is off in the second run, which names its victim could have reserved."""

    expected: Expected
    also_off: tuple[str, ...] = ()
    reserved: tuple[str, ...] = ()


class BenignTable(_Table, frozen=True):
    """A release that must come in when it is asked for, unless the one condition that is named refuses it."""

    asked: Moment
    refused_by: str = ""


class AttestedTable(_Table, frozen=True):
    """Who attested a file, where it is another than the project's own workflow at a tag of the version: what differs."""

    repository: str = ""
    repository_id: str = ""
    owner_id: str = ""
    workflow: str = ""
    ref: str = ""
    trigger: str = ""
    runner: str = ""


class AdvisoryTable(_Table, frozen=True):
    """What a feed says of the project from `published` on: of every version, or of those before the one that is `fixed`."""

    id: str
    published: Moment
    fixed: str = ""
    level: Literal["low", "medium", "high", "critical"] = "high"
    malicious: bool = False
    exploited: bool = False


class HistoryTable(_Table, frozen=True):
    """A release every two months from the first upload of the project on, up to the first that is written down."""

    since: Moment
    attested: AttestedTable | None = None


class ReleaseTable(_Table, frozen=True):
    """One release: its files are those of the folder `releases/<tree>` over those of `releases/<based_on>`.

    `tree` is the version, with the build behind it, where nothing else is said. `pack` is `wheel` or `sdist`, `npm`, `tar`, or
    `files`, which takes each file by itself. One that `replaces` another has its name: from its upload on, its bytes are there.
    """

    version: str
    uploaded: Moment
    removed: Moment | None = None
    asked_for: bool = False
    replaces: bool = False
    pack: str = ""
    build: str = ""
    tree: str = ""
    based_on: str = ""
    requires: tuple[str, ...] = ()
    yanked: Moment | None = None
    yank_reason: str = ""
    generated: tuple[Generated, ...] = ()
    attested: AttestedTable | None = None


class ScenarioTable(_Table, frozen=True):
    """A whole file. `popular` are package URLs without a version: names that many use in the world of this scenario."""

    title: str
    kind: Kind
    project: str
    release: tuple[ReleaseTable, ...]
    attack: AttackTable | None = None
    benign: BenignTable | None = None
    history: HistoryTable | None = None
    popular: tuple[str, ...] = ()
    advisory: tuple[AdvisoryTable, ...] = ()


@dataclass(slots=True)
class Mistakes:
    """What is wrong with scenarios: sentences, each with its file and line, up to a number of them."""

    found: list[str] = field(default_factory=list)

    def add(self, place: str, message: str) -> None:
        """Note one."""
        if len(self.found) < limits.SCENARIO_MISTAKES_MAX:
            self.found.append(f"{place}: {message}")

    def check(self) -> None:
        """Raises `InvalidInput` with all of them, if there are any."""
        if self.found:
            raise InvalidInput(
                "\n".join(self.found), advice="mend the places above; docs/how-to/drill.md shows a scenario"
            )


class TableReader:
    """The text of one `scenario.toml`, and where its values stand."""

    def __init__(self, text: str, shown: str, mistakes: Mistakes) -> None:
        self._shown = shown
        self._mistakes = mistakes
        self._document: object = None
        self._lines = TomlLines("")
        try:
            self._document = parse(text, shown)
        except InvalidPolicy as error:
            for mistake in error.mistakes:
                mistakes.add(f"{shown}:{mistake.line}", mistake.message)
        else:
            self._lines = TomlLines(text)

    def read(self) -> ScenarioTable | None:
        """The file as a value; None when something in it is wrong."""
        return None if self._document is None else self._table(ScenarioTable, self._document, ())

    def wrong(self, path: Path, message: str) -> object:
        """Note a mistake at a place."""
        self._mistakes.add(f"{self._shown}:{self._lines.line(path)}", message)
        return _BAD

    def _table(self, kind: type[StructT], table: object, path: Path) -> StructT | None:
        if not isinstance(table, dict):
            self.wrong(path, f"`{path_text(path)}` is a table")
            return None
        fields = {each.name: each for each in msgspec.structs.fields(kind)}
        for key in table.keys() - fields.keys():
            where = f" in `{path_text(path)}`" if path else ""
            self.wrong((*path, key), f"unknown key `{clean(key)}`{where}{did_you_mean(key, fields)}")
        for name, each in fields.items():
            if each.required and name not in table:
                self.wrong(path, f"`{path_text(path) or 'scenario'}` says nothing of `{name}`")
        values = {
            key: self._value(fields[key].type, value, (*path, key)) for key, value in table.items() if key in fields
        }
        bad = any(value is _BAD for value in values.values()) or table.keys() - fields.keys()
        missing = any(each.required and name not in table for name, each in fields.items())
        return None if bad or missing else kind(**values)

    def _value(self, kind: Any, value: object, path: Path) -> object:  # noqa: ANN401 - a type, as annotations write them
        """A value by its type; `_BAD` with a mistake noted when it is of another."""
        inner = _without_none(kind)
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            made = self._table(inner, value, path)
            return _BAD if made is None else made
        element = get_args(inner)[0] if get_origin(inner) is tuple else None
        if element is not None and isinstance(value, list):
            read = [self._value(element, each, (*path, place)) for place, each in enumerate(value)]
            return _BAD if any(each is _BAD for each in read) else tuple(read)
        try:
            read_value: object = msgspec.convert(value, inner, strict=True)
        except msgspec.ValidationError as error:
            return self.wrong(path, f"`{path_text(path)}`: {error}")
        return read_value.astimezone(UTC) if isinstance(read_value, datetime) else read_value


def _without_none(kind: Any) -> Any:  # noqa: ANN401 - the same
    """The type of a value that may be left out."""
    if get_origin(kind) in (Union, types.UnionType):
        kinds: Iterable[Any] = [each for each in get_args(kind) if each is not type(None)]
        kinds = tuple(kinds)
        return kinds[0] if len(kinds) == 1 else kind
    return kind
