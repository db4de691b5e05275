"""Which wait of the cooldown applies, and what a security fix must show for its fast lane."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from pratique.facts.evidence import Evidence
from pratique.facts.questions.provenance import Continuity, Provenance
from pratique.facts.questions.security_fix import SecurityFix
from pratique.facts.questions.upload import Silence, Upload
from pratique.model.decision import Verdict
from pratique.model.evidence import Scan, Tier, Unknown
from pratique.model.scope import Scope, ScopeName
from pratique.policy.condition import Case
from pratique.policy.conditions.cooldown import Cooldown
from pratique.policy.load import default_policy
from pratique.policy.pattern import read_release
from pratique.policy.policy_tests import benign

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
BENIGN = benign(NOW)
FRESH_FIX = msgspec.structs.replace(
    BENIGN,
    upload=Upload(NOW - timedelta(minutes=20), NOW - 1000 * DAY),
    security_fix=SecurityFix(("EXAMPLE-2026-1",)),
    provenance=Provenance(Continuity.CONTINUOUS),
)
(COOLDOWN,) = (condition for condition in default_policy().conditions if isinstance(condition, Cooldown))


def case(evidence: Evidence) -> Case:
    return Case(read_release("pkg:pypi/example@1.0"), evidence, Scope(ScopeName("workstation")), NOW)


def test_the_fast_lane_takes_a_scan_for_granted_only_until_the_bytes_are_here() -> None:
    seen = {
        (tier, type(scan).__name__): COOLDOWN.judge(
            case(msgspec.structs.replace(FRESH_FIX, tier=tier, scan=scan))
        ).verdict
        for tier in Tier
        for scan in (None, Unknown("scanner", "it was busy"), BENIGN.scan)
    }
    assert seen == {
        (Tier.INDEX, "NoneType"): Verdict.ALLOW,
        (Tier.BYTES, "NoneType"): Verdict.HOLD,
        (Tier.INDEX, "Unknown"): Verdict.HOLD,
        (Tier.BYTES, "Unknown"): Verdict.HOLD,
        (Tier.INDEX, "Scan"): Verdict.ALLOW,
        (Tier.BYTES, "Scan"): Verdict.ALLOW,
    }


def test_what_holds_a_file_is_named_by_its_rule() -> None:
    assert isinstance(BENIGN.scan, Scan)
    fresh = NOW - 2 * DAY
    uploads = {
        "": Upload(fresh, NOW - 1000 * DAY),
        "young_project": Upload(fresh, NOW - 10 * DAY),
        "revived_project": Upload(fresh, NOW - 3000 * DAY, Silence(NOW - 2000 * DAY, fresh)),
    }
    for rule, upload in uploads.items():
        reason = COOLDOWN.judge(case(msgspec.structs.replace(BENIGN, upload=upload)))
        assert (reason.verdict, reason.rule) == (Verdict.HOLD, rule)
        assert reason.control == (f"cooldown.{rule}" if rule else "cooldown")
    unscanned = msgspec.structs.replace(FRESH_FIX, scan=None)
    assert COOLDOWN.judge(case(unscanned)).rule == "security_fix"


@pytest.mark.parametrize(("minutes", "verdict"), [(-1, Verdict.HOLD), (0, Verdict.ALLOW), (1, Verdict.ALLOW)])
def test_a_wait_is_over_at_its_very_end(minutes: int, verdict: Verdict) -> None:
    upload = Upload(NOW - 3 * DAY - timedelta(minutes=minutes), NOW - 1000 * DAY)
    assert COOLDOWN.judge(case(msgspec.structs.replace(BENIGN, upload=upload))).verdict is verdict
