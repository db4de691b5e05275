"""JavaScript that means no good: deep, wide, broken and endless texts are read within bounds, or refused."""

import re
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pratique.errors import InvalidInput, LimitExceeded
from pratique.facts.scan.content import Content, Reader, Reading
from pratique.facts.scan.engine import lexicon
from pratique.facts.scan.languages.javascript import places
from pratique.facts.scan.languages.javascript.leads import leads
from pratique.facts.scan.languages.javascript.view import read
from pratique.facts.scan.observation import Context
from pratique.model import limits
from tests.facts.languages.javascript_seen import labels, seen

DEEP = 3_000


@pytest.mark.parametrize(
    "text",
    [
        "eval(" + "(" * DEEP + "1" + ")" * DEEP + ")",
        "eval(" + "[" * DEEP + "]" * DEEP + ")",
        "eval(" + "f(" * DEEP + ")" * DEEP + ")",
        "eval(" + "a.b()" + ".c()" * DEEP + ")",
        "eval(" + "'a'" + " + 'b'" * DEEP + ")",
        "eval(" + "a ? b : " * DEEP + "c)",
        "eval(" + "!" * DEEP + "a)",
        "(" * DEEP + "eval(1)",
        "eval(`" + "${`" * DEEP + "`}" * DEEP + "`)",
        "x => " * DEEP + "eval(x)",
        "function f() {" * DEEP + "eval(1)" + "}" * DEEP,
        "if (a) " * DEEP + "eval(b)",
    ],
)
def test_what_is_deep_is_read_or_refused(text: str) -> None:
    with suppress(InvalidInput):  # also LimitExceeded is refused so: what is not followed is unread, and not clean
        seen(text)


@pytest.mark.parametrize(
    "text",
    [
        "var f = (g) => g(g); eval(f(f))",
        "function a() { return b() } function b() { return a() } eval(a())",
        "var a = b, b = a; eval(a); a = a + b",
        "var s = 'ab'; " + "s = s + s; " * 100 + "eval(s)",
        "var a = []; " + "a.push(a); " * 100 + "eval(a.join())",
        "class A { get() { return this.get() } } eval(new A().get())",
        "const o = { ...o }; eval(o.x)",
        "let f = (x) => f(x + 1); eval(f(0))",
        "new Promise((r) => r(new Promise((r) => r(eval(1)))))",
        "import x from 'child_process'; export { x as default }; eval()",
        "require(); require``; require(...a); eval(...a); new eval; Reflect.apply(); fetch(); setTimeout()",
        "const { [eval]: a = eval(b) } = c; [a, [b = eval(1)]] = d",
        "label: for (const [a, { b }] of eval(c)) { continue label }",
    ],
)
def test_what_leads_back_to_itself_is_read(text: str) -> None:
    assert seen(text).problems == []


def test_a_question_that_leads_too_far_ends() -> None:
    names = "".join(f"let v{each} = f({each});" for each in range(400))
    spent = " + ".join(f"v{each}" for each in range(400))
    chain = "'a'" + ".concat(x, 'b')" * 30
    assert not seen(f"{names} const {{ exec }} = require('child_process'); exec([{spent}, {chain}])").problems


def test_many_texts_of_a_large_size_are_not_all_kept() -> None:
    text = "".join(f"require('axios').post('{'a' * 50}'.repeat(9999).repeat({each % 7 + 1}));" for each in range(300))
    assert seen(text).problems == ["it puts together more text than is followed"]


def test_a_name_that_is_used_without_end_is_followed_so_far() -> None:
    found = seen("const { exec } = require('child_process');" + "exec;" * 25_000)
    assert found.problems == ["it uses a name more often than is followed"]


def test_more_code_than_is_read_as_a_tree_is_refused() -> None:
    with pytest.raises(InvalidInput, match="the limit for code is"):
        seen(b"eval(1);" * (limits.SCAN_TREE_BYTES_MAX // 8 + 1))


@pytest.mark.parametrize(
    "text", ["x=" + "+".join(["'ab'"] * 70_000), "a(" * 70_000 + ")" * 70_000, "1" + "?1:1" * 70_000]
)
def test_what_is_deeper_than_queries_count_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="nested too deeply"):
        seen(text + "\nrequire('child_process').exec('id')")


def test_a_broken_part_is_passed_over_and_told_of() -> None:
    text = (
        "require('child_process').exec('id');\n"
        + "<<< @ }} ) ] ' #\n" * 60
        + "require('child_process').exec('id');\n" * 20
    )
    assert {"pkg.unparsable", "proc.shell"} <= labels(text)


def test_a_class_that_is_never_closed_is_read_as_far_as_it_goes() -> None:
    text = "require('child_process').exec('id');\nclass A {\n  json<T = any>(): Promise<T> {\n"
    assert {"pkg.unparsable", "proc.shell"} <= labels(text, "package/index.ts")


@pytest.mark.parametrize(
    ("pattern", "anchor", "text"),
    [
        (
            places.CONSTRUCTOR,
            places.OF_CONSTRUCTOR,
            "[].filter.constructor('x')(); a['constructor']['constructor']; (b)\n .constructor",
        ),
        (
            places.CONSTRUCTOR,
            places.OF_CONSTRUCTOR,
            "class A { constructor(x) {} } constructor constructor Function['constructor']",
        ),
        (
            places.PATCHED,
            places.ASSIGNED,
            "XMLHttpRequest.prototype.open=a; window.fetch = b; c.get = d; https . request\n=\ne",
        ),
        (
            places.PATCHED,
            places.ASSIGNED,
            "window.open == a; Module.prototype.require=b;ethereum.signAndSendTransaction = c => c",
        ),
    ],
)
def test_what_is_looked_for_around_a_word_is_what_is_found_anywhere(
    pattern: re.Pattern[bytes], anchor: re.Pattern[bytes], text: str
) -> None:
    for blanks in ("", " " * 500, "\n\t" * 100):
        data = text.replace(".", f".{blanks}").replace("[", f"[{blanks}").encode() * 3
        around = [hit.span() for hit in places.near(pattern, anchor, data)]
        assert around == [hit.span() for hit in pattern.finditer(data)]
        assert around


def test_expressions_that_take_long_are_not_tried() -> None:
    seen(f"eval('{'a' * 5_000}!'.replace(/(a|aa)+$/g, '').replace(/a*a*a*b/g, ''))")


WORDS = """a b require ( ) [ ] { } . , ; ' " ` ${ + = => function eval exec child_process fetch process.env then new class this
return const if for of in try catch await 'x' 1 /a/g \\u0065 ... ?. ?? : !"""
ALPHABET = st.sampled_from([*WORDS.split(), "\n"])


@given(st.lists(ALPHABET, max_size=60).map(" ".join))
@settings(deadline=None)
@example("require ( 'child_process' ) . exec ( ` ${ process.env } ` )")
def test_any_row_of_words_is_read_or_refused(text: str) -> None:
    with suppress(InvalidInput):
        seen(text)


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for path in ("a.js", "a.ts", "a.tsx"):
        with suppress(InvalidInput):
            seen(b"eval(" + data + b")", path)


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_text_inside_another_is_read_or_refused(text: str) -> None:
    content = Content("a.py", "javascript", text.encode("utf-8", errors="replace"), Context.FUNCTION, 7, inside=True)
    reading = Reading("a.py")
    with suppress(InvalidInput, LimitExceeded):
        read(content, Reader(content, reading, lexicon()))
    assert {each.line for each in reading.observations} <= {7}


@given(st.binary(max_size=200))
def test_leads_are_relative_paths(data: bytes) -> None:
    assert all(each.startswith(".") for each in leads(b"require('" + data + b"'); import './a'; from \"../b\""))
