"""Exit codes of decisions: what a script can tell apart without reading."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from pratique.cli.exit_codes import Exit
from pratique.cli.session import answered
from pratique.facts.questions.listing import Listing, ListingState
from pratique.facts.questions.upload import Upload
from pratique.model.artifact import Artifact, Digest, Ecosystem, ProjectName, VersionText
from pratique.model.evidence import Confidence, Coverage, Finding, Scan, Severity, Unknown
from pratique.model.scope import Scope, ScopeName
from pratique.policy.decide import decide
from pratique.policy.load import default_policy
from pratique.policy.policy_tests import benign

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SILENT = Unknown("index", "it did not answer")
FRESH = Upload(NOW - timedelta(hours=1), NOW - timedelta(days=999))
ODD = Scan(
    (Finding("example-rule", Severity.HIGH, Confidence.MEDIUM, "a.py", 1, "odd"),),
    Coverage({"python": 1}),
    rules=Digest("sha256:" + "2" * 64),
)


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ({}, Exit.ALLOWED),
        ({"upload": FRESH}, Exit.HELD),
        ({"scan": ODD}, Exit.WAITING),
        ({"upload": FRESH, "scan": ODD}, Exit.WAITING),
        ({"upload": SILENT}, Exit.EVIDENCE_MISSING),
        ({"upload": SILENT, "scan": ODD}, Exit.EVIDENCE_MISSING),
        ({"upload": SILENT, "listing": Listing(ListingState.VANISHED)}, Exit.DENIED),
    ],
)
def test_every_kind_of_answer_has_its_exit_code(found: dict[str, object], code: Exit) -> None:
    evidence = msgspec.structs.replace(benign(NOW), **found)
    artifact = Artifact(Ecosystem.PYPI, ProjectName("demo"), VersionText("1.0"))
    decision = decide(default_policy(), artifact, evidence, Scope(ScopeName("workstation")), NOW)
    assert answered(decision) is code
