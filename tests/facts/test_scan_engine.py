"""The engine: nothing a rule would see is passed over, no rule takes all the time, and a cut never hides the worst."""

import ast
import base64
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.adapters.scan_child import _timer
from pratique.ecosystems.archive import Member
from pratique.facts.scan import engine, sources
from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.engine import lexicon, scan, worst_of
from pratique.facts.scan.languages.python.source import searchable
from pratique.facts.scan.rule import Place, Rule, Seen
from pratique.facts.scan.rules.encoded_payload_run import RULE
from pratique.facts.severity import worst
from pratique.model import limits
from pratique.model.evidence import Confidence, Coverage, Finding, Scan, Severity

WHEEL = "demo-1.0-py3-none-any.whl"
TEXT = base64.b64encode(b"print('nothing happens here')\n" * 8).decode()
PAYLOAD = f"import base64\nexec(base64.b64decode('{TEXT}'))\n"


def look(data: bytes, path: str = "demo/a.py") -> Scan:
    return scan(WHEEL, [Member(path, len(data), lambda: data)], timer=_timer)


@pytest.mark.parametrize(
    "data",
    [
        PAYLOAD.encode(),
        PAYLOAD.replace("exec", "\uff45\uff58\uff45\uff43").encode(),
        PAYLOAD.replace("b64decode", "\uff4264decode").encode(),
        b"# coding: utf-7\n" + PAYLOAD.replace("exec", "+AGU-xec").encode(),
        b"\xef\xbb\xbf" + PAYLOAD.encode(),
        b"# coding: utf-8-unix\n" + PAYLOAD.encode(),
        b"# vim: set fileencoding=latin_1_dos :\n" + PAYLOAD.encode(),
        b"# coding: mbcs\n" + PAYLOAD.encode(),
        b"#!/usr/bin/python\r# coding: utf-7\r" + PAYLOAD.replace("exec", "+AGU-xec").encode(),
        b"#" + b" " * 5_000 + b"coding: utf-7\n" + PAYLOAD.replace("exec", "+AGU-xec").encode(),
        b"# coding: unicode_escape\n" + PAYLOAD.replace("exec", "\\x65xec").encode(),
        ("# coding: utf-16-be\n" + PAYLOAD).encode("utf-16"),
        PAYLOAD.replace("base64.b64decode", "__import__('bas' 'e64').b64decode").encode(),
        f"__import__('builtins').exec(__import__('mar' 'shal').loads({TEXT!r}))\n".encode(),
        PAYLOAD.replace("import base64\n", "from base64 import b64decode as d\n")
        .replace("base64.b64decode", "d")
        .encode(),
    ],
)
def test_no_spelling_hides_a_payload(data: bytes) -> None:
    seen = look(data)
    assert seen.findings or seen.coverage.unread_count
    assert not seen.coverage.read or seen.findings


@given(st.text(alphabet="ex\uff45\uff58c(_ \n", max_size=12))
def test_a_file_without_its_words_has_no_such_name_in_its_tree(text: str) -> None:
    try:
        tree = ast.parse(text.encode())
    except (SyntaxError, ValueError):
        return
    if any(isinstance(node, ast.Name) and node.id == "exec" for node in ast.walk(tree)):
        assert "code" in lexicon().look(searchable(text.encode()), "python").groups


def test_upper_case_hides_no_script() -> None:
    assert look(PAYLOAD.encode(), "SETUP.PY").findings


def test_a_long_chain_of_assignments_takes_no_longer_than_its_length() -> None:
    chain = "".join(f"a{number + 1} = a{number}\n" for number in range(5_000))
    text = f"import base64\na0 = base64.b64decode('{TEXT}')\n{chain}exec(a5000)\n"
    begun = time.process_time()
    seen = look(text.encode())
    assert [finding.line for finding in seen.findings] == [5_003]
    assert time.process_time() - begun < limits.SCAN_RULE_SECONDS_MAX * 2


def endless(view: FileView) -> Iterator[Place]:
    del view
    while True:
        yield from ()


def test_a_rule_that_does_not_end_leaves_its_files_unread_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Rule("endless", Severity.INFO, Confidence.LOW, Seen(("code.exec",), endless))
    assert isinstance(slow.looks_at, Seen)
    assert isinstance(RULE.looks_at, Seen)
    monkeypatch.setattr(engine, "_SEEN", ((slow, slow.looks_at), (RULE, RULE.looks_at)))
    monkeypatch.setattr(limits, "SCAN_RULE_SECONDS_MAX", 0.05)
    data = PAYLOAD.encode()
    seen = scan(WHEEL, [Member(f"a{n}.py", len(data), lambda: data) for n in range(20)], timer=_timer)
    assert len(seen.findings) == 20
    assert seen.coverage.unread_count == 20
    assert {unread.why for unread in seen.coverage.unread} == {
        "the rule endless had no time to finish",
        "the rule endless has used up its time",
    }


findings = st.builds(
    Finding,
    st.just("r"),
    st.sampled_from(list(Severity)),
    st.sampled_from(list(Confidence)),
    st.just("a.py"),
    st.integers(1, 9),
    st.just(""),
)


@given(st.lists(findings, max_size=30) | st.lists(findings, min_size=31, max_size=60), st.integers(15, 30))
def test_what_is_dropped_is_counted_and_never_the_worst(all_found: list[Finding], most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "SCAN_FINDINGS_MAX", most)
        kept, dropped = worst_of(all_found)
    assert len(kept) + dropped == len(all_found)
    assert len(kept) == min(most, len(all_found))
    coverage = Coverage({"python": 1})
    assert worst(Scan(kept, coverage, sources.rules_digest())) is worst(
        Scan(tuple(all_found), coverage, sources.rules_digest())
    )


def test_the_digest_of_the_scanner_covers_all_that_its_answers_depend_on() -> None:
    covered = {path for path, _ in sources.sources()}
    for path in (
        "facts/scan/engine.py",
        "facts/scan/rules/startup_hook.py",
        "facts/scan/languages/python/view.py",
        "facts/scan/languages/javascript/view.py",
        "facts/scan/lexicon/secrets.yar",
        "facts/scan/weights.toml",
        "ecosystems/archive/zip.py",
        "model/limits.py",
    ):
        assert path in covered


def test_a_change_of_one_byte_of_it_is_another_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    own = sources._own_digest.__wrapped__  # noqa: SLF001 - what is kept of it is passed by
    before = own()
    changed = [(path, source + b"#" * (path == "model/limits.py")) for path, source in sources.sources()]
    monkeypatch.setattr(sources, "sources", lambda: iter(changed))
    assert own() != before


@pytest.mark.parametrize(
    "taken",
    [
        "dict(os.environ)",
        "str(os.environ.copy())",
        "json.dumps(dict(os.environ))",
        "repr(sorted(os.environ))",
        "str({**os.environ})",
        "f'{os.environ}'",
        "[each for each in os.environ.items()]",
        "dict(os.environb)",
    ],
)
def test_the_whole_environment_is_seen_however_it_is_taken_and_only_beside_a_connection(taken: str) -> None:
    head = "import json, os, socket\n\ndef f():\n"
    (found,) = look(f"{head}    s = socket.socket()\n    s.send({taken})\n".encode()).findings
    assert (found.rule, found.line) == ("environment-sent-away", 5)
    assert look(f"{head}    print({taken})\n\ndef g():\n    socket.socket()\n".encode()).findings == ()
    one = taken.replace("os.environb", "{}").replace("os.environ", "{}")
    assert look(f"{head}    os.environ['A']\n    s = socket.socket()\n    s.send({one})\n".encode()).findings == ()


def test_what_is_looked_at_and_what_is_not_is_counted() -> None:
    def member(path: str, data: bytes = b"", link: str = "") -> Member:
        return Member(path, len(data), lambda: data, link)

    old = b"import os, socket\nprint os.environ\n"
    found = scan(
        WHEEL,
        [
            member("demo/a.py"),
            member("demo/b.py"),
            member("demo/c.txt"),
            member("demo/old.py", old),
            member("setup.py", old),
            member("demo/l.py", link="demo/a.py"),
            member("demo/m.py", link="demo/a.py"),
            member("demo/n.py", link="demo/c.txt"),
            member("a.pth", b"x"),
            member("b.pth", b"y"),
        ],
        timer=_timer,
    )
    assert dict(found.coverage.read) == {"python": 2, "startup": 2}
    assert found.coverage.other == 5
    assert [each.path for each in found.coverage.unread] == ["demo/n.py"]


@pytest.mark.parametrize(
    ("filename", "path", "unread"),
    [
        ("demo-1.0.tar.gz", "demo-1.0/setup.py", True),
        ("demo-1.0.tar.gz", "demo-1.0/demo/setup.py", False),
        ("demo-1.0.tar.gz", "demo-1.0/a.py", False),
        ("demo-py2-1.0.tar.gz", "demo-1.0/a.py", False),
        ("demo-1.0-py2-none-any.whl", "demo/a.py", True),
        ("demo-1.0-py3-none-any.whl", "demo/a.py", False),
    ],
)
def test_an_old_text_counts_as_unread_where_an_old_python_runs_it(filename: str, path: str, unread: bool) -> None:  # noqa: FBT001 - a row
    old = b"import os, socket\nprint os.environ\n"
    coverage = scan(filename, [Member(path, len(old), lambda: old)], timer=_timer).coverage
    assert [each.path for each in coverage.unread] == [path] * unread
    assert coverage.other == (not unread)
