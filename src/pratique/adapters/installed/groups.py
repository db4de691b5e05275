"""Which distribution each file of an environment belongs to, by what was written down when it was installed."""

import json
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pratique.adapters.byte_code import source_of
from pratique.adapters.installed.environment import Environment, Placed, placed_at
from pratique.adapters.installed.record import RecordedFile, read_record
from pratique.adapters.scan_bundle import opened
from pratique.errors import InvalidInput
from pratique.model import limits

UNOWNED: Final = "what belongs to no distribution"
_INFO: Final = re.compile(r"(.+?)-(.+)\.dist-info")
_EGG: Final = re.compile(r"(.+?)-(.+?)(?:-py[\d.]+)?\.egg-info|(.+)\.egg-info()")
_MADE_WITH_IT: Final = re.compile(
    r"(?:[Aa]ctivate(?:\.(?:csh|fish|nu|ps1|bat|xsh))?|Activate\.ps1|activate_this\.py|deactivate\.(?:bat|csh|nu)"
    r"|pydoc\.bat|pythonw?[\d.]*t?(?:\.exe)?)"
)
"""What making an environment puts among its commands."""


@dataclass(slots=True)
class Member:
    """A file as it is looked into: `path` is what a wheel would call it, `told` what people find it by, below the prefix.

    `expected` says that it belongs to no distribution, and comes with every environment.
    """

    placed: Placed
    path: str
    told: str
    recorded: tuple[RecordedFile, ...] = ()
    expected: bool = False


@dataclass(slots=True)
class Group:
    """A distribution, or all that belongs to none.

    `cached` are files of byte code, each with whether it was written after the distribution was. `missing` are files that are
    recorded and not there; `without_record` says why nothing is known to be recorded.
    """

    name: str
    filename: str
    members: list[Member] = field(default_factory=list)
    cached: list[tuple[Member, bool]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    without_record: str = ""

    @property
    def owns(self) -> bool:
        """Whether it is a distribution."""
        return self.name != UNOWNED


@dataclass(slots=True)
class Grouping:
    """All groups of an environment, and sentences about what is beside them and not looked into.

    `elsewhere` are places outside of its folders of packages and commands to which distributions have brought files.
    """

    environment: Environment
    groups: list[Group] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    elsewhere: tuple[str, ...] = ()
    _folders: dict[str, Group] = field(default_factory=dict)
    """Distributions by the folder of their metadata, and those without a RECORD by what they have at the top."""
    _claims: defaultdict[str, list[tuple[Group, RecordedFile]]] = field(default_factory=lambda: defaultdict(list))

    def sort(self, placed: Mapping[str, Placed]) -> None:
        """Give each file that was seen to its distribution, and those of other places that distributions have brought."""
        for site in self.environment.sites:
            for name in sorted(_names_in(site)):
                group = _distribution(site / name)
                if group is not None:
                    self._take(group, site, name)
        tops = tuple(f"{top}{os.sep}" for top in (*self.environment.sites, *self.environment.scripts))
        self.elsewhere = tuple(sorted(place for place in self._claims if not place.startswith(tops)))
        everything = {**placed, **placed_elsewhere(self.elsewhere)}
        unowned = Group(UNOWNED, "environment-0-py3-none-any.whl")
        owners: dict[str, Group] = {}
        for place in sorted(everything):
            if not _is_cached(place):
                owners[place] = owner = self._owner(place) or unowned
                owner.members.append(self._member(everything[place], owner))
        self._give_byte_code(everything, owners)
        for place in sorted(self._claims.keys() - everything.keys()):
            group, line = self._claims[place][-1]
            if line.digest:
                group.missing.append(_below(self.environment, place))
        self.groups = [*sorted(self.groups, key=lambda each: each.name.lower()), unowned]
        self.notes += _led_elsewhere(self.environment, owners)

    def _take(self, group: Group, site: Path, name: str) -> None:
        self.groups.append(group)
        self._folders[name] = group
        for place, line in _recorded(group, site / name, self.environment):
            self._claims[place].append((group, line))
        if group.without_record:
            for top in _tops(site / name):
                self._folders.setdefault(top, group)
        elif _is_used_in_place(site / name):
            self.notes.append(f"{group.name} is used in place: its folder is not looked into")

    def _owner(self, place: str) -> Group | None:
        """Whose RECORD names it, or in whose folder it is."""
        claimed = self._claims.get(place)
        if claimed:
            return claimed[-1][0]
        inner = _in_site(self.environment, place)
        return self._folders.get(inner.partition("/")[0]) or self._folders.get(inner.removesuffix(".py"))

    def _member(self, placed: Placed, owner: Group) -> Member:
        recorded = tuple(line for _, line in self._claims.get(placed.place, ()))
        told = _below(self.environment, placed.place)
        folder, _, name = told.rpartition("/")
        among_commands = any(told == f"{each.name}/{name}" for each in self.environment.scripts)
        expected = not owner.owns and among_commands and bool(_MADE_WITH_IT.fullmatch(name))
        path = _in_site(self.environment, placed.place)
        if not path and owner.owns:
            scheme = f"scripts/{name}" if among_commands else f"data/{told}"
            path = f"{owner.filename.rsplit('-', 3)[0]}.data/{scheme}"
        return Member(placed, path or f"{folder}/{name}", told, recorded, expected)

    def _give_byte_code(self, everything: Mapping[str, Placed], owners: Mapping[str, Group]) -> None:
        """Give each cached file of this Python to the group of its source. One without a source is never run."""
        kind = sys.implementation.cache_tag.rstrip("0123456789")
        tag = f".{kind}{self.environment.python.replace('.', '')}"
        written = {id(group): _written(group) for group in self.groups}
        rewritten = 0
        for place, each in everything.items():
            if not _is_cached(place) or not each.regular:
                continue
            rewritten += f"{tag}-pytest-" in place
            source = source_of(place) if f"{tag}." in place else None
            group = None if source is None else owners.get(source[0])
            if source is not None and group is not None:
                member = self._member(each, group)
                folder = self._member(everything[source[0]], group).path.rpartition("/")[0]
                member.path = f"{folder}/__pycache__/{Path(place).name}".removeprefix("/")
                group.cached.append((member, each.changed_ns > written.get(id(group), 0)))
        if rewritten:
            self.notes.append(
                f"{rewritten} files of byte code that pytest rewrites are not compared with their sources"
            )


def placed_elsewhere(places: Iterable[str]) -> dict[str, Placed]:
    """What is at these places."""
    return {each.place: each for place in places if (each := placed_at(place)) is not None}


def _names_in(site: Path) -> Iterator[str]:
    try:
        yield from os.listdir(site)  # noqa: PTH208 - names only
    except OSError:
        return


def _distribution(place: Path) -> Group | None:
    told = _INFO.fullmatch(place.name)
    if told is not None:
        return Group(f"{told[1]} {told[2]}", _wheel(told[1], told[2]))
    egg = _EGG.fullmatch(place.name)
    if egg is None:
        return None
    name, version = (egg[1], egg[2]) if egg[1] else (egg[3], "")
    return Group(
        f"{name} {version}".rstrip(), _wheel(name, version or "0"), without_record="it was installed without a RECORD"
    )


def _wheel(name: str, version: str) -> str:
    return f"{re.sub('[-.]+', '_', name)}-{version}-py3-none-any.whl"


def _recorded(group: Group, info: Path, environment: Environment) -> Iterator[tuple[str, RecordedFile]]:
    """The places of a distribution's files, within the environment. What leads out of it is none of its own."""
    if group.without_record:
        return
    try:
        with opened(info / "RECORD") as file:
            data = file.read(limits.INSTALLED_RECORD_BYTES_MAX)
        site, prefix = str(info.parent), f"{environment.prefix}{os.sep}"
        for line in read_record(data):
            place = f"{site}{os.sep}{line.path}"
            if ".." in line.path or line.path.startswith("/") or "//" in line.path or "./" in line.path:
                place = os.path.normpath(os.path.join(site, line.path))  # noqa: PTH118 - a text, many thousand times
            if place.startswith(prefix):
                yield place, line
    except OSError as error:
        group.without_record = f"its RECORD cannot be read ({error.strerror})"
    except InvalidInput as error:
        group.without_record = str(error)


def _tops(info: Path) -> list[str]:
    """What a distribution without a RECORD says that it has at the top of site-packages."""
    try:
        with opened(info / "top_level.txt") as file:
            return file.read(limits.SETTINGS_BYTES_MAX).decode("utf-8", errors="replace").split()
    except OSError:
        return []


def _in_site(environment: Environment, place: str) -> str:
    """The path of a file below site-packages; empty for one that is elsewhere."""
    for site in environment.sites:
        if place.startswith(f"{site}{os.sep}"):
            return _plain(place[len(str(site)) + 1 :])
    return ""


def _below(environment: Environment, place: str) -> str:
    return _plain(place[len(str(environment.prefix)) + 1 :])


def _plain(path: str) -> str:
    """A path as text, whatever bytes it has."""
    return path.replace(os.sep, "/").encode("utf-8", errors="replace").decode("utf-8")


def _is_cached(place: str) -> bool:
    return place.endswith(".pyc") and f"{os.sep}__pycache__{os.sep}" in place


def _written(group: Group) -> int:
    """When a distribution was whole: its RECORD is written behind all else. 0 for what has none."""
    record = (each.placed.changed_ns for each in group.members if each.path.endswith(".dist-info/RECORD"))
    return max(record, default=0)


def _is_used_in_place(info: Path) -> bool:
    """Whether the files of a distribution lie elsewhere (PEP 610)."""
    try:
        with opened(info / "direct_url.json") as file:
            told = json.loads(file.read(limits.SETTINGS_BYTES_MAX))
    except (OSError, ValueError):
        return False
    folder = told.get("dir_info") if isinstance(told, dict) else None
    return isinstance(folder, dict) and folder.get("editable") is True


def _led_elsewhere(environment: Environment, owners: Mapping[str, Group]) -> list[str]:
    """A sentence about each folder that a `.pth` file adds to the path of modules, and about the Python behind."""
    found: list[str] = []
    for place in owners:
        if not place.endswith(".pth") or Path(place).parent not in environment.sites:
            continue
        try:
            with opened(Path(place)) as file:
                lines = file.read(limits.SETTINGS_BYTES_MAX).decode("utf-8", errors="replace").splitlines()
        except OSError:
            continue
        for line in lines:
            folder = Path(os.path.normpath(Path(place).parent / line.strip()))
            if line.strip() and not line.startswith(("#", "import ", "import\t")):
                found.append(f"{_below(environment, place)} adds {folder}, which is not looked into")
    if environment.open_to_base:
        found.append(f"it also uses the packages of {environment.base}, which are not looked into")
    return found
