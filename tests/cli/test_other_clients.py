"""What somebody types who does not know our verbs: other clients, and slips of the finger."""

import pytest
from click.testing import CliRunner

from pratique.cli.main import main
from pratique.cli.other_clients import BY_A_VERB, BY_THE_GATE, GATE, NOT_YET
from pratique.cli.verbs import VERBS
from pratique.settings import Settings


def said(name: str) -> str:
    done = CliRunner().invoke(main, [name, "install", "requests"])
    assert done.exit_code == 2
    case, way = done.stderr.splitlines()
    assert case.startswith("pratique: ")
    assert way.startswith("  do  ")
    return done.stderr


@pytest.mark.parametrize("name", sorted(BY_THE_GATE))
def test_a_client_without_a_verb_is_shown_the_way_through_a_gate_that_stands(name: str) -> None:
    told = said(name)
    assert "pratique serve" in told
    assert GATE in told


@pytest.mark.parametrize("name", sorted(BY_A_VERB))
def test_another_name_leads_to_its_verb(name: str) -> None:
    verb = BY_A_VERB[name].split()[1]
    assert verb in VERBS
    assert f"pratique {verb}" in said(name)


@pytest.mark.parametrize("name", sorted(NOT_YET))
def test_of_other_worlds_it_is_said_that_nobody_judges_them(name: str) -> None:
    assert "neither judged nor recorded" in said(name)


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_a_slip_of_the_finger_is_shown_the_verb_that_was_meant(verb: str) -> None:
    slip = verb[:2] + verb[3:] if len(verb) > 3 else verb + "p"
    assert f"did you mean: pratique {verb}" in said(slip)


def test_no_name_is_known_twice_and_the_gate_is_where_serve_listens() -> None:
    names = [*BY_THE_GATE, *BY_A_VERB, *NOT_YET, *VERBS]
    assert len(names) == len(set(names))
    server = Settings().server
    assert f"http://{server.host}:{server.port}/simple/" == GATE
