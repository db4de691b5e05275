"""One distribution of an environment: its files against what was recorded of them, and what is in them."""

import configparser
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from pratique.adapters.byte_code import HEADER_BYTES, Header
from pratique.adapters.installed.environment import Placed
from pratique.adapters.installed.groups import Group, Member
from pratique.adapters.scan_bundle import Bundle, Holds, opened
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.evidence import Confidence, Coverage, Finding, Scan, Severity, Unknown, Unread

ALTERED: Final = "altered-file"
MISSING: Final = "missing-file"
UNOWNED: Final = "unowned-file"
COMMAND: Final = "changed-command"
_RUN: Final = (".py", ".pyw", ".pyc", ".so", ".pyd", ".dll", ".pth", ".start")
"""Endings of what Python runs or loads from a folder of packages."""
_IMPORTS: Final = re.compile(rb"^\s*(?:from|import)\s+([\w.]+)", re.MULTILINE)
_BY_NAME: Final = b"load_entry_point"
"""How commands of old installers find their entry point."""


@dataclass(slots=True)
class Checked:
    """What was found of a group before anything was looked into: by the paths that people find files by."""

    bundle: Bundle
    digests: dict[str, Digest] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    of_other_pythons: int = 0
    lines: list[str] = field(default_factory=list)

    @property
    def manifest(self) -> Digest:
        """One digest over all that the answer depends on: files by their paths, and what is missing."""
        text = "\n".join(sorted(self.lines)).encode(errors="surrogatepass")
        return Digest(f"sha256:{hashlib.sha256(text).hexdigest()}")

    def add(self, holds: Holds, member: Member) -> Digest:
        """Take a file in. Raises `OSError`."""
        digest = self.bundle.add(holds, member.path, Path(member.placed.place))
        self.digests[member.told] = digest
        self.lines.append(f"{holds} {digest} {member.told}")
        return digest


def check(group: Group, bundle: Bundle) -> Checked:
    """Read every file of a group once: its digest, whether it is as it was recorded, and its bytes for the child."""
    checked = Checked(bundle)
    for member in group.members:
        if not member.placed.regular:
            continue  # a link, whose target is looked into under its own name
        try:
            digest = checked.add(Holds.FILE, member)
        except OSError as error:
            checked.unread.append(Unread(member.told, f"it cannot be read ({error.strerror})"))
            continue
        checked.findings += _against_record(group, member, digest)
    sources = {member.placed.place: member.placed for member in group.members}
    for member, late in group.cached:
        _add_byte_code(checked, member, sources, late=late)
    for told in group.missing:
        checked.lines.append(f"missing {told}")
        checked.findings.append(_found(MISSING, Severity.LOW, told, "was recorded, and is not there"))
    if group.without_record:
        checked.unread.append(
            Unread(group.name, f"{group.without_record}: whether it is as it was brought is not known")
        )
    checked.findings += _commands(group)
    return checked


def _against_record(group: Group, member: Member, digest: Digest) -> Iterator[Finding]:
    """Whether a file is as one of the distributions that have brought it says, and whether one has."""
    stated = [line for line in member.recorded if line.digest]
    if stated and not any(_matches(member, line.algorithm, line.digest, digest) for line in stated):
        yield _found(ALTERED, Severity.HIGH, member.told, "is not as its distribution brought it")
    if not group.owns and not member.expected and member.path.lower().endswith(_RUN):
        yield _found(UNOWNED, Severity.MEDIUM, member.told, "belongs to no distribution")


def _matches(member: Member, algorithm: str, stated: str, digest: Digest) -> bool:
    if algorithm == "sha256":
        return digest == f"sha256:{stated}"
    try:
        with opened(Path(member.placed.place)) as file:
            return hashlib.file_digest(file, algorithm).hexdigest() == stated
    except OSError:
        return False


def _add_byte_code(checked: Checked, member: Member, sources: Mapping[str, Placed], *, late: bool) -> None:
    """Add a cached file that Python would run in place of its source; others are passed over."""
    place = Path(member.placed.place)
    folder, name = place.parent.parent, place.name.partition(".")[0]
    source = sources.get(str(folder / f"{name}.py"))
    try:
        with opened(place) as file:
            header = Header.read(file.read(HEADER_BYTES))
        if source is None or header is None or not header.believed(source.modified_ns // 10**9, source.size):
            return
        if not header.readable:
            checked.of_other_pythons += 1
            return
        checked.add(Holds.BYTE_CODE_COMPARED_WHOLE if late else Holds.BYTE_CODE, member)
    except OSError as error:
        checked.unread.append(Unread(member.told, f"it cannot be read ({error.strerror})"))


def _commands(group: Group) -> Iterator[Finding]:
    """Commands that import something else than the entry point of their name says (entry points specification)."""
    points = next((each for each in group.members if each.path.endswith(".dist-info/entry_points.txt")), None)
    if points is None:
        return
    told = configparser.ConfigParser(delimiters=("=",), interpolation=None, strict=False)
    told.optionxform = str  # type: ignore[assignment,method-assign]  # names of commands keep their case
    try:
        told.read_string(_text(points).decode("utf-8", errors="replace"))
    except (configparser.Error, OSError):
        return
    wanted = {
        name: target.partition(":")[0].strip()
        for section in ("console_scripts", "gui_scripts")
        if told.has_section(section)
        for name, target in told.items(section)
    }
    for member in group.members:
        module = wanted.get(member.told.rpartition("/")[2]) if ".data/scripts/" in member.path else None
        if module is None or not member.placed.regular:
            continue
        try:
            text = _text(member)
        except OSError:
            continue  # told already
        if text.startswith(b"#!") and _BY_NAME not in text and module.encode() not in _IMPORTS.findall(text):
            yield _found(COMMAND, Severity.HIGH, member.told, f"does not start {module}, as its distribution says")


def _text(member: Member) -> bytes:
    with opened(Path(member.placed.place)) as file:
        return file.read(limits.SETTINGS_BYTES_MAX)


def _found(rule: str, severity: Severity, told: str, message: str) -> Finding:
    return Finding(rule, severity, Confidence.HIGH, told, 0, message)


def whole(group: Group, checked: Checked, scan: Scan | Unknown) -> Scan | Unknown:
    """All that is known of a group: what was found of it before, and what the child saw, by the paths people find files by."""
    told = {member.path: member.told for member in (*group.members, *(member for member, _ in group.cached))}
    told[group.filename] = ""
    lost = (*checked.unread, *_not_known(group))
    if isinstance(scan, Unknown):
        if not checked.findings:
            return scan
        lost = (Unread(group.name, scan.why), *lost)
        return Scan(tuple(checked.findings), Coverage({}, 0, lost, len(lost)), Digest(""))
    seen = tuple(msgspec.structs.replace(each, path=told.get(each.path, each.path)) for each in scan.findings)
    unread = tuple(msgspec.structs.replace(each, path=told.get(each.path, each.path)) for each in scan.coverage.unread)
    coverage = msgspec.structs.replace(
        scan.coverage,
        unread=(*unread, *lost)[: limits.SCAN_UNREAD_NAMED_MAX],
        unread_count=scan.coverage.unread_count + len(lost),
    )
    return msgspec.structs.replace(scan, findings=(*checked.findings, *seen), coverage=coverage)


def _not_known(group: Group) -> Iterator[Unread]:
    if group.without_record:
        yield Unread(group.name, f"{group.without_record}: whether it is as it was brought is not known")
