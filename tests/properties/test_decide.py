"""Laws of the one function that decides: total, order-free, monotone, and the same when decided again."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from pratique.facts.document import document, read_evidence
from pratique.facts.evidence import Evidence
from pratique.facts.gather import gather
from pratique.facts.question import Question, QuestionId
from pratique.facts.questions import QUESTIONS
from pratique.facts.questions.advisories import ADVISORIES, Advisories, Known
from pratique.facts.questions.hashes import HASHES, Hashes
from pratique.facts.questions.listing import LISTING, Listing, ListingState
from pratique.facts.questions.names import NAMES, NameLikeness
from pratique.facts.questions.origin import ORIGIN, Origin
from pratique.facts.questions.provenance import PROVENANCE, Break, Continuity, Provenance
from pratique.facts.questions.release_diff import RELEASE_DIFF, ReleaseDiff
from pratique.facts.questions.scan import SCAN
from pratique.facts.questions.security_fix import SECURITY_FIX, SecurityFix
from pratique.facts.questions.statements import STATEMENTS, Said, Statements
from pratique.facts.questions.upload import UPLOAD, Silence, Upload
from pratique.model.advisory import Level
from pratique.model.artifact import Artifact, Digest, Ecosystem, ProjectName, VersionText
from pratique.model.decision import Decision, Reason, Verdict
from pratique.model.evidence import Confidence, Coverage, Finding, Scan, Severity, Tier, Unknown
from pratique.model.scope import Scope, ScopeName
from pratique.model.statement import Flaw, Predicate
from pratique.policy.condition import Case
from pratique.policy.conditions.unknowns import Unknowns
from pratique.policy.decide import decide, suspects, verdict
from pratique.policy.load import default_policy, load
from pratique.policy.policy_tests import benign

NOW = datetime(2026, 6, 1, tzinfo=UTC)
RULES = Digest("sha256:" + "2" * 64)
OWN = load(
    default_policy()
    .text.partition("[[test]]")[0]
    .replace("[sources]\n", '[sources]\nours = { names = ["a-*"], only_from = "internal" }\n')
    .replace("[release-gate]\n", '[release-gate]\nserver = ["review"]\nci = ["publish"]\nworkstation = ["publish"]\n')
    + """
[lists]
deny = [{ package = "pkg:pypi/unwanted" }]
allow = [{ package = "pkg:pypi/trusted", why = "ann looked at it" }]

[[rule]]
id = "no-previews"
when = 'artifact.version.contains("rc")'
then = "hold"
why = "Previews wait for the release."
use = "the release"
"""
)
"""The policy that ships, with every condition made to matter."""

BENIGN = benign(NOW)

statements = st.builds(
    Statements,
    st.sampled_from([True, True, False]),
    st.lists(
        st.builds(Said, st.sampled_from(Predicate), st.text(max_size=5), st.none() | st.sampled_from(Flaw)), max_size=3
    ).map(tuple),
)
unknowns = st.builds(Unknown, st.sampled_from(["index", "scanner"]), st.text(max_size=20))
ages = st.integers(-10, 60 * 24 * 400).map(lambda minutes: timedelta(minutes=minutes))
digests = st.sampled_from([Digest("sha256:" + digit * 64) for digit in "01"])
findings = st.builds(
    Finding,
    st.just("rule"),
    st.sampled_from([*Severity, Severity.HIGH, Severity.CRITICAL]),
    st.sampled_from([*Confidence, Confidence.HIGH, Confidence.HIGH]),
    st.text(max_size=8),
    st.integers(0, 9),
    st.text(max_size=8),
)
coverages = st.builds(
    Coverage,
    st.integers(0, 3).map(lambda count: {"python": count}),
    st.integers(0, 9),
    st.just(()),
    st.integers(0, 2),
)
GAINED = {
    "net.send at interpreter start": Verdict.DENY,
    "net.http at installation": Verdict.HOLD,
    "read.wallet on import": Verdict.HOLD,
    "net.http on import": Verdict.ALLOW,
    "read.wallet when called": Verdict.ALLOW,
}
"""What a release may gain, and what follows by the policy's text."""
diffs = st.builds(
    ReleaseDiff, st.just(VersionText("0.9")), st.lists(st.sampled_from(sorted(GAINED)), max_size=2).map(tuple)
)
BROKEN = {
    Break.UNATTESTED: Verdict.DENY,
    Break.REJECTED: Verdict.DENY,
    Break.PUBLISHER: Verdict.DENY,
    Break.OWNER: Verdict.DENY,
    Break.REPOSITORY: Verdict.DENY,
    Break.RENAMED: Verdict.ALLOW,
}
"""What follows from a break of provenance by the policy's text; any other holds."""
provenances = st.builds(
    Provenance, st.sampled_from(Continuity), st.lists(st.sampled_from(Break), max_size=2, unique=True).map(tuple)
)
known = st.builds(
    Known,
    st.just("EXAMPLE-1"),
    st.sampled_from(Level),
    st.booleans(),
    st.booleans(),
    st.sampled_from([VersionText(""), VersionText("2.0")]),
)
likenesses = st.builds(
    NameLikeness,
    st.just(("added",)),
    st.sampled_from([(), ("examples",)]),
    st.just("alike"),
    st.integers(1, 4),
    st.just(1),
)
scans = st.builds(Scan, st.lists(findings, max_size=3).map(tuple), coverages, st.just(RULES))


@st.composite
def uploads(draw: st.DrawFn) -> Upload:
    at = NOW - draw(ages)
    since = at - draw(st.integers(0, 5000)) * timedelta(days=1)
    until = at - draw(st.integers(0, 200)) * timedelta(days=1)
    silence = Silence(until - draw(st.integers(90, 5000)) * timedelta(days=1), until)
    return Upload(at, since, draw(st.none() | st.just(silence)))


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    """Evidence of which any part may be benign, so that every condition has the last word now and then."""
    tier = draw(st.sampled_from(Tier))
    answers: dict[str, object] = {
        UPLOAD.id: draw(uploads() | unknowns),
        ORIGIN.id: draw(st.builds(Origin, st.sampled_from(["public", "internal"])) | unknowns),
        LISTING.id: draw(st.builds(Listing, st.sampled_from(ListingState), st.text(max_size=30)) | unknowns),
        HASHES.id: draw(st.builds(Hashes, st.none() | digests, st.none() | digests, st.none() | digests) | unknowns),
        SECURITY_FIX.id: draw(st.builds(SecurityFix, st.sampled_from([(), ("EXAMPLE-1",)])) | unknowns),
        PROVENANCE.id: draw(provenances | unknowns),
        NAMES.id: draw(likenesses | unknowns),
        STATEMENTS.id: draw(statements | unknowns),
        ADVISORIES.id: draw(st.builds(Advisories, st.just(NOW), st.lists(known, max_size=2).map(tuple)) | unknowns),
    }
    if tier is Tier.BYTES:
        answers[SCAN.id] = draw(scans | scans | unknowns)
        answers[RELEASE_DIFF.id] = draw(diffs | unknowns)
    evidence = gather(Ecosystem.PYPI, tier, answers)
    for question in draw(st.sets(st.sampled_from([each for each in QUESTIONS if each.tier <= tier]))):
        evidence = question.put(evidence, question.benign(NOW))
    return evidence


artifacts = st.builds(
    Artifact,
    st.just(Ecosystem.PYPI),
    st.sampled_from([ProjectName(name) for name in ("example", "a-b", "unwanted", "trusted")]),
    st.sampled_from(
        [VersionText("1.0"), VersionText("2.0rc1"), VersionText("99.0"), VersionText("no version"), VersionText("")]
    ),
    st.just("example-1.0-py3-none-any.whl"),
)
scopes = st.sampled_from([Scope(ScopeName(name)) for name in ("workstation", "ci", "server")])


PUBLIC = Artifact(Ecosystem.PYPI, ProjectName("example"), VersionText("1.0"), "example-1.0-py3-none-any.whl")


def decided(evidence: Evidence, artifact: Artifact, scope: Scope) -> Decision:
    return decide(OWN, artifact, evidence, scope, NOW)


@pytest.mark.parametrize("scope", OWN.modes)
def test_the_policy_of_these_laws_allows_a_benign_release(scope: ScopeName) -> None:
    decision = decided(BENIGN, PUBLIC, Scope(scope))
    assert [reason for reason in decision.reasons if reason.verdict is not Verdict.ALLOW] == []
    assert OWN.warnings == ()


def reviewed(signed: Statements | Unknown | None, scope: Scope) -> Verdict:
    """What follows from what was signed of a file: of one of the own index a server wants a review, others a publication."""
    if not isinstance(signed, Statements) or not signed.own:
        return Verdict.ALLOW
    wanted = Predicate.REVIEW if scope.name == "server" else Predicate.PUBLISH
    flaws = {each.flaw for each in signed.said if each.predicate is wanted}
    if flaws - {None, Flaw.EXPIRED, Flaw.KEY_RETIRED}:
        return Verdict.DENY
    return Verdict.ALLOW if None in flaws else Verdict.HOLD


def expected(evidence: Evidence, artifact: Artifact, scope: Scope) -> Verdict:
    """What the policy of these laws says, told once more and from its text alone."""
    upload, origin, listing = UPLOAD.of(evidence), ORIGIN.of(evidence), LISTING.of(evidence)
    hashes, scan = HASHES.of(evidence), SCAN.of(evidence)
    told = [Verdict.HOLD if "rc" in artifact.version else Verdict.ALLOW]
    told += [Verdict.DENY if artifact.name == "unwanted" else Verdict.ALLOW]
    told += [
        Verdict.HOLD
        for answer in (upload, origin, listing, hashes, scan, STATEMENTS.of(evidence))
        if isinstance(answer, Unknown)
    ]
    if isinstance(upload, Upload) and artifact.name != "trusted":
        told.append(waiting(upload, evidence, scope))
    if isinstance(origin, Origin) and artifact.name.startswith("a-") and origin.index != "internal":
        told.append(Verdict.DENY)
    if isinstance(listing, Listing) and listing.state is not ListingState.LISTED:
        told.append(Verdict.DENY)
    if isinstance(hashes, Hashes):
        told += [Verdict.DENY] * (hashes.published is None and scope.name in ("ci", "server"))
        told += [Verdict.DENY] * (len({hashes.published, hashes.remembered, hashes.received} - {None}) > 1)
    if isinstance(scan, Scan):
        told.append(alarming(scan))
    provenance, advisories = PROVENANCE.of(evidence), ADVISORIES.of(evidence)
    if isinstance(provenance, Provenance):
        stood = isinstance(upload, Upload) and NOW - upload.at >= timedelta(days=180)
        excused = {Break.UNATTESTED, Break.PARTIAL} if stood else set[Break]()
        told += [BROKEN.get(each, Verdict.HOLD) for each in provenance.breaks if each not in excused]
    if isinstance(advisories, Advisories):
        told += [Verdict.DENY for each in advisories.known if each.malicious]
        bad = [each for each in advisories.known if each.exploited or each.level is Level.CRITICAL]
        told += [Verdict.HOLD for each in bad if each.fixed]
    names = NAMES.of(evidence)
    if isinstance(names, NameLikeness) and (names.intended or artifact.version == "99.0"):
        old = isinstance(upload, Upload) and NOW - upload.project_since >= timedelta(days=1825)
        told.append(Verdict.ALLOW if old and names.releases >= 3 else Verdict.HOLD)
    told.append(reviewed(STATEMENTS.of(evidence), scope))
    diff = RELEASE_DIFF.of(evidence)
    if isinstance(diff, ReleaseDiff):
        told += [GAINED[word] for word in diff.gained]
    return max(told)


def waiting(upload: Upload, evidence: Evidence, scope: Scope) -> Verdict:
    """Whether a file still waits."""
    age, day = NOW - upload.at, timedelta(days=1)
    waits = [age < (3 if scope.name == "workstation" else 7) * day]
    waits += [age < 14 * day and NOW - upload.project_since < 90 * day]
    slept = upload.silence
    if slept is not None and slept.until - slept.since >= 730 * day:
        waits += [age < 14 * day and NOW - slept.until < 90 * day]
    if not any(waits):
        return Verdict.ALLOW
    fix, provenance, scan = SECURITY_FIX.of(evidence), PROVENANCE.of(evidence), SCAN.of(evidence)
    fixes = isinstance(fix, SecurityFix) and bool(fix.advisories)
    attested = isinstance(provenance, Provenance) and provenance.continuity is not Continuity.BROKEN
    clean = isinstance(scan, Scan) and alarming(scan) is Verdict.ALLOW and scan.coverage.files_read > 0
    scanned = clean or (evidence.tier is Tier.INDEX and scan is None)
    return Verdict.ALLOW if fixes and attested and scanned and age >= timedelta() else Verdict.HOLD


def alarming(scan: Scan) -> Verdict:
    """What follows from the findings of a scan and from what was not read."""
    if any(one.severity is Severity.CRITICAL and one.confidence is Confidence.HIGH for one in scan.findings):
        return Verdict.DENY
    if any(one.severity >= Severity.HIGH and one.confidence >= Confidence.MEDIUM for one in scan.findings):
        return Verdict.HOLD
    coverage = scan.coverage
    return Verdict.HOLD if coverage.unread_count or not coverage.files_read + coverage.other else Verdict.ALLOW


@settings(max_examples=500)
@given(evidences(), artifacts, scopes)
def test_the_verdict_is_what_the_text_of_the_policy_says(evidence: Evidence, artifact: Artifact, scope: Scope) -> None:
    assert decided(evidence, artifact, scope).verdict is expected(evidence, artifact, scope)


ONCE = settings(max_examples=2_000, derandomize=True, database=None, phases=[Phase.generate])
"""One counterexample is enough; it need not be a small one."""


@dataclass(frozen=True)
class Content:
    """A condition that has nothing against anything, under the name of another."""

    id: str
    title: str = "Nothing is asked for."
    waivable_by: tuple[str, ...] = ()

    def judge(self, case: Case) -> Reason:
        """ALLOW whatever comes."""
        del case
        return Reason(self.id, Verdict.ALLOW, "content")


@pytest.mark.parametrize("condition", [condition.id for condition in OWN.conditions])
def test_no_condition_could_fall_silent_unnoticed(condition: str) -> None:
    kept = tuple(Content(condition) if each.id == condition else each for each in OWN.conditions)
    lax = replace(OWN, conditions=kept)

    def noticed(drawn: tuple[Evidence, Artifact, Scope]) -> bool:
        evidence, artifact, scope = drawn
        return decide(lax, artifact, evidence, scope, NOW).verdict is not expected(evidence, artifact, scope)

    find(st.tuples(evidences(), artifacts, scopes), noticed, settings=ONCE)


@given(evidences(), artifacts, scopes)
def test_decide_is_total_and_every_refusal_has_a_way_out(evidence: Evidence, artifact: Artifact, scope: Scope) -> None:
    decision = decided(evidence, artifact, scope)
    assert len(decision.reasons) == len(OWN.conditions)
    for reason in decision.reasons:
        assert reason.verdict is Verdict.ALLOW or reason.remedy is not None
        assert reason.why


@given(evidences(), artifacts, scopes, st.randoms(use_true_random=False))
def test_the_order_of_the_conditions_does_not_matter(
    evidence: Evidence, artifact: Artifact, scope: Scope, random: object
) -> None:
    shuffled = list(OWN.conditions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives random.Random
    other = replace(OWN, conditions=tuple(shuffled))
    one, two = decided(evidence, artifact, scope), decide(other, artifact, evidence, scope, NOW)
    assert one.verdict is two.verdict
    assert sorted(one.reasons, key=repr) == sorted(two.reasons, key=repr)


@given(evidences(), artifacts, scopes)
def test_the_fast_way_agrees_and_deciding_again_gives_the_same(
    evidence: Evidence, artifact: Artifact, scope: Scope
) -> None:
    decision = decided(evidence, artifact, scope)
    case = Case(artifact, evidence, scope, NOW)
    assert verdict(OWN, case) is decision.verdict
    assert decision.verdict is Verdict.ALLOW or suspects(OWN, [case]) == [case]
    again = read_evidence(document(evidence))
    assert decided(again, artifact, scope) == decision


@given(st.lists(st.builds(Case, artifacts, evidences(), scopes, st.just(NOW)), max_size=5))
def test_who_is_suspect_does_not_depend_on_the_others(cases: list[Case]) -> None:
    assert suspects(OWN, cases) == [case for case in cases if suspects(OWN, [case])]
    objected = [any(one.judge(case).verdict is not Verdict.ALLOW for one in OWN.conditions) for case in cases]
    assert suspects(OWN, cases) == [case for case, objection in zip(cases, objected, strict=True) if objection]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
@given(evidences(), artifacts, scopes, unknowns)
def test_every_question_can_be_made_to_need_an_answer(
    question: Question[Any], evidence: Evidence, artifact: Artifact, scope: Scope, silent: Unknown
) -> None:
    silenced = question.put(evidence, silent)
    strict = Unknowns({QuestionId(each.id): Verdict.DENY for each in QUESTIONS})
    assert strict.judge(Case(artifact, silenced, scope, NOW)).verdict is Verdict.DENY


WORSENED = (LISTING, UPLOAD, SCAN, PROVENANCE, ADVISORIES, NAMES, HASHES)


def worsened(old: Any, data: st.DataObject) -> Any:  # noqa: ANN401, PLR0911 - the answer to any question, a case each
    """A fact at least as bad as the one given."""
    match old:
        case Listing(state=state):
            return Listing(ListingState(data.draw(st.integers(int(state), 3))))
        case Upload(at=at, project_since=since, silence=silence):
            later = data.draw(ages.filter(lambda age: age >= timedelta()))
            return Upload(min(at + later, max(NOW, at)), max(since, at), silence)
        case Scan(findings=found, coverage=coverage, rules=rules):
            unread = coverage.unread_count + data.draw(st.integers(0, 2))
            return Scan((*found, data.draw(findings)), msgspec.structs.replace(coverage, unread_count=unread), rules)
        case Provenance(breaks=breaks):
            return Provenance(Continuity.BROKEN, (*breaks, data.draw(st.sampled_from(Break))))
        case Advisories(as_of=as_of, known=told):
            return Advisories(as_of, (*told, data.draw(known)))
        case NameLikeness(likenesses=likeness, why=why):
            return NameLikeness(likeness, ("examples",), why, 1, 1)
        case Hashes(published=published, remembered=remembered) if published or remembered:
            return Hashes(published, remembered, Digest("sha256:" + "9" * 64))
        case _:
            return old


@settings(max_examples=300)
@given(evidences(), artifacts, scopes, st.sampled_from(WORSENED), st.data())
def test_worse_evidence_never_softens_the_verdict(
    evidence: Evidence, artifact: Artifact, scope: Scope, question: Question[Any], data: st.DataObject
) -> None:
    worse = question.put(evidence, worsened(question.of(evidence), data)) if question.of(evidence) else evidence
    assert decided(worse, artifact, scope).verdict >= decided(evidence, artifact, scope).verdict


@given(evidences(), artifacts, scopes, unknowns)
def test_silence_is_not_consent(evidence: Evidence, artifact: Artifact, scope: Scope, silent: Unknown) -> None:
    for question in QUESTIONS:
        if question.unknown is Verdict.HOLD:
            assert decided(question.put(evidence, silent), artifact, scope).verdict >= Verdict.HOLD
