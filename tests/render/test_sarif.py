"""SARIF 2.1.0: what its schema and its text demand of a log, written down as checks and asked of every kind of artifact."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from pratique.facts.looked import Looked
from pratique.model.artifact import Digest
from pratique.model.evidence import Confidence, Coverage, Finding, Scan, Severity, Unknown, Unread
from pratique.render.sarif import document

DIGEST = Digest("sha256:" + "1" * 64)
BAD = Finding("bad-rule", Severity.CRITICAL, Confidence.HIGH, "pkg/a b.py", 3, "steals", "setup_top", "steal()")
ODD = Finding("odd-rule", Severity.HIGH, Confidence.MEDIUM, "pkg/c.py", 1, "is odd")
REMARK = Finding("small-rule", Severity.LOW, Confidence.LOW, "x-1.0.whl", 0, "is small")
LEVELS = ("none", "note", "warning", "error")
PAGES = {"bad-rule": "# bad-rule\n\nSteals.\n\n**What to do.** Run.\n", "odd-rule": "# odd-rule\n\nIs odd.\n"}


def scan(*findings: Finding) -> Scan:
    return Scan(findings, Coverage({"python": 1}), DIGEST)


ARCHIVE = Looked(path="dist/x-1.0.whl", digest=DIGEST, scan=scan(BAD, ODD, REMARK))
FOLDER = Looked(path="./src", digest=DIGEST, scan=scan(BAD), folder="./src")
FILE = Looked(
    path="a.py", digest=DIGEST, scan=scan(Finding("odd-rule", Severity.HIGH, Confidence.MEDIUM, "a.py", 2, "odd"))
)
SILENT = Looked(path="broken.whl", digest=DIGEST, scan=Unknown("scanner", "it breaks off"))
PARTLY = Looked(
    path="half.whl", digest=DIGEST, scan=Scan((), Coverage({"python": 1}, 0, (Unread("a.py", "broken"),), 1), DIGEST)
)
ACCEPTED = Looked(
    path="dist/x-1.0.whl", digest=DIGEST, scan=scan(ODD), accepted={ARCHIVE.noticed[1].id: "accepted by ann"}
)


def log(*looked: Looked) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(json.dumps(document(looked, PAGES, version="0.1.0", rules=DIGEST)))
    return told


def faults(told: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a log by SARIF 2.1.0; numbers are those of its sections."""
    if told.get("version") != "2.1.0" or not told["$schema"].endswith("sarif-schema-2.1.0.json"):
        yield "3.13.2: the version is 2.1.0"
    for run in told["runs"]:
        yield from driver_faults(run["tool"]["driver"])
        if run["columnKind"] not in ("utf16CodeUnits", "unicodeCodePoints"):
            yield "3.14.17: columns are counted in one of two ways"
        ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        for result in run["results"]:
            yield from result_faults(result, ids, run["artifacts"])
        for artifact in run["artifacts"]:
            yield from artifact_faults(artifact, len(run["artifacts"]))
        for invocation in run["invocations"]:
            if not isinstance(invocation["executionSuccessful"], bool):
                yield "3.20.14: whether it was successful is true or false"
            for note in invocation["toolExecutionNotifications"]:
                if note["level"] not in LEVELS or not note["message"]["text"]:
                    yield "3.58.6: a notification has a level, and a message"


def driver_faults(driver: dict[str, Any]) -> Iterator[str]:
    if not driver["name"] or not re.fullmatch(r"\d+\.\d+\.\d+", driver["semanticVersion"]):
        yield "3.19.8, 3.19.11: a tool has a name, and a version as of Semantic Versioning"
    ids = [rule["id"] for rule in driver["rules"]]
    if len(set(ids)) != len(ids):
        yield "3.19.23: rules are there once"
    for rule in driver["rules"]:
        texts = [rule["shortDescription"]["text"], *([rule["help"]["text"]] if "help" in rule else [])]
        if not all(texts):
            yield "3.11.8: messages have a text"


def artifact_faults(artifact: dict[str, Any], count: int) -> Iterator[str]:
    parent = artifact.get("parentIndex")
    if parent is not None and not 0 <= parent < count:
        yield "3.24.3: a nested artifact has its parent in the list"
    if parent is not None and not artifact["location"]["uri"].startswith("/"):
        yield "3.24.2: of a nested artifact the path begins at the top of its parent"
    if any(not re.fullmatch(r"[0-9a-f]{64}", value) for value in artifact.get("hashes", {}).values()):
        yield "3.24.11: digests are hexadecimal"


def result_faults(result: dict[str, Any], ids: list[str], artifacts: list[dict[str, Any]]) -> Iterator[str]:
    if ids[result["ruleIndex"]] != result["ruleId"]:
        yield "3.27.6: the index is that of the rule"
    if result["level"] not in LEVELS:
        yield "3.27.10: a level is one of four"
    if not result["message"]["text"] or not result["partialFingerprints"]:
        yield "3.27.11, 3.27.17: a result has a message and fingerprints"
    if any("/v" not in key for key in result["partialFingerprints"]):
        yield "3.27.17: a fingerprint's name has a version"
    for suppression in result.get("suppressions", []):
        if suppression["kind"] not in ("inSource", "external"):
            yield "3.35.2: a suppression is in the source or external"
    for location in result["locations"]:
        place = location["physicalLocation"]
        uri, index = place["artifactLocation"]["uri"], place["artifactLocation"]["index"]
        if re.search(r"[\s\\]", uri) or artifacts[index]["location"]["uri"] != uri:
            yield "3.4.3, 3.4.5: a location is a URI, and that of the artifact it points at"
        if "region" in place and place["region"]["startLine"] < 1:
            yield "3.30.5: lines count from 1"


@pytest.mark.parametrize(
    "looked",
    [(), (ARCHIVE,), (FOLDER,), (FILE,), (SILENT,), (PARTLY,), (ACCEPTED,), (ARCHIVE, FOLDER, FILE, SILENT, PARTLY)],
)
def test_a_log_is_as_the_standard_wants_it(looked: tuple[Looked, ...]) -> None:
    assert list(faults(log(*looked))) == []


def test_the_checks_find_what_is_wrong() -> None:
    told = log(ARCHIVE)
    run = told["runs"][0]
    told["version"] = "2.0"
    run["results"][0]["level"] = "critical"
    run["results"][1]["ruleIndex"] = 0
    run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "a b"
    run["artifacts"][1]["location"]["uri"] = "relative"
    assert len(list(faults(told))) == 5


def test_results_say_which_rule_how_bad_and_where() -> None:
    run = log(ARCHIVE)["runs"][0]
    bad, odd, small = run["results"]
    assert [(each["ruleId"], each["level"]) for each in (bad, odd, small)] == [
        ("bad-rule", "error"),
        ("odd-rule", "error"),
        ("small-rule", "note"),
    ]
    assert bad["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "dist/x-1.0.whl"
    assert bad["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "pkg/a b.py:3"
    assert bad["partialFingerprints"] == {"pratiqueFinding/v1": ARCHIVE.noticed[0].id}
    assert {"location": {"uri": "/pkg/a%20b.py"}, "parentIndex": 0} in run["artifacts"]
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert rules["bad-rule"]["help"]["markdown"] == PAGES["bad-rule"]
    assert rules["bad-rule"]["shortDescription"]["text"] == "Steals."
    assert float(rules["bad-rule"]["properties"]["security-severity"]) > 9
    assert rules["small-rule"]["shortDescription"]["text"] == "small-rule"


def test_files_of_folders_are_places_of_their_own_with_their_line() -> None:
    (place,) = log(FOLDER)["runs"][0]["results"][0]["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "src/pkg/a%20b.py"
    assert place["physicalLocation"]["region"] == {"startLine": 3, "snippet": {"text": "steal()"}}
    (alone,) = log(FILE)["runs"][0]["results"][0]["locations"]
    assert alone["physicalLocation"]["artifactLocation"]["uri"] == "a.py"
    assert alone["physicalLocation"]["region"] == {"startLine": 2}


def test_what_was_not_read_and_what_is_accepted_does_not_pass_in_silence() -> None:
    notes = [log(each)["runs"][0]["invocations"][0]["toolExecutionNotifications"] for each in (SILENT, PARTLY)]
    assert [note["message"]["text"] for (note,) in notes] == [
        "broken.whl could not be looked into whole: it breaks off",
        "half.whl could not be looked into whole: a.py: broken",
    ]
    (result,) = log(ACCEPTED)["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "accepted by ann"}]
