"""A play out of a scenario's folder that was read, with everything checked that the types of its table do not say."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

import msgspec

from pratique.ecosystems import ECOSYSTEMS
from pratique.errors import InvalidInput
from pratique.facts.names.lists import KINDS, normal
from pratique.model import limits
from pratique.model.advisory import Advisory, Affected, Edge, Event, Level
from pratique.model.artifact import Ecosystem
from pratique.model.provenance import Identity, Signer
from pratique.model.scenario import Kind, Scenario, ScenarioFile
from pratique.simulators.generated import bytes_of, check_size, size_of
from pratique.simulators.packs import PACKS, Contents, packed, past_release
from pratique.simulators.plays import Made, Play
from pratique.simulators.scenario_folder import ScenarioFolder
from pratique.simulators.scenario_table import AttestedTable, HistoryTable, ReleaseTable

_EVERY: Final = timedelta(days=60)
_ID: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
_NPM_NAME: Final = re.compile(r"(?:@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*")
_NPM_VERSION: Final = re.compile(r"\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PURL: Final = re.compile(r"pkg:([a-z]+)/([^@?#\s]+)")
_PATH: Final = re.compile(r"(?!.*(?:^|/)\.{1,2}(?:/|$))[^/\\\0:]+(?:/[^/\\\0:]+)*")


def play_of(read: ScenarioFolder, source: str) -> Play | None:
    """The play of a folder; None when something in it is wrong, which its reader then has noted."""
    return _Making(read, source).play()


@dataclass(slots=True)
class _Making:
    """A play being made; `fine` until a mistake is found."""

    read: ScenarioFolder
    source: str
    fine: bool = True
    used: set[str] = field(default_factory=set)

    def wrong(self, path: tuple[str | int, ...], message: str) -> None:
        """Note a mistake."""
        self.fine = False
        self.read.reader.wrong(path, message)

    def play(self) -> Play | None:
        """All of it."""
        table = self.read.table
        if not _ID.fullmatch(self.read.id):
            self.wrong((), "a scenario's folder is called by lower-case letters, digits, dots and hyphens, 64 at most")
        if (table.attack is None) is (table.benign is None):
            self.wrong((), "a scenario has one of the tables `attack` and `benign`")
        if not _is_name(table.kind, table.project):
            self.wrong(("project",), f"that is no name of {table.kind} in normal form")
        self._check_generated()
        made = [each for place, release in enumerate(table.release) for each in self._release(release, place)]
        if table.history is not None and table.release:
            made += self._history(table.history, min(each.uploaded for each in table.release))
        if not any(each.asked_for for each in table.release):
            self.wrong((), "no release is `asked_for`")
        for unused in sorted(self.read.trees.keys() - self.used):
            self.wrong((), f"no release uses the folder releases/{unused}")
        if table.kind is not Kind.SCRIPT:
            self._check_replaced(made)
        made.sort(key=lambda each: each.file.uploaded)
        popular, advisories = self._popular(), self._advisories()
        return Play(self._scenario(made), tuple(made), popular, advisories) if self.fine else None

    def _scenario(self, made: list[Made]) -> Scenario:
        table, files = self.read.table, tuple(each.file for each in made)
        known = Scenario(self.read.id, table.title, table.kind, table.project, files, source=self.source)
        attack, benign = table.attack, table.benign
        if attack is not None:
            return msgspec.structs.replace(
                known, expected=attack.expected, also_off=attack.also_off, reserved=attack.reserved
            )
        if benign is not None:
            return msgspec.structs.replace(known, asked=benign.asked, refused_by=benign.refused_by)
        return known

    def _release(self, release: ReleaseTable, place: int) -> Iterator[Made]:
        table, where = self.read.table, ("release", place)
        usual, *others = PACKS[table.kind]
        pack = release.pack or usual
        if pack not in (usual, *others):
            self.wrong((*where, "pack"), f"`pack` is one of {', '.join((usual, *others))} here")
        elif not _is_version(table.kind, release.version):
            self.wrong((*where, "version"), f"that is no version of {table.kind} in normal form")
        else:
            self._check_times(release, where)
            texts = self._texts(release, place)
            contents = Contents(texts, release.generated, self.read.parts)
            for filename, data in packed(
                pack, table.project, release.version, contents, requires=release.requires, build=release.build
            ):
                file = ScenarioFile(filename, release.version, release.uploaded, release.removed, release.asked_for)
                signed = _signer(table.project, release.version, release.attested)
                yield Made(file, data, release.replaces, release.yanked, release.yank_reason, signed)

    def _check_times(self, release: ReleaseTable, where: tuple[str | int, ...]) -> None:
        benign = self.read.table.benign
        if release.replaces and not self.read.table.kind.has_door:
            self.wrong(
                (*where, "replaces"),
                f"what replaces another is asked of an index, and there is none for {self.read.table.kind}",
            )
        if release.removed is not None and release.removed <= release.uploaded:
            self.wrong((*where, "removed"), "it is removed before it is uploaded")
        if release.asked_for and benign is not None and benign.asked < release.uploaded:
            self.wrong(("benign", "asked"), f"{release.version} is asked for before it is uploaded")

    def _texts(self, release: ReleaseTable, place: int) -> dict[str, str]:
        """The texts of a release: those of its tree, over those of the tree it is based on."""
        texts: dict[str, str] = {}
        tree = release.tree or "-".join(filter(None, (release.version, release.build)))
        needed = {release.based_on, release.tree or (tree if not (release.generated or release.based_on) else "")}
        for name in (release.based_on, tree):
            self.used.add(name)
            texts |= self.read.trees.get(name, {})
            if name in needed - {""} and name not in self.read.trees:
                self.wrong(("release", place), f"there is no folder releases/{name}")
        for number, each in enumerate(release.generated):
            if not _PATH.fullmatch(each.path) or each.path in texts:
                self.wrong(
                    ("release", place, "generated", number), "`path` is that of a file of the tree, or leads out of it"
                )
        if self.read.table.kind is Kind.NPM and not _describes(texts, self.read.table.project, release.version):
            self.wrong(("release", place), "its package.json is missing, or says another name or version")
        return texts

    def _history(self, history: HistoryTable, until: datetime) -> Iterator[Made]:
        if (until - history.since) / _EVERY > limits.SCENARIO_RELEASES_MAX:
            self.wrong(("history",), f"there would be more than {limits.SCENARIO_RELEASES_MAX} releases")
            return
        times = (history.since + count * _EVERY for count in range(limits.SCENARIO_RELEASES_MAX + 1))
        for count, at in enumerate(takewhile(lambda at: at < until, times)):
            version, filename, data = past_release(self.read.table.kind, self.read.table.project, count)
            attested = _signer(self.read.table.project, version, history.attested)
            yield Made(ScenarioFile(filename, version, at), data, attested=attested)

    def _popular(self) -> dict[str, tuple[str, ...]]:
        """The names that many use, by the types of their package URLs."""
        found: dict[str, list[str]] = {}
        for place, text in enumerate(self.read.table.popular):
            match = _PURL.fullmatch(text)
            if match is None or match[1] not in KINDS:
                self.wrong(("popular", place), f"that is no package URL without a version, of {' or '.join(KINDS)}")
            else:
                found.setdefault(match[1], []).append(normal(match[1], match[2]))
        return {kind: tuple(names) for kind, names in found.items()}

    def _advisories(self) -> tuple[Advisory, ...]:
        return tuple(
            Advisory(
                each.id,
                each.published,
                _affected(each.fixed),
                level=Level[each.level.upper()],
                malicious=each.malicious,
                exploited=each.exploited,
            )
            for each in self.read.table.advisory
        )

    def _check_generated(self) -> None:
        """Whether it is not too much, and where it is little whether it can be made."""
        made = [each for release in self.read.table.release for each in release.generated]
        try:
            check_size(sum(map(size_of, made)))
            for each in made:
                if size_of(each) < limits.SCENARIO_TABLE_BYTES_MAX:
                    bytes_of(each, self.read.parts)
        except InvalidInput as error:
            self.wrong(("release",), str(error))

    def _check_replaced(self, made: list[Made]) -> None:
        names: set[str] = set()
        for each in made:
            if (each.file.filename in names) is not each.replaces:
                self.wrong(("release",), f"{each.file.filename} is there twice, or replaces what is not there")
            names.add(each.file.filename)


def _signer(project: str, version: str, attested: AttestedTable | None) -> Identity | None:
    """Who attested a file: the project's own workflow at a tag of the version, but for what a table says."""
    if attested is None:
        return None
    told = {name: value for name, value in msgspec.structs.asdict(attested).items() if value}
    usual = Identity(
        Signer.GITHUB,
        repository=f"{project}/{project}",
        repository_id="1001",
        owner_id="2002",
        workflow=".github/workflows/release.yml",
        ref=f"refs/tags/v{version}",
        trigger="release",
        runner="github-hosted",
    )
    return msgspec.structs.replace(usual, **told)


def _affected(fixed: str) -> Affected:
    """Every version, or those before one."""
    edges = (Event(Edge.INTRODUCED, "0"), Event(Edge.FIXED, fixed))
    return Affected(ranges=(edges,)) if fixed else Affected()


def _is_name(kind: Kind, name: str) -> bool:
    match kind:
        case Kind.PYPI:
            try:
                return ECOSYSTEMS[Ecosystem.PYPI].name(name) == name
            except InvalidInput:
                return False
        case Kind.NPM:
            return _NPM_NAME.fullmatch(name) is not None
        case Kind.SCRIPT:
            return _NAME.fullmatch(name) is not None


def _is_version(kind: Kind, text: str) -> bool:
    match kind:
        case Kind.PYPI:
            version = ECOSYSTEMS[Ecosystem.PYPI].version(text)
            return version is not None and version.text == text
        case Kind.NPM:
            return _NPM_VERSION.fullmatch(text) is not None
        case Kind.SCRIPT:
            return _NAME.fullmatch(text) is not None


def _describes(texts: Mapping[str, str], project: str, version: str) -> bool:
    """Whether the package.json among these texts is that of the release."""
    try:
        told = json.loads(texts.get("package.json", ""))
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and told.get("name") == project and told.get("version") == version
