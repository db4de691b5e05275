"""What was seen, told to people: each context in words, hostile texts on one line, much of it cut visibly."""

import pytest

from pratique.facts.looked import Looked
from pratique.facts.scan.observation import Context
from pratique.model.artifact import Digest
from pratique.model.evidence import Confidence, Coverage, Finding, Scan, Severity, Unknown, Unread
from pratique.render.scan import WHEN, Telling, finding_told, line, sentence, terminal, told

DIGEST = Digest("sha256:" + "1" * 64)
TELLING = Telling({"odd-rule": "Look at it."})


def finding(number: int = 1, **more: object) -> Finding:
    told = {"path": "pkg/a.py", "line": number, "message": "is odd", "context": "setup_top", "code": "run(x)", **more}
    return Finding("odd-rule", Severity.HIGH, Confidence.MEDIUM, **told)  # type: ignore[arg-type]  # the fields of a finding


def looked(*findings: Finding, coverage: Coverage | None = None, **more: object) -> Looked:
    scan = Scan(findings, coverage or Coverage({"python": 2}, 1), DIGEST, cpu_ms=7)
    return Looked(path="dist/x-1.0.whl", digest=DIGEST, scan=scan, **more)  # type: ignore[arg-type]  # the fields of an artifact


def test_when_code_of_each_context_runs_is_said_in_words() -> None:
    assert set(WHEN) == set(Context)


def test_one_artifact_as_it_is_told() -> None:
    name = looked(finding()).noticed[0].id
    assert terminal([looked(finding())], TELLING) == (
        "1 file looked into: 0 malicious, 1 suspicious, 0 clean, 0 could not be read\n\n"
        "suspicious dist/x-1.0.whl\n"
        f"  at     pkg/a.py:1                                              {name}\n"
        "         run(x)\n"
        "  why    odd-rule: is odd\n"
        "  when   when it is built, or asked for its metadata\n"
        "  do     Look at it.\n"
        "  more   pratique explain odd-rule\n"
        f"         pratique scan --why {name}\n\n"
        "Nothing was installed. Nothing was run."
    )


def test_what_is_clean_is_told_of_one_and_counted_of_many() -> None:
    assert "read   2 as python; 1 file of kinds that no rule looks at" in terminal([looked()], TELLING)
    assert terminal([looked()] * 3, TELLING, what="packages") == (
        "3 packages looked into: 0 malicious, 0 suspicious, 3 clean, 0 could not be read"
    )
    assert terminal([looked()] * 3, Telling({}, whole=True)).count("clean      dist/x-1.0.whl") == 3


def test_many_places_are_cut_and_shown_when_asked_for() -> None:
    many = looked(*(finding(number) for number in range(1, 21)))
    assert "  and    12 more: --all shows them" in terminal([many], TELLING)
    assert terminal([many], TELLING).count("  at     ") == 8
    assert terminal([many], Telling({}, whole=True)).count("  at     ") == 20


def test_remarks_are_counted_and_shown_when_asked_for() -> None:
    remark = Finding("small-rule", Severity.LOW, Confidence.LOW, "a.py", 1, "is small")
    assert terminal([looked(remark)] * 2, TELLING).endswith("2 remarks of little weight: --all shows them.")
    assert "small-rule: is small" in terminal([looked(remark)] * 2, Telling({}, whole=True))


def test_files_of_folders_are_told_so_that_they_can_be_opened() -> None:
    one = terminal([looked(finding(), folder="src/")], TELLING)
    assert "  at     src/pkg/a.py:1 " in one
    assert "  at     pkg/a.py:1 " in terminal([looked(finding(), folder=".")], TELLING)
    whole = terminal([looked(finding(0, path="", code=""), folder="src")], TELLING)
    assert "  at     src " in whole
    assert "  at     all of it " in terminal([looked(finding(0, path=""))], TELLING)


@pytest.mark.parametrize("hostile", ["a\nb", "a\x1b[31mb", "a\u202eb", "x" * 5000, "\u115f"])
def test_hostile_texts_stay_on_their_lines(hostile: str) -> None:
    one = Looked(path=hostile, digest=DIGEST, scan=looked(finding(path=hostile, message=hostile, code=hostile)).scan)
    other = Looked(path="y", digest=DIGEST, scan=Unknown("scanner", hostile))
    text = terminal([one, other], TELLING, notes=[hostile])
    assert text.replace("\n", "").isprintable()
    assert max(map(len, text.splitlines())) < 300
    assert len(text.splitlines()) < 40


def test_what_was_not_read_is_named_and_is_not_clean() -> None:
    coverage = Coverage({"python": 1}, 0, tuple(Unread(f"{n}.py", "broken") for n in range(5)), 30)
    text = terminal([looked(coverage=coverage)], TELLING)
    assert (
        "unknown    dist/x-1.0.whl\n  unread 0.py: broken\n         1.py: broken\n         2.py: broken\n         ..."
        in text
    )
    assert "what was not read is\n         not clean." in text
    assert line(looked(coverage=coverage))["why"] == (
        "0.py: broken; 1.py: broken; 2.py: broken; 3.py: broken; 4.py: broken; and 25 files more"
    )
    assert "there is no file in it" in terminal([looked(coverage=Coverage({}))], TELLING)


def test_the_forms_for_programs() -> None:
    one = looked(finding())
    assert line(one) == {
        "path": "dist/x-1.0.whl",
        "verdict": "suspicious",
        "score": 0.6,
        "rules": ["odd-rule"],
        "cpu_ms": 7,
        "digest": DIGEST,
    }
    (noticed,) = one.noticed
    assert told(one)["findings"] == [finding_told(noticed)]
    found = finding_told(noticed)
    assert (found["severity"], found["confidence"], found["alarm"]) == ("high", "medium", "suspicious")
    silent = Looked(path="x", digest=DIGEST, scan=Unknown("scanner", "broken"))
    assert (told(silent)["coverage"], line(silent)["cpu_ms"]) == (None, 0)
    assert sentence([one, silent]).endswith("0 malicious, 1 suspicious, 0 clean, 1 could not be read")
