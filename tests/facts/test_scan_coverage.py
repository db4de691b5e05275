"""What a scan says of its own work: which files were not looked at and why, how many were, and what it found where."""

import base64
from collections.abc import Callable, Iterator

import pytest

from pratique.adapters.scan_child import _timer
from pratique.ecosystems.archive import Member
from pratique.errors import LimitExceeded, OutOfTime
from pratique.facts.scan import engine, sources
from pratique.facts.scan.artifact import ArtifactView, FileView
from pratique.facts.scan.engine import scan, worst_of
from pratique.facts.scan.rule import Place, Rule, Seen, Whole
from pratique.model import limits
from pratique.model.evidence import Confidence, Finding, Scan, Severity, Unread

WHEEL = "demo-1.0-py3-none-any.whl"
TEXT = base64.b64encode(b"print('nothing happens here')\n" * 8).decode()
PAYLOAD = f"import base64\nexec(base64.b64decode('{TEXT}'))\n".encode()
WORDS = b"b64decode(x)\nexec(y)\n"
"""Something to see, and nothing that a rule would point at."""
STRANGE = b"# coding: lala\n"


def look(*files: tuple[str, bytes]) -> Scan:
    return scan(WHEEL, [Member(path, len(data), lambda data=data: data) for path, data in files], timer=_timer)  # type: ignore[misc]  # mypy cannot infer a lambda with a default


def unread(*files: tuple[str, bytes]) -> list[tuple[str, str]]:
    return [(each.path, each.why) for each in look(*files).coverage.unread]


def test_a_finding_says_what_its_rule_says_and_where() -> None:
    seen = look(("demo/a.py", PAYLOAD), ("x.pth", b"import evil\n"))
    bad, sure = Severity.CRITICAL, Confidence.HIGH
    assert seen.findings == (
        Finding(
            "encoded-payload-run",
            bad,
            sure,
            "demo/a.py",
            2,
            "runs what an encoded text in the file decodes to",
            "module_top",
            PAYLOAD.splitlines()[1][: limits.QUOTE_CHARACTERS_MAX - 1].decode() + "…",
        ),
        Finding("startup-hook", Severity.HIGH, sure, "x.pth", 1, "runs code at every start of Python", "pth"),
    )


def test_a_finding_of_a_whole_archive_that_names_no_file_has_the_name_of_the_archive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def detect(view: ArtifactView) -> Iterator[Place]:
        yield Place(1, view.project)

    looks = Whole(lambda _: False, detect)
    rule = Rule("whole", Severity.INFO, Confidence.LOW, looks)
    monkeypatch.setattr(engine, "_WHOLE", ((rule, looks),))
    assert look(("demo/a.py", b"")).findings == (Finding("whole", Severity.INFO, Confidence.LOW, WHEEL, 1, "demo"),)


def test_a_scan_says_which_scanner_looked_and_how_many_findings_it_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SCAN_FINDINGS_MAX", 2)
    seen = look(*((f"a{number}.py", PAYLOAD) for number in range(5)))
    assert (len(seen.findings), seen.findings_dropped, seen.rules) == (2, 3, sources.rules_digest())


def test_files_count_once_each_as_what_they_were_read_as() -> None:
    files = [("a.py", b""), ("b.py", WORDS), ("c.py", WORDS), ("d.py", b""), ("e.py", WORDS)]
    seen = look(*files, ("f.py", STRANGE), ("g.py", STRANGE), ("h.txt", b""))
    assert (dict(seen.coverage.read), seen.coverage.other, seen.coverage.unread_count) == ({"python": 5}, 3, 0)


@pytest.mark.parametrize(
    ("other", "makes"),
    [
        (b"import codecs\ncodecs.open('a')\n", False),
        (b"register = 1\n", False),
        (b"import codecs\ncodecs.register(f)\n", True),
        (b"from codecs import register as r\n", True),
        (b"import codecs as c\n", True),
    ],
)
def test_an_unknown_encoding_is_unread_only_beside_code_that_makes_encodings(other: bytes, makes: bool) -> None:  # noqa: FBT001 - a row
    why = "its encoding is none of Python's, and the archive brings encodings of its own"
    for files in ([("a.py", STRANGE), ("b.py", other)], [("b.py", other), ("a.py", STRANGE)]):
        assert unread(*files, ("z.py", b"")) == [("a.py", why)] * makes


BROKEN = b"# coding: shift_jis\n\x81\n"


def test_a_module_that_cannot_be_read_is_named_with_the_reason() -> None:
    assert unread(("demo/a.py", BROKEN)) == [("demo/a.py", "it is not in the encoding it declares: shift-jis")]
    ((path, why),) = unread(("demo/b.py", WORDS + b"x = " + b"1" * 5_000))
    assert path == "demo/b.py"
    assert why.startswith("not readable as Python here: Exceeds the limit (4300 digits)")


def test_a_module_whose_nesting_ends_the_parser_is_named_with_the_kind_of_end() -> None:
    ((path, why),) = unread(("a.py", WORDS + b"-" * 100_000 + b"1"))
    assert path == "a.py"
    assert why in {f"not readable as Python here: {kind}" for kind in ("MemoryError", "RecursionError")}


def test_a_file_that_is_there_twice_or_too_long_is_named_with_the_reason() -> None:
    assert unread(("a.py", b""), ("a.py", PAYLOAD)) == [("a.py", "it is there twice")]

    def read() -> bytes:
        raise LimitExceeded("a.py is too long")

    seen = scan(WHEEL, [Member("a.py", 1, read)])
    assert seen.coverage.unread == (Unread("a.py", "a.py is too long"),)


def test_as_many_unread_files_are_named_as_fit_and_all_are_counted() -> None:
    most = limits.SCAN_UNREAD_NAMED_MAX
    seen = look(*((f"a{number}.py", BROKEN) for number in range(most + 2)))
    assert [each.path for each in seen.coverage.unread] == [f"a{number}.py" for number in range(most)]
    assert seen.coverage.unread_count == most + 2


def test_start_up_files_are_kept_up_to_their_limit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SCAN_TEXTS_BYTES_MAX", 24)
    hook = b"import evil\n"
    seen = look(*((f"{name}.pth", hook) for name in "abc"))
    assert [finding.path for finding in seen.findings] == ["a.pth", "b.pth"]
    assert seen.coverage.unread == (Unread("c.pth", "files of its kind have more than 24 bytes"),)
    assert dict(seen.coverage.read) == {"startup": 2}


def test_a_file_that_has_nothing_worth_reading_counts_as_read_and_is_not_followed() -> None:
    deep = b"x = " + b"-" * 100_000 + b"1\n"
    assert dict(look(("demo/a.py", deep)).coverage.read) == {"python": 1}
    assert [path for path, _ in unread(("demo/a.py", WORDS + deep))] == ["demo/a.py"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # where the first end got lost
def test_a_file_that_takes_too_long_is_named_and_what_was_seen_until_then_is_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "SCAN_FILE_SECONDS_MAX", 0.2)
    slow = "".join(f"exec({'f(a)+g(b);' * 3_000 + f'#{number}'!r})\n" for number in range(200))
    seen = look(("demo/a.py", PAYLOAD + slow.encode()), ("demo/b.py", WORDS))
    assert seen.coverage.unread == (Unread("demo/a.py", "it took longer than 0.2 seconds"),)
    assert {(each.rule, each.path) for each in seen.findings} == {("encoded-payload-run", "demo/a.py")}
    assert dict(seen.coverage.read) == {"python": 1}


def slowly_then(error: str) -> None:
    """What CPython's parser does with an error that comes over it."""
    try:
        while True:
            pass
    except OutOfTime:
        raise SystemError(error) from None


def test_what_ends_a_parser_is_told_as_the_end_of_its_time_and_another_error_of_the_system_is_not() -> None:
    with pytest.raises(OutOfTime, match="it took longer than"), _timer(0.01):
        slowly_then("AST constructor recursion depth mismatch")
    with pytest.raises(SystemError), _timer(10):
        raise SystemError("not ours")


def test_a_file_with_more_to_see_than_is_kept_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SCAN_OBSERVATIONS_MAX", 10)
    (found,) = unread(("demo/a.py", WORDS + b"exec(f(x))\n" * 20))
    assert found == ("demo/a.py", "there is more to see in it than is kept")


def test_texts_inside_texts_are_followed_as_deep_as_the_limit_says() -> None:
    text = "print('nothing happens here')"
    for _ in range(limits.SCAN_DEPTH_MAX):
        text = f"exec({text!r})"
    assert unread(("demo/a.py", WORDS + text.encode())) == []
    deeper = f"exec({text!r})".encode()
    assert unread(("demo/a.py", WORDS + deeper)) == [("demo/a.py", "there are too many texts inside texts")]


def test_a_text_inside_that_goes_beyond_a_limit_leaves_its_file_unread_and_one_that_is_no_code_does_not() -> None:
    assert unread(("demo/a.py", WORDS + b"exec('no code at all')\n")) == []
    deep = "-" * 20_000 + "1"
    ((path, why),) = unread(("demo/a.py", WORDS + f"exec({deep!r})\n".encode()))
    assert path == "demo/a.py"
    assert why.startswith("not readable as Python here: ")


def over(_: FileView) -> Iterator[Place]:
    yield Place(1, "seen before the end")
    raise OutOfTime("it took too long")


def deep(_: FileView) -> Iterator[Place]:
    yield from ()
    raise RecursionError


def only(monkeypatch: pytest.MonkeyPatch, detect: Callable[[FileView], Iterator[Place]]) -> None:
    """Have one rule, which looks at every file in which anything is run as code."""
    looks = Seen(("code.",), detect)
    monkeypatch.setattr(engine, "_SEEN", ((Rule("slow", Severity.LOW, Confidence.LOW, looks), looks),))


def test_a_rule_that_takes_too_long_is_given_as_many_files_as_the_limit_says(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, over)
    most = limits.SCAN_RULE_OVERRUNS_MAX
    seen = look(*((f"a{number}.py", WORDS) for number in range(most + 2)))
    assert [(each.path, each.why) for each in seen.coverage.unread] == [
        *((f"a{number}.py", "the rule slow had no time to finish") for number in range(most)),
        *((f"a{number}.py", "the rule slow has used up its time") for number in range(most, most + 2)),
    ]


def test_a_rule_that_goes_too_deep_leaves_its_file_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, deep)
    assert unread(("a.py", WORDS), ("b.py", WORDS)) == [
        (path, "nested too deeply for the rule slow") for path in ("a.py", "b.py")
    ]


def finding(severity: Severity, confidence: Confidence, line: int) -> Finding:
    return Finding("r", severity, confidence, "a.py", line, "")


def test_the_worst_findings_are_kept_worst_first_and_one_of_each_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    high, low = Confidence.HIGH, Confidence.LOW
    found = [
        finding(Severity.LOW, low, 1),
        finding(Severity.LOW, low, 2),
        finding(Severity.HIGH, low, 3),
        finding(Severity.HIGH, high, 4),
        finding(Severity.HIGH, high, 5),
        finding(Severity.LOW, high, 6),
        finding(Severity.LOW, high, 7),
        finding(Severity.HIGH, low, 8),
    ]
    for most, lines in ((4, [4, 3, 6, 1]), (5, [4, 5, 3, 6, 1]), (6, [4, 5, 3, 8, 6, 1])):
        monkeypatch.setattr(limits, "SCAN_FINDINGS_MAX", most)
        kept, dropped = worst_of(found)
        assert ([each.line for each in kept], dropped) == (lines, len(found) - most)
    monkeypatch.setattr(limits, "SCAN_FINDINGS_MAX", len(found))
    assert worst_of(found) == (tuple(found), 0)
