"""Stand-ins are interlocked. They are read here, never run."""

import ast
import base64
import json
import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import pytest

from pratique.simulators.interlocks import INTERLOCKS
from tests.simulators.shipped_files import attacks, benign, members, texts

PYTHON_ACTS = {
    *("open", "exec", "eval", "run", "Popen", "call", "check_call", "check_output", "system", "popen", "execv"),
    *("create_connection", "urlopen", "urlretrieve", "Request", "CDLL", "load", "__import__", "extractall"),
    *("makedirs", "remove", "chmod", "rename", "unlink", "rmtree", "sendall", "connect", "urlretrieve"),
}
LOCKS = ("PRATIQUE_BENCH'", "isabs", "token")
"""The switch, a folder that is a full path, and the token file in it."""
SCRIPT_ACTS = re.compile(
    r"\b(?:spawn|exec|execFile|execFileSync|eval|fetch|https\.request|https\.get|sendMail|writeFileSync|appendFileSync|mkdirSync|"
    r"createWriteStream|resolveTxt|lookup|connect|parse)\(|\b(?:curl|wget|bash|sh|node|xz)\s+[-\"$]"
)
URL = re.compile(r"\b(?:https?|wss?|stratum\+tcp)://([^\s\"'`<>)\\]+)")


def python_texts(text: str) -> Iterator[str]:
    """A Python text, and what it carries encoded."""
    yield text
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 300:
            try:
                inner = base64.b64decode(node.value, validate=True).decode()
                ast.parse(inner)
            except (ValueError, SyntaxError):
                continue
            yield from python_texts(inner)


def unlocked(body: Sequence[ast.stmt], seen: str = "") -> Iterator[str]:
    """Calls that act although not every lock was asked before, on the way down or by an early return."""
    for statement in body:
        if isinstance(statement, ast.If):
            asked = seen + ast.unparse(statement.test)
            yield from unlocked(statement.body, asked)
            yield from unlocked(statement.orelse, seen)
            if isinstance(statement.body[-1], ast.Return):
                seen = asked
        elif isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            yield from unlocked(statement.body, seen)
        elif isinstance(statement, ast.For) and not is_locked(seen):
            yield from acting(statement.iter)
            yield from unlocked(statement.body, seen)
        elif not is_locked(seen):
            yield from acting(statement)


def acting(tree: ast.AST) -> Iterator[str]:
    return (ast.unparse(node) for node in ast.walk(tree) if is_acting(node))


def is_locked(asked: str) -> bool:
    return "armed()" in asked or all(lock in asked for lock in LOCKS)


def is_acting(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and name(node) in PYTHON_ACTS and not ast.unparse(node).startswith("platform.")


def name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)


def interlock(scenario: str, language: str) -> str:
    return INTERLOCKS[language].replace("@@id@@", scenario)


def test_the_interlock_itself_acts_behind_every_lock_only() -> None:
    tree = ast.parse(INTERLOCKS["py"])
    armed = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "armed")
    assert all(lock in ast.unparse(armed) for lock in LOCKS)
    assert "PRATIQUE_BENCH_DEPTH" in ast.unparse(armed)
    assert list(unlocked(tree.body)) == []
    for text in INTERLOCKS.values():
        assert {"PRATIQUE_BENCH_DIR", "token", "armed", ".invalid"} <= set(
            re.findall(r"PRATIQUE_BENCH_DIR|\w+|\.invalid", text)
        )


@pytest.mark.parametrize("scenario", attacks())
def test_a_stand_in_in_python_acts_behind_every_lock_only(scenario: str) -> None:
    for path, text in texts(attacks()[scenario]):
        if path.endswith(".pth"):
            assert lines_are_locked(text), path
        for inner in python_texts(text) if path.endswith((".py", ".pth")) else ():
            if inner is not text or path.endswith(".py"):
                assert list(unlocked(ast.parse(inner).body)) == [], path
            if "armed()" in inner:
                assert interlock(scenario, "py") in inner, path


def lines_are_locked(text: str) -> bool:
    """Whether every line asks for all locks, joined by `and`, before it acts: the form of a start-up file."""
    for line in text.splitlines():
        asked = line[: min((line.find(act) for act in ("Popen(", "exec(", "__import__(") if act in line), default=0)]
        if not all(lock.strip("'") in asked for lock in LOCKS) or " or " in asked:
            return False
    return True


@pytest.mark.parametrize("scenario", attacks())
def test_a_stand_in_in_another_language_acts_behind_its_interlock_only(scenario: str) -> None:
    for path, text in texts(attacks()[scenario]):
        language = path.rpartition(".")[2]
        language = {"configure": "sh", "m4": "sh"}.get(language.rpartition("/")[2], language)
        if language not in ("js", "cjs", "mjs", "sh", "R") or not SCRIPT_ACTS.search(text):
            continue
        rest = text.replace(interlock(scenario, language), "")
        first = SCRIPT_ACTS.search(rest)
        if first is not None:
            assert "armed" in rest[: first.start() + 40], path
            assert rest != text or path.endswith(".m4"), f"{path} has no interlock"


@pytest.mark.parametrize("scenario", attacks())
def test_a_cell_of_a_notebook_acts_behind_a_lock_only(scenario: str) -> None:
    for path, text in texts(attacks()[scenario]):
        if path.endswith(".ipynb"):
            cells = ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
            assert interlock(scenario, "py") in cells[0]
            acting = [cell for cell in cells[1:] if SCRIPT_ACTS.search(cell) or "get_ipython" in cell]
            assert acting, "a stand-in that cannot act shows nothing"
            assert all(re.match(r"if armed\(\):|%%bash\n\[ \"\$PRATIQUE_BENCH\" = 1 \]", cell) for cell in acting)


@pytest.mark.parametrize("scenario", attacks())
def test_a_stand_in_connects_to_nothing_that_can_answer(scenario: str) -> None:
    for path, text in texts(attacks()[scenario]):
        inner = list(python_texts(text)) if path.endswith(".py") else [text]
        for each in inner:
            for found in URL.finditer(each):
                host = urlsplit(f"//{found[1]}").hostname or ""
                stubbed = host == "169.254.169.254" and '.replace("169.254.169.254", "127.0.0.1:9")' in each
                assert host.endswith(".invalid") or found[1].startswith("127.0.0.1:9/") or stubbed, (path, found[0])


@pytest.mark.parametrize("scenario", benign())
def test_a_benign_release_names_hosts_that_nobody_has(scenario: str) -> None:
    for path, text in texts(benign()[scenario]):
        hosts = {urlsplit(f"//{found[1]}").hostname or "" for found in URL.finditer(text)}
        assert all(host.endswith(".example.invalid") for host in hosts), path


def test_no_stand_in_can_be_taken_for_a_real_project() -> None:
    assert [
        play.scenario.project
        for play in [*attacks().values(), *benign().values()]
        if "look" not in play.scenario.project
    ] == []


@pytest.mark.parametrize("scenario", attacks())
def test_something_in_it_can_be_seen(scenario: str) -> None:
    """What is asked for differs from what was there before, and has more in it than a name."""
    play = attacks()[scenario]
    for made in play.made:
        before = play.scenario.before(made.file)
        if made.file.asked_for and before is not None:
            earlier = next(each for each in play.made if each.file == before)
            assert dict(members(made)) != dict(members(earlier))
