"""A client is asked how it is configured: in the environment it will run in, and not for ever."""

import sys

import pytest

from pratique.adapters import clients
from pratique.adapters.clients import ask
from pratique.errors import Unavailable


def test_a_client_answers_in_the_environment_it_will_run_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_THE_WRAPPER", "1")
    code = "import os; print(os.environ.get('OF_THE_WRAPPER'), os.environ['GIVEN'])"
    assert ask([sys.executable, "-c", code], {"GIVEN": "2"}) == "None 2\n"


@pytest.mark.parametrize(
    "command",
    [
        ("/nonexistent/client",),
        (sys.executable, "-c", "print('half'); raise SystemExit(1)"),
        (sys.executable, "-c", "import time; time.sleep(20)"),
    ],
)
def test_a_client_that_is_not_there_fails_or_does_not_answer_is_named(
    monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr(clients, "QUESTION_SECONDS_MAX", 0.5)
    with pytest.raises(Unavailable) as silent:
        ask(command, {})
    assert str(silent.value).startswith(f"{command[0]} does not say how it is configured: ")
