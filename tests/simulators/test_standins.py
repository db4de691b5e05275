"""Stand-ins are interlocked. They are read here, never run."""

import ast
import base64
from collections.abc import Iterator, Sequence

import pytest

from pratique.simulators.standins import ctxlook, inferlook, llmlook, trilook
from pratique.simulators.wheels import sdist, wheel

GOOD = {
    "llmlook": llmlook("1.82.6"),
    "trilook": trilook("2.0"),
    "ctxlook": ctxlook("0.1.2"),
    "inferlook": inferlook("2.5.0"),
}
BAD = {
    "llmlook-1.82.7": llmlook("1.82.7"),
    "llmlook-1.82.8": llmlook("1.82.8"),
    "trilook-3.0.0": trilook("3.0.0"),
    "ctxlook-0.2.6": ctxlook("0.2.6"),
    "inferlook-2.6.2": inferlook("2.6.2"),
}
ACTS = {"open", "run", "create_connection"}
LOCKS = ("PRATIQUE_BENCH", "isabs", "token")
"""The switch, a folder that is a full path, and the token file in it."""


def sources(files: dict[str, str]) -> Iterator[str]:
    """Every Python text in a stand-in, also what it carries encoded."""
    for path, text in files.items():
        if not path.endswith(".py"):
            continue
        yield text
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 200:
                yield base64.b64decode(node.value, validate=True).decode()


def unlocked(body: Sequence[ast.stmt], seen: str = "") -> Iterator[str]:
    """Calls that act although not every lock was asked before, on the way down or by an early return."""
    for statement in body:
        if isinstance(statement, ast.If):
            asked = seen + ast.unparse(statement.test)
            yield from unlocked(statement.body, asked)
            yield from unlocked(statement.orelse, seen)
            if isinstance(statement.body[-1], ast.Return):
                seen = asked
        elif isinstance(statement, ast.FunctionDef | ast.ClassDef):
            yield from unlocked(statement.body, seen)
        elif not all(lock in seen for lock in LOCKS):
            yield from (
                ast.unparse(node) for node in ast.walk(statement) if isinstance(node, ast.Call) and name(node) in ACTS
            )


def name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)


@pytest.mark.parametrize("which", BAD)
def test_a_stand_in_acts_behind_every_lock_only(which: str) -> None:
    texts = list(sources(BAD[which]))
    acting = [node for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    assert {name(node) for node in acting} & ACTS, "a stand-in that cannot act shows nothing"
    assert [call for text in texts for call in unlocked(ast.parse(text).body)] == []


@pytest.mark.parametrize("which", BAD)
def test_a_stand_in_connects_to_nothing_that_can_answer(which: str) -> None:
    targets = [
        ast.unparse(node.args[0])
        for text in sources(BAD[which])
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and name(node) == "create_connection"
    ]
    assert targets
    assert set(targets) <= {"('c2.' + name + '.invalid', 443)", "('127.0.0.1', 9)"}


@pytest.mark.parametrize("which", ["llmlook-1.82.7", "inferlook-2.6.2"])
def test_a_child_is_started_below_the_third_level_only_and_told_its_own(which: str) -> None:
    starting = [text for text in sources(BAD[which]) if "subprocess.run" in text]
    assert starting
    for text in starting:
        assert "int(DEPTH) < 3" in text
        assert text.index("str(int(DEPTH) + 1)") < text.index("subprocess.run")


@pytest.mark.parametrize("which", GOOD)
def test_the_release_before_does_nothing(which: str) -> None:
    calls = [node for text in sources(GOOD[which]) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    assert calls == []


def test_distributions_are_the_same_bytes_every_time() -> None:
    assert wheel("llmlook", "1.82.8", llmlook("1.82.8")) == wheel("llmlook", "1.82.8", llmlook("1.82.8"))
    assert sdist("calmlook", "1.0") == sdist("calmlook", "1.0")
