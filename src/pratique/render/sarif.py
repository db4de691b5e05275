"""What was seen in files as SARIF 2.1.0 (OASIS Static Analysis Results Interchange Format), for those who show such results.

A file of a folder is a location of its own. What lies inside an archive has no location that others could open: its result is at
the archive, and the file within it is a nested artifact (section 3.24.3) and a logical location.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import quote

from pratique.facts.looked import Looked, Noticed
from pratique.model.evidence import Alarm, Severity, Unknown

VERSION: Final = "2.1.0"
SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT: Final = "pratiqueFinding/v1"
_LEVELS: Final = {Severity.INFO: "note", Severity.LOW: "note", Severity.MEDIUM: "warning"}
_SECURITY: Final = {Alarm.MALICIOUS: "9.8", Alarm.SUSPICIOUS: "7.5", Alarm.NONE: "3.0"}
"""Security severities, as they are shown beside vulnerabilities; above 9 is critical, above 7 high."""


def document(looked: Sequence[Looked], pages: Mapping[str, str], *, version: str, rules: str) -> dict[str, object]:
    """The log of one run. `pages` has the page of each rule by its id, `rules` is the digest of the scanner that looked."""
    alarms: dict[str, Alarm] = {}
    for artifact in looked:
        for each in artifact.noticed:
            alarms[each.finding.rule] = max(each.alarm, alarms.get(each.finding.rule, Alarm.NONE))
    ids = sorted(alarms)
    files = _Files()
    results = [
        _result(artifact, each, ids.index(each.finding.rule), files) for artifact in looked for each in artifact.noticed
    ]
    driver = {
        "name": "Pratique",
        "version": version,
        "semanticVersion": version if version.count(".") > 1 else f"{version}.0",
        "rules": [_rule(each, pages.get(each, ""), alarms[each]) for each in ids],
        "properties": {"rulesDigest": rules},
    }
    notifications = [each for artifact in looked for each in _notifications(artifact)]
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notifications}],
        "columnKind": "unicodeCodePoints",
        "artifacts": files.told,
        "results": results,
    }
    return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}


class _Files:
    """The artifacts of a run, each once; those within others know in which."""

    def __init__(self) -> None:
        self.told: list[dict[str, object]] = []
        self._places: dict[tuple[str, int], int] = {}

    def index(self, uri: str, digest: str = "", within: int = -1) -> int:
        place = self._places.setdefault((uri, within), len(self.told))
        if place == len(self.told):
            told: dict[str, object] = {"location": {"uri": uri}}
            if within >= 0:
                told["parentIndex"] = within
            if digest.startswith("sha256:"):
                told["hashes"] = {"sha-256": digest.removeprefix("sha256:")}
            self.told.append(told)
        return place


def _result(artifact: Looked, noticed: Noticed, index: int, files: _Files) -> dict[str, object]:
    found = noticed.finding
    told: dict[str, object] = {
        "ruleId": found.rule,
        "ruleIndex": index,
        "level": "error" if noticed.alarm else _LEVELS.get(found.severity, "warning"),
        "message": {"text": found.message},
        "locations": [_location(artifact, noticed, files)],
        "partialFingerprints": {FINGERPRINT: noticed.id},
        "properties": {"alarm": noticed.alarm.name.lower(), "verdict": artifact.outcome.word, "context": found.context},
    }
    if noticed.accepted:
        told["suppressions"] = [{"kind": "external", "status": "accepted", "justification": noticed.accepted}]
    return told


def _location(artifact: Looked, noticed: Noticed, files: _Files) -> dict[str, object]:
    found = noticed.finding
    region: dict[str, object] = {"startLine": found.line} if found.line else {}
    if region and found.code:
        region["snippet"] = {"text": found.code}
    whole = found.path in ("", artifact.path.rpartition("/")[2])
    if artifact.folder or whole:
        uri = _uri(f"{artifact.folder.rstrip('/')}/{found.path}" if artifact.folder and found.path else _top(artifact))
        physical: dict[str, object] = {"artifactLocation": {"uri": uri, "index": files.index(uri, noticed.digest)}}
        return {"physicalLocation": {**physical, **({"region": region} if region else {})}}
    outer = _uri(artifact.path)
    index = files.index(outer, noticed.digest)
    files.index(f"/{quote(found.path)}", within=index)
    name = f"{found.path}:{found.line}" if found.line else found.path
    return {
        "physicalLocation": {"artifactLocation": {"uri": outer, "index": index}},
        "logicalLocations": [{"fullyQualifiedName": name, "kind": "resource"}],
    }


def _top(artifact: Looked) -> str:
    return artifact.folder or artifact.path


def _uri(path: str) -> str:
    """A path as a URI: relative to where the command ran, or that of a file."""
    return f"file://{quote(path)}" if path.startswith("/") else quote(path.removeprefix("./"))


def _rule(rule: str, page: str, alarm: Alarm) -> dict[str, object]:
    lines = page.splitlines()
    short = next((each for each in lines[1:] if each.strip()), rule)
    told: dict[str, object] = {
        "id": rule,
        "name": "".join(part.capitalize() for part in rule.split("-")),
        "shortDescription": {"text": short},
        "properties": {"tags": ["security"], "security-severity": _SECURITY[alarm]},
    }
    if page:
        told["help"] = {"text": page, "markdown": page}
    return told


def _notifications(artifact: Looked) -> Iterator[dict[str, object]]:
    """What was not looked into: a run that says nothing of it would pass for a clean one."""
    scan = artifact.scan
    unread = () if isinstance(scan, Unknown) else scan.coverage.unread
    reasons = [scan.why] if isinstance(scan, Unknown) else [f"{each.path}: {each.why}" for each in unread]
    for why in reasons:
        yield {
            "level": "warning",
            "message": {"text": f"{artifact.path} could not be looked into whole: {why}"},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(_top(artifact))}}}],
            "descriptor": {"id": "unread"},
        }
