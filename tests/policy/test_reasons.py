"""What a condition says and offers, word by word where a person acts on it, and what a decision carries."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from pratique.errors import InvalidInput
from pratique.facts.document import document
from pratique.facts.evidence import Evidence
from pratique.facts.questions.hashes import Hashes
from pratique.facts.questions.listing import Listing, ListingState
from pratique.facts.questions.origin import Origin
from pratique.facts.questions.provenance import Continuity, Provenance
from pratique.facts.questions.security_fix import SecurityFix
from pratique.facts.questions.upload import Silence, Upload
from pratique.model.artifact import Artifact, ProjectName
from pratique.model.canonical import digest_of
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.model.evidence import Confidence, Coverage, Finding, Scan, Severity, Tier, Unknown, Unread
from pratique.model.scope import Mode, Scope, ScopeName
from pratique.model.waiver import Waiver
from pratique.policy.condition import Case
from pratique.policy.conditions.fixed_bytes import FixedBytes
from pratique.policy.conditions.lists import Denied, Lists
from pratique.policy.conditions.malware import Malware
from pratique.policy.conditions.sources import Reserved, Sources
from pratique.policy.conditions.withdrawn import Withdrawn
from pratique.policy.decide import decide
from pratique.policy.load import load
from pratique.policy.pattern import read_name_pattern, read_pattern, read_release
from pratique.policy.policy_tests import benign
from pratique.policy.rules import OrganisationRule

NOW = datetime(2026, 6, 1, tzinfo=UTC)
RELEASE = read_release("pkg:pypi/example@1.0")
CI = Scope(ScopeName("ci"))
COOLDOWN = """[scopes]
ci = { mode = "warn" }
[cooldown]
ci = "3 days"
security_fix = { wait = "1 day", needs = ["provenance-continuity", "clean-scan"] }
"""


def fixing(age: timedelta, advisories: tuple[str, ...] = ("EXAMPLE-2026-1",), *, shown: bool = True) -> Evidence:
    """A release that fixes something, so old; `shown` where it has all that the fast lane needs."""
    return replace(
        benign(NOW),
        upload=Upload(NOW - age, NOW - timedelta(days=1000)),
        security_fix=SecurityFix(advisories),
        provenance=Provenance(Continuity.CONTINUOUS if shown else Continuity.BROKEN),
    )


def cooldown(evidence: Evidence) -> Reason:
    (found,) = [each for each in load(COOLDOWN).conditions if each.id == "cooldown"]
    return found.judge(Case(RELEASE, evidence, CI, NOW))


def test_a_security_fix_comes_in_at_the_very_end_of_its_own_wait() -> None:
    why = "it fixes EXAMPLE-2026-1, and a security fix waits 1 day here"
    assert cooldown(fixing(timedelta(days=1))) == Reason("cooldown", Verdict.ALLOW, why)
    ask = "ask security for the fast lane, naming EXAMPLE-2026-1"
    early = cooldown(fixing(timedelta(hours=23)))
    remedy = Remedy(do=ask, until=NOW + timedelta(hours=1), ask="security")
    assert early == Reason("cooldown", Verdict.HOLD, f"published 23 hours ago; {why}", remedy, rule="security_fix")


def test_a_security_fix_that_lacks_something_waits_as_all_others() -> None:
    held = cooldown(fixing(timedelta(days=2), shown=False))
    assert held == Reason(
        "cooldown",
        Verdict.HOLD,
        "published 2 days ago; it fixes EXAMPLE-2026-1, but its fast lane still needs provenance-continuity",
        Remedy(
            do="ask security for the fast lane, naming EXAMPLE-2026-1", until=NOW + timedelta(days=1), ask="security"
        ),
        rule="security_fix",
    )


@pytest.mark.parametrize(
    ("state", "why", "remedy"),
    [
        (
            ListingState.YANKED,
            "yanked by its maintainers",
            Remedy(do="pin a version that is not yanked", ask="security"),
        ),
        (
            ListingState.QUARANTINED,
            "quarantined by its index, which suspects harm",
            Remedy(do="leave it alone until the index has looked; pratique explain withdrawn"),
        ),
        (
            ListingState.VANISHED,
            "no longer listed by its index, which listed it before",
            Remedy(do="pin a version that is still listed", ask="security"),
        ),
    ],
)
def test_what_is_withdrawn_stays_out_with_the_index_s_own_reason(state: ListingState, why: str, remedy: Remedy) -> None:
    for reason, said in (("", ""), ("bad", " (bad)")):
        evidence = replace(benign(NOW), listing=Listing(state, reason))
        found = Withdrawn().judge(Case(RELEASE, evidence, CI, NOW))
        assert found == Reason("withdrawn", Verdict.DENY, f"{why}{said}", remedy)


def test_a_decision_carries_what_it_was_made_from() -> None:
    policy = load(COOLDOWN)
    for age, verdict in ((2, Verdict.HOLD), (4, Verdict.ALLOW)):
        evidence = replace(benign(NOW), upload=Upload(NOW - timedelta(days=age), NOW - timedelta(days=1000)))
        decision = decide(policy, RELEASE, evidence, CI, NOW)
        assert (decision.artifact, decision.scope, decision.mode) == (RELEASE, CI, Mode.WARN)
        assert (decision.policy, decision.at, decision.verdict) == (policy.digest, NOW, verdict)
        assert decision.evidence == digest_of(document(evidence))
        assert [reason.condition for reason in decision.reasons] == ["cooldown", "unknowns"]
        written = decide(policy, RELEASE, evidence, CI, NOW, written=b"as it was written")
        assert written.evidence == digest_of(b"as it was written")


def test_a_scope_that_a_policy_does_not_know_is_refused_with_those_it_knows() -> None:
    policy = load(COOLDOWN + "[withdrawn]\n")
    with pytest.raises(InvalidInput) as caught:
        policy.mode(ScopeName("lab"))
    assert (str(caught.value), caught.value.advice) == ("no scope is called lab", "this policy knows: ci")


def test_a_pattern_is_for_its_own_namespace() -> None:
    pattern = read_pattern("pkg:pypi/example@1.0")
    assert pattern.matches(RELEASE)
    spaced = Artifact(RELEASE.kind, RELEASE.name, RELEASE.version, namespace="somebody")
    assert not pattern.matches(spaced)


# -- cooldown ------------------------------------------------------------------------------------------------------------


def test_a_release_after_a_silence_waits_from_the_very_length_that_the_policy_names() -> None:
    text = (
        '[cooldown]\nci = "1 day"\nrevived_project = { silent_for = "100 days", within = "9 days", wait = "5 days" }\n'
    )
    (rule,) = [each for each in load(text).conditions if each.id == "cooldown"]
    at = NOW - timedelta(days=2)
    shorter, longer = (
        rule.judge(Case(RELEASE, replace(benign(NOW), upload=upload), CI, NOW))
        for days in (99, 100)
        for upload in [Upload(at, NOW - timedelta(days=1000), Silence(at - timedelta(days=days), at))]
    )
    assert shorter.verdict is Verdict.ALLOW
    why = "published 2 days ago; releases after 100 days of silence wait 5 days here"
    remedy = Remedy(until=NOW + timedelta(days=3), ask="security")
    assert longer == Reason("cooldown", Verdict.HOLD, why, remedy, rule="revived_project")


def test_a_new_release_is_told_until_when_it_waits_from_its_first_moment_on() -> None:
    for age, said in (
        (timedelta(0), "published less than a minute ago"),
        (-timedelta(hours=1), "its upload time lies ahead of this clock"),
    ):
        evidence = replace(benign(NOW), upload=Upload(NOW - age, NOW - timedelta(days=1000)))
        remedy = Remedy(until=NOW - age + timedelta(days=3), ask="security")
        why = f"{said}; new releases wait 3 days here"
        assert cooldown(evidence) == Reason("cooldown", Verdict.HOLD, why, remedy)


# -- what is in a file ---------------------------------------------------------------------------------------------------


def finding(severity: Severity, path: str = "a.py") -> Finding:
    return Finding("download-and-run", severity, Confidence.HIGH, path, 3, "it does")


def scanned(*findings: Finding, read: int = 1, other: int = 0, unread: int = 0, accepts: bool = False) -> Reason:
    """What is said of such a scan; `accepts` where the policy lets in what is suspicious and what is unread."""
    named = tuple(Unread(f"{number}.bin", "too deep") for number in range(min(unread, 1)))
    coverage = Coverage({"python": read} if read else {}, other, named, unread)
    evidence = replace(benign(NOW), scan=Scan(findings, coverage, digest_of(b"rules")))
    scanner = Malware(suspicious=Verdict.ALLOW, unread=Verdict.ALLOW) if accepts else Malware()
    return scanner.judge(Case(RELEASE, evidence, CI, NOW))


BAD, ODD = finding(Severity.CRITICAL), finding(Severity.HIGH, "b.py")
EXPLAIN = "pratique explain download-and-run"
READ_ON = "pick another file or version, or have somebody read it; pratique explain malware"
ACCEPTED = "; this policy accepts that"


PLACE, ODD_PLACE = "malicious code: download-and-run at a.py:3", "suspicious code: download-and-run at b.py:3"
UNREAD = "could not be looked into: 0.bin (too deep)"
LOOK, ASK, READ = Remedy(do=EXPLAIN), Remedy(do=EXPLAIN, ask="security"), Remedy(do=READ_ON, ask="security")
OTHER_FILE = Remedy(do="pick another file of the same version; pratique explain malware", ask="security")


@pytest.mark.parametrize(
    ("found", "verdict", "why", "remedy"),
    [
        (scanned(), Verdict.ALLOW, "nothing in it worries", None),
        (scanned(BAD), Verdict.DENY, PLACE, LOOK),
        (scanned(BAD, BAD, ODD), Verdict.DENY, f"{PLACE} and 1 more", LOOK),
        (scanned(ODD), Verdict.HOLD, ODD_PLACE, ASK),
        (scanned(ODD, ODD, ODD), Verdict.HOLD, f"{ODD_PLACE} and 2 more", ASK),
        (scanned(ODD, accepts=True), Verdict.ALLOW, f"{ODD_PLACE}{ACCEPTED}", None),
        (scanned(unread=1), Verdict.HOLD, UNREAD, READ),
        (scanned(unread=2), Verdict.HOLD, f"{UNREAD} and 1 more", READ),
        (scanned(unread=3), Verdict.HOLD, f"{UNREAD} and 2 more", READ),
        (scanned(ODD, unread=1), Verdict.HOLD, ODD_PLACE, ASK),
        (scanned(read=0, unread=1, accepts=True), Verdict.ALLOW, f"{UNREAD}{ACCEPTED}", None),
        (scanned(ODD, unread=1, accepts=True), Verdict.ALLOW, f"{ODD_PLACE}{ACCEPTED}", None),
        (scanned(read=0, other=4), Verdict.ALLOW, "none of its 4 files is of a kind that is looked into", None),
        (scanned(read=0), Verdict.HOLD, "there is no file in it", OTHER_FILE),
    ],
)
def test_what_was_seen_in_a_file_is_told_with_its_place_and_its_way_out(
    found: Reason, verdict: Verdict, why: str, remedy: Remedy | None
) -> None:
    assert found == Reason("malware", verdict, why, remedy)


# -- where it comes from, what is not known, and what lifts a reason -----------------------------------------------------


def test_a_file_of_an_index_that_may_not_serve_it_is_told_which_may() -> None:
    sources = Sources(("internal", "mirror"), {"ours": Reserved((read_name_pattern("acme-*"),), "internal")})
    for index, name, why, remedy in (
        (
            "public",
            "example",
            "it comes from the index public; internal and mirror may serve here",
            Remedy(use="example from internal and mirror", do="name that index in the settings of the client"),
        ),
        (
            "mirror",
            "acme-pay",
            "the name acme-pay is reserved for the index internal, and this file comes from mirror",
            Remedy(use="acme-pay from the index internal"),
        ),
    ):
        release = Artifact(RELEASE.kind, ProjectName(name), RELEASE.version)
        evidence = replace(benign(NOW), origin=Origin(index))
        found = sources.judge(Case(release, evidence, CI, NOW))
        assert found == Reason("sources", Verdict.DENY, why, remedy)
    for index, name in (("mirror", "example"), ("internal", "acme-pay")):
        release = Artifact(RELEASE.kind, ProjectName(name), RELEASE.version)
        assert (
            sources.judge(Case(release, replace(benign(NOW), origin=Origin(index)), CI, NOW)).verdict is Verdict.ALLOW
        )


def test_bytes_that_are_not_those_that_the_index_states_stay_out_though_nobody_saw_them_before() -> None:
    here, other = digest_of(b"here"), digest_of(b"other")
    for hashes, verdict in (
        (Hashes(here, received=other), Verdict.DENY),
        (Hashes(here, received=here), Verdict.ALLOW),
        (Hashes(here), Verdict.ALLOW),
        (Hashes(here, other), Verdict.DENY),
    ):
        assert FixedBytes().judge(Case(RELEASE, replace(benign(NOW), hashes=hashes), CI, NOW)).verdict is verdict


def test_what_is_on_a_list_is_told_what_to_use_or_what_to_do() -> None:
    entry = read_pattern("pkg:pypi/example")
    for denied, remedy in (
        (Denied(entry, why="w", use="other"), Remedy(use="other")),
        (
            Denied(entry, why="w"),
            Remedy(do="choose another version or another project; pratique explain lists says how an entry is changed"),
        ),
    ):
        found = Lists(deny=(denied,)).judge(Case(RELEASE, benign(NOW), CI, NOW))
        assert found == Reason("lists", Verdict.DENY, "w", remedy)


def test_an_entry_by_name_speaks_before_one_with_stars() -> None:
    lists = Lists(
        deny=(Denied(read_pattern("pkg:pypi/exam*"), why="stars"), Denied(read_pattern("pkg:pypi/example"), why="name"))
    )
    assert lists.judge(Case(RELEASE, benign(NOW), CI, NOW)).why == "name"


def test_who_can_help_with_what_is_not_known_is_said() -> None:
    rule = '[[rule]]\nid = "r"\nwhen = "release.age < duration(\'1h\')"\nthen = "hold"\nwhy = "w"\nuse = "u"\n'
    text = f'[unknowns]\nupload = "hold"\n{rule}'
    policy = load(text)
    silent = Case(RELEASE, replace(benign(NOW), upload=Unknown("index", "silent")), CI, NOW)
    said = {condition.id: condition.judge(silent) for condition in policy.conditions}
    assert said["unknowns"].remedy == Remedy(
        do="try again once index answers; pratique explain unknowns", ask="security"
    )
    again = "try again once it is known; pratique explain r"
    assert said["r"] == Reason("r", Verdict.HOLD, "not known: release.age (index)", Remedy(do=again))


ALARM = "scan.alarm == 'malicious'"
WAIVABLE = OrganisationRule("r", ALARM, Verdict.DENY, "w", "u", waivable_by=("platform", "security"))
AGAIN = Remedy(do="try again once it is known; pratique explain r", ask="platform")
LATER = Reason("r", Verdict.ALLOW, "scan.alarm is looked at when the file is asked for")
MALICIOUS = Scan((BAD,), Coverage({"python": 1}), digest_of(b"rules"))


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        (replace(benign(NOW), scan=None, tier=Tier.INDEX), LATER),
        (benign(NOW), Reason("r", Verdict.ALLOW, "the rule does not apply")),
        (
            replace(benign(NOW), scan=Unknown("scanner", "busy")),
            Reason("r", Verdict.HOLD, "not known: scan.alarm (scanner)", AGAIN),
        ),
        (replace(benign(NOW), scan=MALICIOUS), Reason("r", Verdict.DENY, "w", Remedy(use="u", ask="platform"))),
    ],
)
def test_a_rule_says_what_came_of_it_under_its_own_name(evidence: Evidence, reason: Reason) -> None:
    assert WAIVABLE.judge(Case(RELEASE, evidence, CI, NOW)) == reason


def test_a_rule_that_cannot_be_evaluated_holds_under_its_own_name() -> None:
    rule = OrganisationRule("r", "{'x': true}[scan.alarm]", Verdict.DENY, "w", do="d")
    found = rule.judge(Case(RELEASE, benign(NOW), CI, NOW))
    assert found == Reason("r", Verdict.HOLD, "the rule could not be evaluated", Remedy(do="d"))


def test_a_mistake_in_an_expression_is_told_up_to_the_end_of_its_sentence() -> None:
    with pytest.raises(InvalidInput, match=r"^Syntax error: "):
        OrganisationRule("r", "scan.alarm ==", Verdict.DENY, "w", do="d")


def test_what_lifts_a_reason_is_said_in_its_place() -> None:
    young = replace(benign(NOW), upload=Upload(NOW - timedelta(hours=1), NOW - timedelta(days=1000)))
    listed = load(COOLDOWN + '[lists]\nallow = [{ package = "pkg:pypi/example", why = "Ann looked" }]\n')
    said = decide(listed, RELEASE, young, CI, NOW).reasons[0]
    assert said == Reason("cooldown", Verdict.ALLOW, "on the list of what need not wait: Ann looked")
    waiver = Waiver(
        "w1", "cooldown", "pkg:pypi/example", (CI.name,), "ann", "sue", "security", "urgent", NOW + timedelta(days=1)
    )
    said = decide(load(COOLDOWN), RELEASE, young, CI, NOW, waivers=[waiver]).reasons[0]
    why = "published 60 minutes ago; new releases wait 3 days here"
    assert said == Reason("cooldown", Verdict.ALLOW, why, waiver="w1")
