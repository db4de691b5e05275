"""A policy file into a policy, or all of its mistakes at once, each on its line."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from importlib.resources import files
from typing import Final

from pratique.errors import InvalidInput, InvalidPolicy, Mistake
from pratique.facts.question import Value
from pratique.model import limits
from pratique.model.artifact import Artifact
from pratique.model.canonical import digest_of
from pratique.model.decision import Verdict
from pratique.model.evidence import Unknown
from pratique.model.scope import Mode, Scope, ScopeName
from pratique.model.text import quoted
from pratique.model.waiver import Waiver
from pratique.policy.condition import SECURITY, Condition
from pratique.policy.conditions import CONDITIONS
from pratique.policy.pattern import read_release
from pratique.policy.policy import Policy, PolicyTest
from pratique.policy.reading import Reader, verdict_of
from pratique.policy.rules import OrganisationRule, compile_expression
from pratique.policy.toml_lines import Path, TomlLines
from pratique.policy.vocabulary import VOCABULARY, flattened, givable
from pratique.policy.waive import mistakes as waiver_mistakes

_BY_ID: Final = {kind.id: kind for kind in CONDITIONS}
_TABLES: Final = ("scopes", "groups", *_BY_ID, "rule", "waiver", "test")
_SCOPES: Final = {"workstation": {"mode": "enforce"}, "ci": {"mode": "enforce"}, "server": {"mode": "enforce"}}
_LINE_IN_MESSAGE: Final = re.compile(r"at line (\d+)")
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
)
_TEST_KEYS: Final = ("name", "package", "scope", "given", "on", "expect")


def load(text: str, source: str = "policy.toml") -> Policy:
    """Read a policy. Raises `InvalidPolicy` with every mistake in it; `source` is how messages call the file."""
    if len(text.encode()) > limits.POLICY_BYTES_MAX:
        raise InvalidPolicy(source, (Mistake(0, f"a policy has at most {limits.POLICY_BYTES_MAX} bytes"),))
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _LINE_IN_MESSAGE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise InvalidPolicy(source, (Mistake(line, f"not readable as TOML: {error}"),)) from error
    loading = _Loading(document, Reader(TomlLines(text)))
    policy = loading.policy(text)
    mistakes = tuple(sorted(loading.reader.mistakes))
    if mistakes or policy is None:
        raise InvalidPolicy(source, mistakes)
    return policy


@lru_cache(1)
def default_policy() -> Policy:
    """The policy that ships with Pratique."""
    return load((files("pratique.policy") / "default.toml").read_text(encoding="utf-8"), "default.toml")


@dataclass(slots=True)
class _Loading:
    """One file being read, table by table."""

    document: Mapping[str, object]
    reader: Reader

    def policy(self, text: str) -> Policy | None:
        for key in self.document:
            if key not in _TABLES:
                self.reader.unknown_key((), key, _TABLES)
        modes = self._modes()
        self.reader.scopes = tuple(modes)
        groups = self._groups()
        conditions = [*self._conditions(), *self._rules()]
        written = [condition for condition in conditions if condition.id != "unknowns" or "unknowns" in self.document]
        if not written:
            self.reader.wrong((), "a policy without conditions would allow everything")
        waivers = self._waivers(conditions, tuple(modes), groups)
        tests = self._tests(conditions, tuple(modes))
        if self.reader.mistakes:
            return None
        default = next(iter(modes))
        return Policy(text, digest_of(text.encode()), tuple(conditions), modes, default, waivers, tests, groups)

    def _modes(self) -> dict[ScopeName, Mode]:
        modes: dict[ScopeName, Mode] = {}
        table = self.document.get("scopes", _SCOPES)
        if not isinstance(table, dict) or not table:
            self.reader.wrong(("scopes",), "`scopes` is a table of at least one scope")
            return {ScopeName(name): Mode.ENFORCE for name in _SCOPES}
        for name, options in table.items():
            path: Path = ("scopes", name)
            for key in options if isinstance(options, dict) else ():
                if key != "mode":
                    self.reader.unknown_key(path, key, ("mode",))
            mode = options.get("mode", "enforce") if isinstance(options, dict) else None
            if mode not in tuple(Mode):
                self.reader.wrong((*path, "mode"), f"the mode of `{name}` is not one of {', '.join(Mode)}")
            modes[ScopeName(name)] = Mode(mode) if mode in tuple(Mode) else Mode.ENFORCE
        return modes

    def _groups(self) -> dict[str, tuple[str, ...]]:
        groups: dict[str, tuple[str, ...]] = {}
        table = self.document.get("groups", {})
        if not isinstance(table, dict):
            self.reader.wrong(("groups",), "`groups` is a table of lists of people")
            return {}
        for name, members in table.items():
            read = self.reader.value(tuple[str, ...], members, ("groups", name))
            groups[name] = read if isinstance(read, tuple) else ()
        return groups

    def _conditions(self) -> list[Condition]:
        found: list[Condition] = []
        for name in [*(name for name in self.document if name in _BY_ID), "unknowns"]:
            if name == "unknowns" and any(condition.id == name for condition in found):
                continue
            made = self.reader.table(_BY_ID[name], self.document.get(name, {}), (name,))
            if made is not None:
                found.append(made)
        return found

    def _tables(self, name: str, keys: Sequence[str], most: int) -> list[tuple[Path, dict[str, object]]]:
        """The elements of an array of tables, with unknown keys noted."""
        array = self.document.get(name, [])
        if not isinstance(array, list) or not all(isinstance(each, dict) for each in array):
            self.reader.wrong((name,), f"`{name}` is written [[{name}]]")
            return []
        if len(array) > most:
            self.reader.wrong((name,), f"a policy has at most {most} [[{name}]] tables")
            return []
        for place, table in enumerate(array):
            for key in table:
                if key not in keys:
                    self.reader.unknown_key((name, place), key, keys)
        return [((name, place), table) for place, table in enumerate(array)]

    def _text(self, table: Mapping[str, object], key: str, path: Path, *, needed: bool = True) -> str:
        value = table.get(key, "")
        if not isinstance(value, str):
            self.reader.wrong((*path, key), f"`{key}` is a text")
            return ""
        if needed and not value.strip():
            self.reader.wrong(path, f"this [[{path[0]}]] says nothing of `{key}`")
        return value

    def _rules(self) -> list[OrganisationRule]:
        rules: list[OrganisationRule] = []
        taken = set(_BY_ID)
        for path, table in self._tables("rule", _RULE_KEYS, limits.POLICY_RULES_MAX):
            identity = self._text(table, "id", path)
            if identity in taken:
                self.reader.wrong((*path, "id"), f"there is a condition called {quoted(identity)} already")
            taken.add(identity)
            when = self._text(table, "when", path)
            why = self._text(table, "why", path)
            use, do = (self._text(table, key, path, needed=False) for key in ("use", "do"))
            if not use and not do:
                self.reader.wrong(
                    path, f"the rule {quoted(identity)} says neither what to `use` nor what to `do` instead"
                )
            then = self._verdict(table, "then", path)
            if when:
                try:
                    compile_expression(when)
                except InvalidInput as error:
                    self.reader.wrong((*path, "when"), f"the rule {quoted(identity)}: {error}")
            groups = self.reader.value(tuple[str, ...], table.get("waivable_by", []), (*path, "waivable_by"))
            rules.append(
                OrganisationRule(identity, when, then, why, use, do, groups if isinstance(groups, tuple) else ())
            )
        return rules

    def _verdict(self, table: Mapping[str, object], key: str, path: Path) -> Verdict:
        value = self._text(table, key, path)
        try:
            verdict = verdict_of(value) if value else Verdict.DENY
        except InvalidInput as error:
            self.reader.wrong((*path, key), f"`{key}`: {error}")
            return Verdict.DENY
        if key == "then" and verdict is Verdict.ALLOW:
            self.reader.wrong((*path, key), "a rule holds or denies; what is to be allowed goes on the list `allow`")
        return verdict

    def _waivers(
        self, conditions: Sequence[Condition], scopes: tuple[ScopeName, ...], groups: Mapping[str, Sequence[str]]
    ) -> tuple[Waiver, ...]:
        waivable = {condition.id: condition.waivable_by for condition in conditions}
        found: list[Waiver] = []
        for path, table in self._tables("waiver", _WAIVER_KEYS, limits.POLICY_RULES_MAX):
            names = self.reader.value(tuple[str, ...], table.get("scopes", list(scopes)), (*path, "scopes"))
            uses = self.reader.value(int, table.get("uses_max", 0), (*path, "uses_max"))
            expires = _moment(table.get("expires"))
            if expires is None:
                self.reader.wrong(
                    (*path, "expires"), "a waiver says when it `expires`, as a date: expires = 2027-03-31"
                )
            waiver = Waiver(
                id=self._text(table, "id", path, needed=False),
                condition=self._text(table, "condition", path, needed=False),
                package=self._text(table, "package", path, needed=False),
                scopes=tuple(ScopeName(str(name)) for name in names) if isinstance(names, tuple) else (),
                owner=self._text(table, "owner", path, needed=False),
                approved_by=self._text(table, "approved_by", path, needed=False),
                approver_group=self._text(table, "approver_group", path, needed=False) or SECURITY,
                reason=self._text(table, "reason", path, needed=False),
                expires=expires or datetime.max.replace(tzinfo=UTC),
                uses_max=uses if isinstance(uses, int) else 0,
            )
            for name, sentence in waiver_mistakes(waiver, waivable, scopes, groups):
                self.reader.wrong((*path, name), sentence)
            found.append(waiver)
        return tuple(found)

    def _tests(self, conditions: Sequence[Condition], scopes: tuple[ScopeName, ...]) -> tuple[PolicyTest, ...]:
        known = {condition.id for condition in conditions}
        tests: list[PolicyTest] = []
        for path, table in self._tables("test", _TEST_KEYS, limits.POLICY_TESTS_MAX):
            scope = self._text(table, "scope", path, needed=False) or scopes[0]
            if scope not in scopes:
                self.reader.wrong(
                    (*path, "scope"), f"no scope is called {quoted(scope)}; this policy has: {', '.join(scopes)}"
                )
            expect = table.get("expect")
            if not isinstance(expect, dict) or not set(expect) <= {"verdict", "reason"}:
                self.reader.wrong((*path, "expect"), '`expect` is written { verdict = "hold", reason = "cooldown" }')
                expect = {}
            reason = str(expect.get("reason", ""))
            if reason and reason not in known:
                self.reader.wrong((*path, "expect"), f"no condition of this policy is called {quoted(reason)}")
            on = _moment(table.get("on"))
            if "on" in table and on is None:
                self.reader.wrong((*path, "on"), "`on` is a date or a moment: on = 2027-03-31")
            given = self._given(table.get("given", {}), (*path, "given"))
            projects = given.get("scope.projects", ())
            tests.append(
                PolicyTest(
                    name=self._text(table, "name", path),
                    artifact=self._artifact(table, path),
                    scope=Scope(ScopeName(scope), projects if isinstance(projects, tuple) else ()),
                    verdict=self._verdict(expect, "verdict", path) if expect else Verdict.DENY,
                    reason=reason,
                    given=given,
                    on=on,
                )
            )
        return tuple(tests)

    def _artifact(self, table: Mapping[str, object], path: Path) -> Artifact:
        try:
            return read_release(self._text(table, "package", path, needed=False) or "pkg:pypi/example@1.0")
        except InvalidInput as error:
            self.reader.wrong((*path, "package"), str(error))
            return read_release("pkg:pypi/example@1.0")

    def _given(self, table: object, path: Path) -> dict[str, Value | Unknown]:
        if not isinstance(table, dict):
            self.reader.wrong(path, '`given` is a table: { release.age = "2 hours" }')
            return {}
        given: dict[str, Value | Unknown] = {}
        for name, written in flattened(table).items():
            if not givable(name):
                self.reader.unknown_key(path, name, [word for word in VOCABULARY if givable(word)])
                continue
            try:
                given[name] = VOCABULARY[name].convert(written)
            except InvalidInput as error:
                self.reader.wrong((*path, *name.split(".")), f"`{name}`: {error}")
        return given


def _moment(value: object) -> datetime | None:
    """A date (its beginning, UTC) or a moment with its offset; None for anything else."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.combine(value, time(), UTC) if isinstance(value, date) else None
