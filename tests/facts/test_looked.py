"""What an artifact amounts to that was looked into, and the names of what was found in it."""

import pytest

from pratique.facts.looked import Looked, Outcome, at_stake, finding_id
from pratique.model.artifact import Digest
from pratique.model.evidence import Alarm, Confidence, Coverage, Finding, Judgement, Scan, Severity, Unknown, Unread

DIGEST = Digest("sha256:" + "1" * 64)
OTHER = Digest("sha256:" + "2" * 64)
BAD = Finding("bad-rule", Severity.CRITICAL, Confidence.HIGH, "a.py", 3, "steals")
ODD = Finding("odd-rule", Severity.HIGH, Confidence.MEDIUM, "b.py", 1, "is odd")
REMARK = Finding("small-rule", Severity.LOW, Confidence.LOW, "c.py", 1, "is small")
READ = Coverage({"python": 2})


def looked(*findings: Finding, coverage: Coverage = READ, judgement: Judgement | None = None, **more: object) -> Looked:
    scan = Scan(findings, coverage, DIGEST, judgement=judgement)
    return Looked(path="x.whl", digest=DIGEST, scan=scan, **more)  # type: ignore[arg-type]  # the fields of an artifact


@pytest.mark.parametrize(
    ("one", "outcome", "score"),
    [
        (looked(), Outcome.CLEAN, 0.0),
        (looked(REMARK), Outcome.CLEAN, 0.1),
        (looked(ODD, REMARK), Outcome.SUSPICIOUS, 0.6),
        (looked(ODD, BAD), Outcome.MALICIOUS, 0.95),
        (looked(judgement=Judgement(Alarm.NONE, 2000)), Outcome.CLEAN, 0.2),
        (looked(judgement=Judgement(Alarm.SUSPICIOUS, 7000)), Outcome.SUSPICIOUS, 0.7),
        (looked(BAD, judgement=Judgement(Alarm.NONE, 3000)), Outcome.MALICIOUS, 0.95),
        (looked(coverage=Coverage({}, 3)), Outcome.CLEAN, 0.0),
        (looked(coverage=Coverage({})), Outcome.UNKNOWN, 0.0),
        (looked(coverage=Coverage({"python": 1}, 0, (Unread("d.py", "broken"),), 1)), Outcome.UNKNOWN, 0.0),
        (looked(ODD, coverage=Coverage({"python": 1}, 0, (), 1)), Outcome.SUSPICIOUS, 0.6),
        (Looked(path="x", digest=DIGEST, scan=Unknown("scanner", "broken")), Outcome.UNKNOWN, 0.0),
    ],
)
def test_an_artifact_is_as_bad_as_its_worst_and_what_was_not_read_is_not_clean(
    one: Looked, outcome: Outcome, score: float
) -> None:
    assert (one.outcome, one.score) == (outcome, score)


def test_the_worst_comes_first_and_what_is_said_twice_of_a_line_is_one() -> None:
    again = Finding("odd-rule", Severity.HIGH, Confidence.MEDIUM, "b.py", 1, "is odd in another way")
    assert [each.finding for each in looked(REMARK, ODD, again, BAD).noticed] == [BAD, ODD, REMARK]


def test_the_judgement_is_a_finding_about_the_whole() -> None:
    (one,) = looked(judgement=Judgement(Alarm.MALICIOUS, 9870, ("net.http on import",))).noticed
    assert (one.finding.rule, one.finding.path, one.finding.line, one.alarm) == ("judgement", "", 0, Alarm.MALICIOUS)
    assert one.finding.message == "all of it together scores 0.99: net.http on import"


def test_an_id_names_one_line_of_one_rule_in_these_bytes_only() -> None:
    name = finding_id(DIGEST, ODD)
    other = Finding("odd-rule", Severity.LOW, Confidence.LOW, "b.py", 1, "words and weights do not matter")
    assert finding_id(DIGEST, other) == name
    moved = Finding("odd-rule", Severity.HIGH, Confidence.MEDIUM, "b.py", 2, "is odd")
    named = Finding("odd-rule", Severity.HIGH, Confidence.MEDIUM, "c.py", 1, "is odd")
    assert len({name, finding_id(DIGEST, moved), finding_id(DIGEST, named), finding_id(OTHER, ODD)}) == 4
    assert looked(ODD).noticed[0].id == name
    assert looked(ODD, digests={"b.py": OTHER}).noticed[0].id == finding_id(OTHER, ODD)


def test_what_is_accepted_does_not_count_unless_it_is_malicious() -> None:
    accepted = {finding_id(DIGEST, each): "accepted by ann" for each in (ODD, BAD)}
    assert looked(ODD, accepted=accepted).outcome is Outcome.CLEAN
    assert looked(ODD, accepted=accepted).noticed[0].accepted == "accepted by ann"
    assert looked(ODD, BAD, accepted=accepted).outcome is Outcome.MALICIOUS
    assert looked(BAD, accepted=accepted).noticed[0].accepted == ""


def test_what_is_at_stake_is_all_that_worries_or_not_known() -> None:
    scan = looked(ODD, REMARK, judgement=Judgement(Alarm.SUSPICIOUS, 7000)).scan
    assert isinstance(scan, Scan)
    stake = at_stake(DIGEST, scan)
    assert stake is not None
    assert len(stake) == 2
    assert finding_id(DIGEST, ODD) in stake
    assert at_stake(DIGEST, Scan((ODD,), READ, DIGEST, findings_dropped=1)) is None
