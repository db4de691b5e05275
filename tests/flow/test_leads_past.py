"""What doctor decides: which of the things that a client is told lead it past the gate, and what no gate served."""

import pytest

from pratique.flow.doctor import State, came_in, led, unserved
from pratique.flow.gate.admit import admit
from pratique.flow.requester import FileRequest, Requester
from pratique.flow.world import World
from pratique.model.client_source import ClientSource, Told
from pratique.model.event import Requested
from pratique.model.installed import Installed
from pratique.model.scope import Actor, ActorKind, Scope, ScopeName

GATE = "http://127.0.0.1:8470/simple/"
OTHER = "https://ann:secret@index.example/simple/"


def source(url: str, told: Told = Told.INDEX, rank: int | None = 1, place: str = "pip.conf") -> ClientSource:
    return ClientSource("pip", told, url, place, 3 if place else 0, "index-url" if place else "PIP_INDEX_URL", rank)


def decided(*sources: ClientSource) -> list[tuple[State, str]]:
    return [(each.state, each.says) for each in led(["pip"], sources, lambda url: url == GATE)]


def test_a_client_that_nobody_told_anything_leads_past() -> None:
    (finding,) = led(["pip"], [], lambda url: url == GATE)
    assert (finding.state, finding.do) == (State.WRONG, "pratique setup pip")


def test_of_several_indexes_the_strongest_counts_and_the_others_are_nothing() -> None:
    assert decided(source(OTHER, rank=1), source(GATE, rank=2)) == [
        (State.FINE, "asks the gate: index-url in pip.conf:3")
    ]
    past = decided(source(OTHER, rank=9, place=""), source(GATE, rank=2))
    assert past == [(State.WRONG, "asks https://***@index.example/simple/: the variable PIP_INDEX_URL")]


@pytest.mark.parametrize("told", [Told.BESIDE, Told.DIRECT])
def test_what_stands_beside_the_gate_leads_past_it(told: Told) -> None:
    findings = decided(source(GATE), source(OTHER, told, None))
    assert [state for state, _ in findings] == [State.WRONG]
    assert "secret" not in findings[0][1]
    assert decided(source(GATE), source(GATE, told, None)) == [(State.FINE, "asks the gate: index-url in pip.conf:3")]


def test_a_client_without_an_index_of_its_own_is_said_beside_what_leads_it_elsewhere() -> None:
    assert [state for state, _ in decided(source(OTHER, Told.BESIDE, None))] == [State.WRONG, State.WRONG]


def test_an_index_for_one_file_of_a_project_stands_by_itself() -> None:
    assert decided(source(GATE), source(OTHER, rank=None)) == [
        (State.WRONG, "asks https://***@index.example/simple/: index-url in pip.conf:3")
    ]


def test_a_proxy_that_swallows_the_gate_is_said_without_its_password() -> None:
    proxy = ClientSource("", Told.PROXY, "http://u:secret@proxy.example:3128", "", 0, "HTTP_PROXY")
    assert decided(source(GATE), proxy)[1:] == [
        (
            State.WRONG,
            "what clients ask of the gate goes to the proxy http://***@proxy.example:3128: the variable HTTP_PROXY",
        )
    ]


async def test_only_what_was_handed_over_counts_as_served(world: World) -> None:
    requester = Requester(Scope(ScopeName("workstation")), Actor(ActorKind.HUMAN, "ann"))
    known = await world.pages.find(world.ecosystem.name("llmlook"))
    for version in ("1.82.6", "1.82.8"):
        filename = f"llmlook-{version}-py3-none-any.whl"
        what = Requested.FILE
        path = known.entries[filename].path
        await admit(world, FileRequest(requester, "public", path, what, lambda _digest, _size: True, ""))
    await admit(
        world,
        FileRequest(
            requester,
            "public",
            known.entries["llmlook-1.82.5-py3-none-any.whl"].path,
            Requested.METADATA,
            lambda _digest, _size: True,
            "",
        ),
    )
    installed = [
        Installed("LLMlook", "1.82.6"),
        Installed("llmlook", "1.82.8"),
        Installed("llmlook", "1.82.5"),
        Installed("pip", "23.2", bundled=True),
        Installed("mine", "1", origin="file:///mine"),
        Installed("odd", ""),
    ]
    assert [f"{each.name} {each.version}" for each in await unserved(world, installed)] == [
        "llmlook 1.82.8",
        "llmlook 1.82.5",
        "odd ",
    ]


def test_an_environment_is_told_in_one_sentence_however_much_is_in_it() -> None:
    many = [Installed(f"p{number}", "1") for number in range(20)]
    (finding,) = came_in("~/x/.venv", many, many)
    assert finding.state is State.WRONG
    assert finding.says.startswith("20 of 20 packages in ~/x/.venv were served by no gate of this record: p0 1, p1 1")
    assert finding.says.endswith(" and 12 more")
    fine, note = came_in("~/x/.venv", [*many, Installed("mine", "1", origin="file:///mine")], [])
    assert (fine.state, note.state) == (State.FINE, State.NOTE)
    assert "mine 1" in note.says
