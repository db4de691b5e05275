"""The tests a policy carries in itself: cases with the verdict that their author expects.

A test starts from a benign case (an old, listed, scanned file of an old project) and changes what its `given` says.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from pratique.errors import InvalidInput
from pratique.model.artifact import Digest
from pratique.model.decision import Decision
from pratique.model.evidence import (
    Confidence,
    Continuity,
    Evidence,
    Finding,
    Hashes,
    Listing,
    ListingState,
    Origin,
    Provenance,
    Scan,
    SecurityFix,
    Severity,
    Silence,
    Tier,
    Unknown,
    Upload,
)
from pratique.policy.decide import decide
from pratique.policy.policy import Policy, PolicyTest
from pratique.policy.severity import Alarm
from pratique.policy.vocabulary import Value

_DIGEST: Final = Digest("sha256:" + "0" * 64)
_OTHER: Final = Digest("sha256:" + "1" * 64)
_RULES: Final = Digest("sha256:" + "2" * 64)
_OLD: Final = timedelta(days=1000)
_LONG_AGO: Final = timedelta(days=3000)
_NO_ALARM: Final = Alarm.NONE.name.lower()
_ALARMS: Final = {
    Alarm.SUSPICIOUS.name.lower(): (Severity.HIGH, Confidence.MEDIUM),
    Alarm.MALICIOUS.name.lower(): (Severity.CRITICAL, Confidence.HIGH),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A test and what the policy decided."""

    test: PolicyTest
    decision: Decision

    @property
    def passed(self) -> bool:
        """Whether the verdict is the expected one, for the expected reason."""
        fits = self.decision.verdict is self.test.verdict
        reasons = [reason.condition for reason in self.decision.reasons if reason.verdict is self.decision.verdict]
        return fits and (not self.test.reason or self.test.reason in reasons)


def run_tests(policy: Policy, now: datetime) -> tuple[Outcome, ...]:
    """Run every test of a policy; `now` is the moment of those that name none."""
    return tuple(Outcome(test, _decided(policy, test, test.on or now)) for test in policy.tests)


def _decided(policy: Policy, test: PolicyTest, now: datetime) -> Decision:
    return decide(policy, test.artifact, evidence_of(test, now), test.scope, now, waivers=policy.waivers)


def evidence_of(test: PolicyTest, now: datetime) -> Evidence:
    """The benign evidence, changed as the test says, in whatever order it says so.

    Raises `InvalidInput` for what cannot be put into evidence.
    """
    evidence = benign(now)
    for name in sorted(test.given, key=lambda name: _ORDER.get(name, len(_ORDER))):
        value = test.given[name]
        if name == "scope.projects":
            continue
        if isinstance(value, Unknown):
            evidence = msgspec.structs.replace(evidence, **{_FIELDS[name.partition(".")[0]]: value})
        elif name in _PUT:
            evidence = _PUT[name](evidence, value, now)
        else:
            raise InvalidInput(f"`{name}` cannot be given")
    return evidence


def benign(now: datetime) -> Evidence:
    """An old, listed, scanned file of an old project."""
    return Evidence(
        upload=Upload(now - _OLD, now - _LONG_AGO),
        origin=Origin("public"),
        listing=Listing(ListingState.LISTED),
        hashes=Hashes(_DIGEST, _DIGEST, _DIGEST),
        security_fix=SecurityFix(),
        provenance=Provenance(Continuity.NEVER_ATTESTED),
        scan=Scan((), 10, 0, _RULES),
        tier=Tier.BYTES,
    )


_FIELDS: Final = {
    "release": "upload",
    "origin": "origin",
    "listing": "listing",
    "hashes": "hashes",
    "security": "security_fix",
    "provenance": "provenance",
    "scan": "scan",
}


def _age(evidence: Evidence, value: Value, now: datetime) -> Evidence:
    upload = evidence.upload
    if not isinstance(value, timedelta) or isinstance(upload, Unknown):
        return evidence
    at = now - value
    return msgspec.structs.replace(evidence, upload=Upload(at, min(upload.project_since, at)))


def _project_age(evidence: Evidence, value: Value, now: datetime) -> Evidence:
    upload = evidence.upload
    if not isinstance(value, timedelta) or isinstance(upload, Unknown):
        return evidence
    since = now - value
    return msgspec.structs.replace(evidence, upload=Upload(max(upload.at, since), since))


def _silence(evidence: Evidence, value: Value, now: datetime) -> Evidence:
    del now
    upload = evidence.upload
    if not isinstance(value, timedelta) or isinstance(upload, Unknown):
        return evidence
    before = upload.at - value
    changed = Upload(upload.at, min(upload.project_since, before), Silence(before, upload.at))
    return msgspec.structs.replace(evidence, upload=changed)


def _origin(evidence: Evidence, value: Value, now: datetime) -> Evidence:
    del now
    return msgspec.structs.replace(evidence, origin=Origin(str(value)))


def _state(evidence: Evidence, value: Value, now: datetime) -> Evidence:
    del now
    return msgspec.structs.replace(evidence, listing=Listing(ListingState[str(value).upper()]))


def _published(evidence: Evidence, value: Value, now: datetime) -> Evidence:
    del now
    return msgspec.structs.replace(evidence, hashes=Hashes(_DIGEST if value else None, _DIGEST, _DIGEST))


def _changed(evidence: Evidence, value: Value, now: datetime) -> Evidence:
    del now
    return msgspec.structs.replace(evidence, hashes=Hashes(_OTHER if value else _DIGEST, _DIGEST, None))


def _fixes(evidence: Evidence, value: Value, now: datetime) -> Evidence:
    del now
    return msgspec.structs.replace(evidence, security_fix=SecurityFix(("EXAMPLE-2026-1",) if value else ()))


def _advisories(evidence: Evidence, value: Value, now: datetime) -> Evidence:
    del now
    return msgspec.structs.replace(evidence, security_fix=SecurityFix(value if isinstance(value, tuple) else ()))


def _provenance(evidence: Evidence, value: Value, now: datetime) -> Evidence:
    del now
    return msgspec.structs.replace(evidence, provenance=Provenance(Continuity(str(value))))


def _alarm(evidence: Evidence, value: Value, now: datetime) -> Evidence:
    del now
    found: tuple[Finding, ...] = ()
    if value != _NO_ALARM:
        severity, confidence = _ALARMS[str(value)]
        found = (Finding("example-rule", severity, confidence, "example.py", 1, "an example"),)
    return msgspec.structs.replace(evidence, scan=Scan(found, 10, 0, _RULES))


def _findings(evidence: Evidence, value: Value, now: datetime) -> Evidence:
    del now
    rules = value if isinstance(value, tuple) else ()
    found = tuple(Finding(rule, Severity.INFO, Confidence.HIGH, "example.py", 1, "an example") for rule in rules)
    return msgspec.structs.replace(evidence, scan=Scan(found, 10, 0, _RULES))


_PUT: Final[Mapping[str, Callable[[Evidence, Value, datetime], Evidence]]] = {
    "release.age": _age,
    "release.project_age": _project_age,
    "release.silence": _silence,
    "origin.index": _origin,
    "listing.state": _state,
    "hashes.published": _published,
    "hashes.changed": _changed,
    "security.fixes": _fixes,
    "security.advisories": _advisories,
    "provenance.state": _provenance,
    "scan.alarm": _alarm,
    "scan.findings": _findings,
}
_ORDER: Final = {name: place for place, name in enumerate(_PUT)}
