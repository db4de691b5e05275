"""The view of Python on what was made to break it: it ends, and raises nothing but `InvalidInput`."""

import ast
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.errors import InvalidInput, LimitExceeded
from pratique.facts.scan.observation import Context
from pratique.model import limits
from tests.facts.languages.python_seen import inside, reading, seen

OWN = sorted(Path(__file__).resolve().parent.parent.parent.parent.glob("src/pratique/facts/scan/**/*.py"))
"""Modules of many forms: this project's own."""
PAYLOAD = "import os\nos.system('true')\n"


def test_a_file_with_more_expressions_than_are_followed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SCAN_STEPS_MAX", 100)
    found = reading(PAYLOAD + "f(a)\n" * 100)
    assert found.problems == ["it has more expressions than are followed"]
    assert "proc.shell" in {each.label for each in found.observations}


def test_texts_inside_are_bounded_in_number_and_size(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(f"exec('f({number})')\n" for number in range(20))
    assert len(inside(text)) == 20
    monkeypatch.setattr(limits, "SCAN_INSIDE_COUNT_MAX", 5)
    found = reading(text)
    assert (found.inside_count, found.problems) == (20, ["there are too many texts inside texts"])
    monkeypatch.setattr(limits, "SCAN_INSIDE_COUNT_MAX", 500)
    monkeypatch.setattr(limits, "SCAN_INSIDE_BYTES_MAX", 10)
    assert reading(text).problems == ["there are too many texts inside texts"]


def test_a_text_that_runs_itself_is_looked_at_once() -> None:
    assert reading("x = 'exec(x)'\nexec(x)\n" * 5).inside_count == 1


DEEP = {
    "parentheses": "(" * 5_000 + ")" * 5_000,
    "lists": "[" * 5_000 + "]" * 5_000,
    "signs": "-" * 20_000 + "1",
    "attributes": "a" + ".b" * 20_000,
    "calls": "a" + "()" * 20_000,
    "subscripts": "a" + "[0]" * 20_000,
    "calls in calls": "f(" * 90 + ")" * 90,
    "lambdas": "lambda: " * 5_000 + "1",
    "conditions": "a if b else " * 5_000 + "1",
    "powers": "2 ** " * 5_000 + "2",
    "comparisons": "a < " * 20_000 + "b",
    "blocks": "".join(f"{' ' * n}if a:\n" for n in range(99)) + " " * 99 + "b",
    "elifs": "if a:\n    b\n" + "elif a:\n    b\n" * 5_000,
    "functions": "".join(f"{' ' * n}def f():\n" for n in range(99)) + " " * 99 + "b",
    "classes": "".join(f"{' ' * n}class f:\n" for n in range(99)) + " " * 99 + "b",
    "decorators": "@a\n" * 5_000 + "def f(): pass",
    "targets": "a = " * 5_000 + "b",
    "tuples": "a, " * 20_000 + "b = c",
    "strings": "'a' " * 20_000,
    "f-strings": "f'" + "{a}" * 5_000 + "'",
    "names": "\n".join(f"a{n} = a{n - 1}" for n in range(20_000)),
    "imports": "\n".join(f"import a{n}" for n in range(20_000)),
    "functions in a row": "\n".join(f"def f{n}(): f{n + 1}()" for n in range(5_000)) + "\nf0()",
    "classes in a row": "\n".join(f"class A{n}(A{n - 1}): pass" for n in range(5_000)),
    "arguments": "f(" + ", ".join(f"a{n}=1" for n in range(5_000)) + ")",
    "cases": "match a:\n" + "    case 1: pass\n" * 5_000,
    "handlers": "try: pass\n" + "except A: pass\n" * 5_000,
}


@pytest.mark.parametrize("kind", DEEP)
def test_what_is_deep_or_long_is_followed_or_refused(kind: str) -> None:
    begun = time.process_time()
    try:
        found = seen(f"{PAYLOAD}{DEEP[kind]}\n")
    except InvalidInput:
        found = []
    else:
        assert "proc.shell" in {each.label for each in found}
    assert time.process_time() - begun < limits.SCAN_FILE_SECONDS_MAX


def test_a_long_sum_is_put_together_and_one_that_is_too_long_for_the_parser_is_unread() -> None:
    parts = [f"'{each}'" for each in "print(1)" * 1_250]
    ((_, code),) = inside(f"exec({' + '.join(parts[:800])})")
    assert code == "print(1)" * 100
    try:
        ((_, code),) = inside(f"exec({' + '.join(parts)})")
    except LimitExceeded:
        code = ""
    assert code == ("print(1)" * 1_250 if _fits(parts) else "")


def _fits(parts: list[str]) -> bool:
    """Whether this Python's parser takes so long a sum: some give up."""
    try:
        ast.parse(" + ".join(parts))
    except (RecursionError, MemoryError):
        return False
    return True


def test_what_is_too_deep_is_said_to_be() -> None:
    with pytest.raises(LimitExceeded, match=r"not readable as Python here: |nested too deeply"):
        seen(f"{PAYLOAD}{DEEP['signs']}")


@given(st.binary(max_size=200))
def test_any_bytes_raise_nothing_but_invalid_input(data: bytes) -> None:
    with suppress(InvalidInput, LookupError):  # the engine asks for the encoding before
        seen(data)


@settings(deadline=None)  # what is broken is mended in many attempts
@given(
    st.sampled_from(OWN),
    st.lists(
        st.tuples(st.integers(0, 10_000), st.sampled_from(["delete", "twice", "insert", "swap"]), st.text(max_size=4)),
        max_size=6,
    ),
    st.sampled_from([Context.MODULE_TOP, Context.SETUP_TOP, Context.PTH, Context.TEST]),
)
def test_any_module_that_was_damaged_raises_nothing_but_invalid_input(
    path: Path, edits: list[tuple[int, str, str]], context: Context
) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()[:120]
    for place, kind, text in edits:
        at = place % max(len(lines), 1)
        if kind == "delete":
            lines[at : at + 1] = []
        elif kind == "twice":
            lines[at:at] = lines[at : at + 3]
        elif kind == "insert":
            column = place % max(len(lines[at]) if lines else 1, 1)
            lines[at : at + 1] = [lines[at][:column] + text + lines[at][column:]] if lines else [text]
        else:
            lines[at : at + 2] = reversed(lines[at : at + 2])
    with suppress(InvalidInput):
        seen("\n".join(lines), context)


TEXT = """
exec eval getattr globals() __import__ os system lambda x: [ ] ( ) { } , . = == + % * ** 'a' "b" b'c' 1 0 -1 :: for in if else
not None True def class return yield import from as f'{x}' x y self @ := ; try: except: with while join chr map zip bytes decode
base64 b64decode format replace append setattr vars __dict__ operator attrgetter methodcaller reduce
cmdclass
"""
WORDS = st.sampled_from([*TEXT.split(), "\n", "\n    "])


@given(st.lists(WORDS, max_size=40))
def test_any_row_of_words_raises_nothing_but_invalid_input(words: list[str]) -> None:
    with suppress(InvalidInput):
        seen(" ".join(words))
