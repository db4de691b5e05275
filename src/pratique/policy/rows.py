"""The arrays of tables of a policy file: its `[[rule]]`, `[[waiver]]` and `[[test]]` rows."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, Final

from pratique.errors import InvalidInput
from pratique.facts.question import Value
from pratique.model import limits
from pratique.model.artifact import Artifact
from pratique.model.decision import Verdict
from pratique.model.evidence import Unknown
from pratique.model.scope import Scope, ScopeName
from pratique.model.text import quoted
from pratique.model.waiver import Waiver
from pratique.policy.condition import SECURITY
from pratique.policy.pattern import read_release
from pratique.policy.policy import PolicyTest
from pratique.policy.reading import Reader
from pratique.policy.rules import OrganisationRule
from pratique.policy.toml_lines import Path
from pratique.policy.vocabulary import VOCABULARY, flattened, givable
from pratique.policy.waive import mistakes as waiver_mistakes

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_RULE_KEYS: Final = ("id", "when", "then", "why", "use", "do", "waivable_by")
_WAIVER_KEYS: Final = (
    "id",
    "condition",
    "package",
    "scopes",
    "owner",
    "approved_by",
    "approver_group",
    "reason",
    "expires",
    "uses_max",
    "finding",
)
_TEST_KEYS: Final = ("name", "package", "scope", "given", "on", "expect")
_EXAMPLE: Final = "pkg:pypi/example@1.0"
_NO_DATE: Final = f"is a date or a moment of the years {limits.POLICY_YEAR_MIN} to {limits.POLICY_YEAR_MAX}"


@dataclass(slots=True)
class Rows:
    """Reads the rows of one file; what is wrong is noted with its line, and a row in which something is wrong is left out."""

    document: Mapping[str, object]
    reader: Reader
    _bad: set[Path] = field(default_factory=set)

    def rules(self, taken: Collection[str]) -> tuple[list[OrganisationRule], dict[str, tuple[str, ...]]]:
        """The rules, and who may waive each by its id, also where something else is wrong with it."""
        rules: list[OrganisationRule] = []
        waivable: dict[str, tuple[str, ...]] = {}
        for path, table in self._tables("rule", _RULE_KEYS, limits.POLICY_RULES_MAX):
            identity = self._identity(table, path, {*taken, *waivable}, "condition")
            texts = {key: self._text(table, key, path, needed=key == "why") for key in ("why", "use", "do")}
            when = table.get("when")
            if not (table.get("use") or table.get("do")):
                self._wrong(path, f"the rule {quoted(identity)} says neither what to `use` nor what to `do` instead")
            then = self._verdict(table, "then", path)
            if then is Verdict.ALLOW:
                self._wrong((*path, "then"), "a rule holds or denies; what is to be allowed goes on the list `allow`")
            groups: tuple[str, ...] = self._value(
                tuple[str, ...], table.get("waivable_by", []), (*path, "waivable_by"), ()
            )
            waivable[identity] = groups
            if not isinstance(when, str) or not when.strip():
                self._wrong((*path, "when"), "this [[rule]] says nothing of `when`, which is one line of CEL")
                continue
            try:
                rules.append(OrganisationRule(id=identity, when=when, then=then, waivable_by=groups, **texts))
            except InvalidInput as error:
                self._wrong((*path, "when"), f"the rule {quoted(identity)}: {error}")
        return rules, waivable

    def waivers(
        self, waivable: Mapping[str, Sequence[str]], scopes: tuple[ScopeName, ...], groups: Mapping[str, Sequence[str]]
    ) -> tuple[Waiver, ...]:
        """The waivers; `waivable` has every condition of the file, `scopes` is empty where they could not be read."""
        found: dict[str, Waiver] = {}
        for path, table in self._tables("waiver", _WAIVER_KEYS, limits.POLICY_RULES_MAX):
            expires = _moment(table.get("expires"))
            if expires is None:
                said = "`expires` " + _NO_DATE if "expires" in table else "a waiver says when it `expires`, as a date"
                self._wrong((*path, "expires"), f"{said}: expires = 2027-03-31")
            texts = {
                key: self._text(table, key, path, needed=False)
                for key in ("condition", "package", "owner", "approved_by", "approver_group", "reason", "finding")
            }
            waiver = Waiver(
                **texts | {"approver_group": texts["approver_group"] or SECURITY},
                id=self._identity(table, path, found, "waiver"),
                scopes=self._value(tuple[ScopeName, ...], table.get("scopes", list(scopes)), (*path, "scopes"), ()),
                expires=expires or datetime.max.replace(tzinfo=UTC),
                uses_max=self._value(int, table.get("uses_max", 0), (*path, "uses_max"), 0),
            )
            if waiver.uses_max > limits.WAIVER_USES_MAX:
                self._wrong((*path, "uses_max"), f"`uses_max` is at most {limits.WAIVER_USES_MAX}")
            for name, sentence in waiver_mistakes(waiver, waivable, scopes, groups):
                if (*path, name) not in self._bad and (name != "scopes" or scopes):
                    self._wrong((*path, name), sentence)
            found[waiver.id] = waiver
        return tuple(found.values())

    def tests(self, conditions: Collection[str], scopes: tuple[ScopeName, ...]) -> tuple[PolicyTest, ...]:
        """The tests; `conditions` has the id of every condition of the file, also of one with a mistake in it."""
        tests: dict[str, PolicyTest] = {}
        for path, table in self._tables("test", _TEST_KEYS, limits.POLICY_TESTS_MAX):
            name = self._text(table, "name", path)
            if name in tests:
                self._wrong((*path, "name"), f"there is a test called {quoted(name)} already")
            scope = self._value(ScopeName, table.get("scope", next(iter(scopes), "")), (*path, "scope"), ScopeName(""))
            given = self._given(table.get("given", {}), (*path, "given"))
            projects = given.get("scope.projects", ())
            verdict, reason = self._expected(table.get("expect"), (*path, "expect"), conditions)
            on = _moment(table.get("on"))
            if "on" in table and on is None:
                self._wrong((*path, "on"), f"`on` {_NO_DATE}: on = 2027-03-31")
            tests[name] = PolicyTest(
                name=name,
                artifact=self._artifact(table, path),
                scope=Scope(scope, projects if isinstance(projects, tuple) else ()),
                verdict=verdict,
                reason=reason,
                given=given,
                on=on,
            )
        return tuple(tests.values())

    def _expected(self, expect: object, path: Path, conditions: Collection[str]) -> tuple[Verdict, str]:
        if not isinstance(expect, dict) or not set(expect) <= {"verdict", "reason"}:
            self._wrong(path, '`expect` is written { verdict = "hold", reason = "cooldown" }')
            return Verdict.DENY, ""
        reason: str = self._value(str, expect.get("reason", ""), (*path, "reason"), "")
        if reason and reason not in conditions:
            self._wrong(path, f"no condition of this policy is called {quoted(reason)}")
        return self._verdict(expect, "verdict", path), reason

    def _artifact(self, table: Mapping[str, object], path: Path) -> Artifact:
        try:
            return read_release(self._text(table, "package", path, needed=False) or _EXAMPLE)
        except InvalidInput as error:
            self._wrong((*path, "package"), str(error))
            return read_release(_EXAMPLE)

    def _given(self, table: object, path: Path) -> dict[str, Value | Unknown]:
        if not isinstance(table, dict):
            self._wrong(path, '`given` is a table: { release.age = "2 hours" }')
            return {}
        given: dict[str, Value | Unknown] = {}
        for name, written in flattened(table).items():
            if not givable(name):
                self.reader.unknown_key(path, name, [word for word in VOCABULARY if givable(word)])
                continue
            try:
                given[name] = VOCABULARY[name].convert(written)
            except InvalidInput as error:
                self._wrong((*path, *name.split(".")), f"`{name}`: {error}")
        return given

    def _tables(self, name: str, keys: Sequence[str], most: int) -> list[tuple[Path, dict[str, object]]]:
        """The elements of an array of tables, with unknown keys noted."""
        array = self.document.get(name, [])
        if not isinstance(array, list) or not all(isinstance(each, dict) for each in array):
            self._wrong((name,), f"`{name}` is written [[{name}]]")
            return []
        if len(array) > most:
            self._wrong((name,), f"a policy has at most {most} [[{name}]] tables")
            return []
        for place, table in enumerate(array):
            for key in table:
                if key not in keys:
                    self.reader.unknown_key((name, place), key, keys)
        return [((name, place), table) for place, table in enumerate(array)]

    def _identity(self, table: Mapping[str, object], path: Path, taken: Collection[str], what: str) -> str:
        """The id of a row, in characters that can be typed and shown, and of no other row."""
        identity = self._text(table, "id", path)
        if identity in taken:
            self._wrong((*path, "id"), f"there is a {what} called {quoted(identity)} already")
        elif identity and (not _ID.fullmatch(identity) or len(identity) > limits.POLICY_ID_CHARACTERS_MAX):
            most = limits.POLICY_ID_CHARACTERS_MAX
            self._wrong(
                (*path, "id"), f"{quoted(identity)} is no id; one has letters, digits and hyphens, at most {most}"
            )
        return identity

    def _text(self, table: Mapping[str, object], key: str, path: Path, *, needed: bool = True) -> str:
        place = (*path, key)
        text: str = self._value(str, table.get(key, ""), place, "")
        if needed and not text.strip() and place not in self._bad:
            self._bad.add(place)
            self._wrong(path, f"this [[{path[0]}]] says nothing of `{key}`")
        return text

    def _verdict(self, table: Mapping[str, object], key: str, path: Path) -> Verdict:
        if key not in table:
            self._wrong(path, f"this [[{path[0]}]] says nothing of `{key}`")
            return Verdict.DENY
        verdict: Verdict = self._value(Verdict, table[key], (*path, key), Verdict.DENY)
        return verdict

    def _value(self, kind: Any, value: object, path: Path, otherwise: Any) -> Any:  # noqa: ANN401 - a type, and a value of it
        """A value by its type; `otherwise` with a mistake noted when it is of another."""
        before = len(self.reader.mistakes) + self.reader.unsaid
        found = self.reader.value(kind, value, path)
        if len(self.reader.mistakes) + self.reader.unsaid == before:
            return found
        self._bad.add(path)
        return otherwise

    def _wrong(self, path: Path, message: str) -> None:
        self._bad.add(path)
        self.reader.wrong(path, message)


def _moment(value: object) -> datetime | None:
    """A date (its beginning, UTC) or a moment with its offset, in UTC; None for anything else, and for far-off years."""
    if isinstance(value, date) and not limits.POLICY_YEAR_MIN <= value.year <= limits.POLICY_YEAR_MAX:
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.combine(value, time(), UTC) if isinstance(value, date) else None
