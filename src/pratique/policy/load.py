"""A policy file into a policy, or all of its mistakes at once, each on its line."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Final

from pratique.errors import InvalidPolicy
from pratique.model.canonical import digest_of
from pratique.model.scope import Mode, ScopeName
from pratique.policy import demands
from pratique.policy.condition import Condition
from pratique.policy.conditions import CONDITIONS
from pratique.policy.document import parse
from pratique.policy.elsewhere import Elsewhere
from pratique.policy.policy import Policy
from pratique.policy.reading import Reader
from pratique.policy.rows import Rows
from pratique.policy.toml_lines import Path, TomlLines

_BY_ID: Final = {kind.id: kind for kind in CONDITIONS}
_TABLES: Final = ("accepts", "scopes", "groups", "elsewhere", *_BY_ID, "rule", "waiver", "test")
_SCOPES: Final = {"workstation": {"mode": "enforce"}, "ci": {"mode": "enforce"}, "server": {"mode": "enforce"}}


def load(text: str, source: str = "policy.toml", *, indexes: Collection[str] = ()) -> Policy:
    """Read a policy that is to be put in force. Raises `InvalidPolicy` with every mistake in it.

    `source` is how messages call the file; `indexes` are the names of the indexes in the settings, where they are known. Beyond
    `read`, its rules must be such that they can be evaluated, and something in it must be able to stop a file.
    """
    policy, reader, written = _read(text, source)
    for path, message in demands.mistakes(policy, written, indexes):
        reader.wrong(path, message)
    if reader.mistakes:
        raise InvalidPolicy(source, reader.found())
    warned = Reader(reader.lines)
    for path, message in demands.warnings(policy, indexes):
        warned.wrong(path, message)
    return replace(policy, warnings=warned.found())


def read(text: str, source: str = "policy.toml") -> Policy:
    """Read a policy as it stands, as one that was in force once must always be. Raises `InvalidPolicy`."""
    return _read(text, source)[0]


@lru_cache(1)
def default_policy() -> Policy:
    """The policy that ships with Pratique."""
    return load((files("pratique.policy") / "default.toml").read_text(encoding="utf-8"), "default.toml")


def _read(text: str, source: str) -> tuple[Policy, Reader, Collection[str]]:
    plain = text.removeprefix("\ufeff")  # the byte order mark that some editors write in front
    document = parse(plain, source)
    reader = Reader(TomlLines(plain))
    policy = _Loading(document, reader).policy(text)
    if reader.mistakes or policy is None:
        raise InvalidPolicy(source, reader.found())
    return policy, reader, document.keys()


@dataclass(slots=True)
class _Loading:
    """One file being read, table by table. What is wrong with a table is said there, and not again wherever it is named."""

    document: Mapping[str, object]
    reader: Reader

    def policy(self, text: str) -> Policy | None:
        for key in self.document:
            if key not in _TABLES:
                self.reader.unknown_key((), key, _TABLES)
        accepts = self.reader.value(tuple[demands.Danger, ...], self.document.get("accepts", []), ("accepts",))
        modes = self._modes()
        groups = self._groups()
        conditions = self._conditions()
        elsewhere = self.reader.table(Elsewhere, self.document.get("elsewhere", {}), ("elsewhere",))
        rows = Rows(self.document, self.reader)
        rules, waivable = rows.rules(_BY_ID)
        written = [name for name in self.document if name in _BY_ID]
        if not written and not waivable:
            self.reader.wrong((), "a policy without conditions would allow everything")
        waivable |= {name: _BY_ID[name].waivable_by for name in (*written, "unknowns")}
        waivers = rows.waivers(waivable, tuple(modes), groups)
        tests = rows.tests(waivable, tuple(modes))
        if self.reader.mistakes or not isinstance(accepts, tuple) or elsewhere is None:
            return None
        default = next(iter(modes))
        return Policy(
            text,
            digest_of(text.encode()),
            (*conditions, *rules),
            modes,
            default,
            waivers,
            tests,
            groups,
            accepts,
            elsewhere,
        )

    def _modes(self) -> dict[ScopeName, Mode]:
        modes: dict[ScopeName, Mode] = {}
        table = self.document.get("scopes", _SCOPES)
        if not isinstance(table, dict) or not table:
            self.reader.wrong(("scopes",), "`scopes` is a table of at least one scope")
            return {}
        for name, options in table.items():
            path: Path = ("scopes", name)
            modes[ScopeName(name)] = Mode.ENFORCE
            if not isinstance(options, dict):
                self.reader.wrong(path, f'a scope is written {name} = {{ mode = "enforce" }}')
                continue
            for key in options:
                if key != "mode":
                    self.reader.unknown_key(path, key, ("mode",))
            mode = self.reader.value(Mode, options.get("mode", "enforce"), (*path, "mode"))
            modes[ScopeName(name)] = mode if isinstance(mode, Mode) else Mode.ENFORCE
        self.reader.scopes = tuple(modes)
        return modes

    def _groups(self) -> dict[str, tuple[str, ...]]:
        groups: dict[str, tuple[str, ...]] = {}
        table = self.document.get("groups", {})
        if not isinstance(table, dict):
            self.reader.wrong(("groups",), "`groups` is a table of lists of people")
            return {}
        for name, members in table.items():
            people = self.reader.value(tuple[str, ...], members, ("groups", name))
            if isinstance(people, tuple):
                groups[name] = people
        return groups

    def _conditions(self) -> list[Condition]:
        found: list[Condition] = []
        names = [name for name in self.document if name in _BY_ID]
        for name in names if "unknowns" in names else [*names, "unknowns"]:
            made = self.reader.table(_BY_ID[name], self.document.get(name, {}), (name,))
            if made is not None:
                found.append(made)
        return found
