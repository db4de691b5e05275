"""The faces of a refusal."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.model import limits
from pratique.model.artifact import Artifact, Digest, Ecosystem, ProjectName, VersionText
from pratique.model.decision import Decision, Reason, Remedy, Verdict
from pratique.model.scope import Mode, Scope, ScopeName
from pratique.render.refusal import Refusal, page, phrase, problem, requires_python_note, terminal

GOLDEN = Path(__file__).resolve().parent / "golden"
DIGEST = Digest("sha256:" + "0" * 64)
NOW = datetime(2026, 3, 24, 16, 52, tzinfo=UTC)


def refusal(name: str = "litellm", version: str = "1.82.8", why: str = "", remedy: Remedy | None = None) -> Refusal:
    reason = Reason(
        "cooldown",
        Verdict.HOLD,
        why or "published 6 hours ago; new releases wait 3 days here",
        remedy
        or Remedy(
            use="litellm 1.82.6",
            use_version=VersionText("1.82.6"),
            until=datetime(2026, 3, 27, 10, 52, tzinfo=UTC),
            ask="security",
        ),
    )
    decision = Decision(
        artifact=Artifact(Ecosystem.PYPI, ProjectName(name), VersionText(version), "litellm-1.82.8-py3-none-any.whl"),
        scope=Scope(ScopeName("workstation")),
        mode=Mode.ENFORCE,
        verdict=Verdict.HOLD,
        reasons=(reason,),
        evidence=DIGEST,
        policy=DIGEST,
        at=NOW,
    )
    return Refusal.of(decision, "7F3K2QXD")


FACES = {
    "terminal.txt": terminal,
    "phrase.txt": phrase,
    "requires_python_note.txt": requires_python_note,
    "page.html": page,
}


@pytest.mark.parametrize("name", sorted(FACES))
def test_a_face_is_as_it_was_agreed(name: str, request: pytest.FixtureRequest) -> None:
    text = FACES[name](refusal()).rstrip("\n") + "\n"
    if request.config.getoption("--update-golden"):
        GOLDEN.mkdir(exist_ok=True)
        (GOLDEN / name).write_text(text, encoding="utf-8")
    assert text == (GOLDEN / name).read_text(encoding="utf-8")


def test_the_terminal_message_has_at_most_nine_lines_of_eighty_columns() -> None:
    long = refusal(why="because " * 60, remedy=Remedy(use="x " * 90, do="y " * 90, until=NOW, ask="security"))
    for told in (refusal(), long):
        lines = terminal(told).splitlines()
        assert len(lines) <= limits.REFUSAL_LINES_MAX
        assert max(map(len, lines)) <= 80
        assert lines[-1] == "  Nothing was installed. Nothing was run."


def test_there_is_always_a_way_out() -> None:
    text = terminal(refusal(remedy=Remedy(do="pratique explain withdrawn")))
    assert "use    no safe version yet" in text
    assert "do     pratique explain withdrawn" in text


@given(st.text(), st.text(), st.text())
def test_a_reason_phrase_is_one_line_of_printable_ascii_whatever_a_package_is_called(
    name: str, version: str, why: str
) -> None:
    told = refusal(name or "x", version, why or "y")
    for line in (phrase(told), requires_python_note(told)):
        assert line.isascii()
        assert line.isprintable()
        assert len(line) <= limits.REASON_PHRASE_CHARACTERS_MAX + len("===")
    assert " " not in requires_python_note(told)
    json.loads(problem(told))
    assert "\x00" not in terminal(told)


def test_the_problem_has_a_short_title_that_the_detail_does_not_repeat() -> None:
    body = json.loads(problem(refusal()))
    assert body["title"] == "Pratique cooldown"
    assert body["title"] not in body["detail"]
    assert body["detail"] == body["error"] == body["message"]
    assert body["pratique"]["or"] == [
        {"label": "ask", "approver": "security"},
        {"label": "wait", "opens_at": "2026-03-27T10:52:00Z"},
    ]


def test_names_on_the_page_are_escaped() -> None:
    assert "<script>" not in page(refusal(name="<script>alert(1)</script>"))
