"""When a waiver may be granted, and when it lifts a reason."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pratique.errors import InvalidInput
from pratique.facts.looked import at_stake
from pratique.facts.questions.hashes import Hashes
from pratique.model.decision import Reason
from pratique.model.evidence import Scan
from pratique.model.identifier import is_identifier
from pratique.model.scope import ScopeName
from pratique.model.text import quoted
from pratique.model.waiver import Waiver
from pratique.policy.condition import Case
from pratique.policy.pattern import read_pattern

FINDINGS: Final = "malware"
"""The condition that judges findings."""
_BYTES: Final = re.compile(r"pkg:[a-z]+/[^\s?#]+\?(?:[^\s#]*&)?checksum=sha256:[0-9a-f]{64}(?:&[^\s#]*)?")
"""A package URL that ends in the digest of what it is about."""


def lifting(waivers: Sequence[Waiver], case: Case, reason: Reason, groups: Sequence[str]) -> Waiver | None:
    """The first waiver that lifts this reason, or None.

    `groups` are those that may lift the reason's condition. A reason whose
    remedy names nobody to ask is lifted by none. Waivers that name findings lift it together, or not at all.
    """
    if reason.remedy is None or not reason.remedy.ask:
        return None
    usable = [
        waiver
        for waiver in waivers
        if waiver.condition == reason.condition
        and waiver.approver_group in groups
        and case.scope.name in waiver.scopes
        and case.now < waiver.expires
    ]
    for waiver in usable:
        if not waiver.finding and _means(waiver, case):
            return waiver
    return _accepting([waiver for waiver in usable if waiver.finding], case)


def _accepting(waivers: Sequence[Waiver], case: Case) -> Waiver | None:
    """The first of the waivers that name findings, if together they name all that worries in the file, and all of it was read."""
    scan, hashes = case.evidence.scan, case.evidence.hashes
    if not waivers or not isinstance(scan, Scan) or not isinstance(hashes, Hashes) or hashes.received is None:
        return None
    stake = at_stake(hashes.received, scan)
    if not stake or scan.coverage.unread_count or not stake <= {waiver.finding for waiver in waivers}:
        return None
    return next(waiver for waiver in waivers if waiver.finding in stake)


def _means(waiver: Waiver, case: Case) -> bool:
    """Whether the waiver is for this artifact; one whose pattern cannot be read is for none."""
    try:
        return read_pattern(waiver.package).matches(case.artifact)
    except InvalidInput:
        return False


def mistakes(
    waiver: Waiver,
    waivable_by: Mapping[str, Sequence[str]],
    scopes: Sequence[ScopeName],
    groups: Mapping[str, Sequence[str]],
) -> list[tuple[str, str]]:
    """What is wrong with a waiver, as pairs of the field at fault and a sentence; empty when it can be granted.

    `waivable_by` gives for each condition of the policy the groups that may lift it, `groups` the members of each group
    where the policy names them.
    """
    found: list[tuple[str, str]] = []
    allowed = waivable_by.get(waiver.condition)
    if allowed is None:
        known = ", ".join(waivable_by)
        found.append(("condition", f"no condition is called {quoted(waiver.condition)}; this policy has: {known}"))
    elif not allowed:
        found.append(("condition", f"{waiver.condition} cannot be waived"))
    elif waiver.approver_group not in allowed:
        group = quoted(waiver.approver_group)
        found.append(("approver_group", f"{group} may not waive {waiver.condition}; {' or '.join(allowed)} may"))
    members = groups.get(waiver.approver_group)
    if members is not None and waiver.approved_by not in members:
        found.append(("approved_by", f"{quoted(waiver.approved_by)} is not in the group {waiver.approver_group}"))
    found += [
        (name, f"`{name}` says nothing") for name in ("id", "owner", "approved_by", "reason") if not _said(waiver, name)
    ]
    found += [("scopes", f"no scope is called {quoted(scope)}") for scope in waiver.scopes if scope not in scopes]
    if not waiver.scopes:
        found.append(("scopes", "a waiver names the scopes it is for"))
    if waiver.uses_max < 0:
        found.append(("uses_max", "`uses_max` is 0 (unlimited) or more"))
    return [*found, *(_finding_mistakes(waiver) if waiver.finding else _package_mistakes(waiver))]


def _package_mistakes(waiver: Waiver) -> Iterator[tuple[str, str]]:
    try:
        read_pattern(waiver.package)
    except InvalidInput as error:
        yield "package", str(error)


def _finding_mistakes(waiver: Waiver) -> Iterator[tuple[str, str]]:
    """What is wrong with a waiver that names a finding. Its package is a name for these bytes, of whatever kind they are."""
    if not is_identifier(waiver.finding):
        yield "finding", f"{quoted(waiver.finding)} is no id of a finding"
    if waiver.condition != FINDINGS:
        yield "condition", f"findings are judged by the condition {FINDINGS}"
    if not _BYTES.fullmatch(waiver.package):
        yield "package", "a waiver for a finding names its bytes: pkg:generic/example.py?checksum=sha256:..."
    if waiver.uses_max:
        yield "uses_max", "a waiver for a finding may be used as often as needed"


def _said(waiver: Waiver, name: str) -> bool:
    return bool(str(getattr(waiver, name)).strip())
