"""Whichever way a file is asked for, nothing is decided on evidence in which a question was passed over."""

from datetime import timedelta

from pratique.facts.evidence import Evidence
from pratique.facts.questions import QUESTIONS
from pratique.flow.gate.admit import admit
from pratique.flow.gate.inspect import inspect
from pratique.flow.gate.steer import steer
from pratique.flow.requester import FileRequest, Requester
from pratique.flow.world import World
from pratique.model.artifact import Ecosystem, ProjectName
from pratique.model.evidence import Tier, Unknown
from pratique.model.scope import Actor, ActorKind, Scope, ScopeName
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex

ME = Requester(Scope(ScopeName("workstation")), Actor(ActorKind.SERVICE, "ci"))
LLMLOOK = ProjectName("llmlook")


def passed_over(evidence: Evidence) -> list[str]:
    """What is asked of this kind at this tier, and has no answer."""
    asked = (each for each in QUESTIONS if Ecosystem.PYPI in each.kinds and each.tier <= evidence.tier)
    return [each.id for each in asked if each.of(evidence) is None]


async def test_every_file_of_a_page_and_every_one_that_left_it_has_an_answer_to_every_question(
    world: World, index: SimulatedIndex, clock: SimulatedClock
) -> None:
    await steer(world, LLMLOOK, ME)
    index.remove("llmlook-1.82.6-py3-none-any.whl", clock.now())
    clock.advance(timedelta(hours=1))
    known = (await steer(world, LLMLOOK, ME)).known
    assert len(known.entries) == 2
    assert [passed_over(each.evidence) for each in known.candidates.values()] == [[]] * 3
    assert {each.evidence.tier for each in known.candidates.values()} == {Tier.INDEX}


async def test_so_has_a_file_that_was_read_and_one_that_was_refused(world: World) -> None:
    known = (await steer(world, LLMLOOK, ME)).known
    tiers = set()
    for entry in known.entries.values():
        evidence = (await admit(world, FileRequest(ME, "public", entry.path))).file.evidence
        assert passed_over(evidence) == []
        tiers.add(evidence.tier)
    assert tiers == set(Tier)


async def test_so_has_a_release_that_is_looked_at(world: World) -> None:
    found = await inspect(world, "llmlook", "1.82.5", ME, look_inside=True)
    assert [passed_over(each.evidence) for each in found.files] == [[]]


async def test_so_has_a_file_whose_index_keeps_silent(world: World, index: SimulatedIndex) -> None:
    index.behaviour.silent = True
    asked = FileRequest(ME, "public", "/x/llmlook-1.82.5-py3-none-any.whl")
    evidence = (await admit(world, asked)).file.evidence
    assert passed_over(evidence) == []
    assert all(isinstance(each.of(evidence), Unknown) for each in QUESTIONS if each.tier is Tier.INDEX)
