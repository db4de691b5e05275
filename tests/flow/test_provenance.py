"""Attestations at the gate: the four variants of one release, and what is refused before its bytes are fetched.

The attestations are real ones, of a Sigstore of the tests' own whose trusted root the settings name.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography import x509

from pratique.app import open_world
from pratique.facts.questions.provenance import PROVENANCE, Break, Continuity, Provenance
from pratique.flow.gate.admit import Admission, admit
from pratique.flow.gate.steer import steer
from pratique.flow.record.replay import replay_all
from pratique.flow.requester import FileRequest, Requester
from pratique.flow.world import World
from pratique.model.artifact import ProjectName
from pratique.model.decision import Verdict
from pratique.model.evidence import Unknown
from pratique.model.scope import Actor, ActorKind, Scope, ScopeName
from pratique.settings import AttestationOptions, Settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import HostedFile, SimulatedIndex, SimulatedUpstream
from pratique.simulators.wheels import wheel
from tests.adapters.attestations.forge import CLAIMS, Forge, Recipe
from tests.conftest import DAY, NOW

PROJECT = ProjectName("calclook")
REQUESTER = Requester(Scope(ScopeName("workstation")), Actor(ActorKind.HUMAN, "ann"))
WORKFLOW = "https://github.com/{repository}/.github/workflows/{workflow}@{ref}"


@pytest.fixture(scope="module")
def forge() -> Forge:
    return Forge()


@pytest.fixture
async def gate(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex, forge: Forge, tmp_path: Path
) -> AsyncIterator[World]:
    root = tmp_path / "trusted_root.json"
    root.write_bytes(forge.trusted_root())
    own = msgspec.structs.replace(settings, attestations=AttestationOptions(trusted_root=str(root)))
    async with open_world(own, clock=clock, upstreams={"public": SimulatedUpstream("public", index)}) as world:
        yield world


def publish(index: SimulatedIndex, version: str, age: timedelta) -> HostedFile:
    return index.add("calclook", wheel("calclook", version, {"calclook/__init__.py": "VERSION = 1\n"}), NOW - age)


def attest(forge: Forge, file: HostedFile, version: str, *, of: str = "", **changed: str) -> None:
    """Attest a file as its project's workflow does, or with something changed. `of` is the digest of another file."""
    said = {
        "repository": "ann/calc",
        "workflow": "release.yml",
        "ref": f"refs/tags/v{version}",
        "owner": "2002",
        **changed,
    }
    uri = WORKFLOW.format(**said)
    repository = f"https://github.com/{said['repository']}"
    claims: Mapping[int, str] = {
        **CLAIMS,
        9: uri,
        12: repository,
        14: said["ref"],
        15: said.get("id", "1001"),
        17: said["owner"],
        18: uri,
        20: said.get("trigger", "release"),
        21: f"{repository}/actions/runs/1/attempts/1",
    }
    digest = of or hashlib.sha256(file.data).hexdigest()
    recipe = Recipe(
        claims=claims,
        names=(x509.UniformResourceIdentifier(uri),),
        subjects=({"name": file.filename, "digest": {"sha256": digest}},),
    )
    publisher = {"kind": "GitHub", "repository": said["repository"], "workflow": said["workflow"]}
    file.provenance = json.dumps(forge.pypi(recipe, publisher=publisher)).encode()


async def take(world: World, version: str) -> Admission:
    entry = (await world.pages.find(PROJECT)).entries[f"calclook-{version}-py3-none-any.whl"]
    return await admit(world, FileRequest(REQUESTER, "public", entry.path))


def provenance(admission: Admission) -> Provenance:
    answer = PROVENANCE.of(admission.judged.evidence)
    assert isinstance(answer, Provenance), answer
    return answer


@pytest.fixture
def two(index: SimulatedIndex, forge: Forge) -> HostedFile:
    """A project that attests; its second release, of 20 days ago, is for the test to attest."""
    attest(forge, publish(index, "1.0", 300 * DAY), "1.0")
    return publish(index, "1.1", 20 * DAY)


async def test_attested_by_the_usual_publisher_comes_in_and_is_scanned_all_the_same(
    gate: World, forge: Forge, two: HostedFile
) -> None:
    attest(forge, two, "1.1")
    found = await take(gate, "1.1")
    answer = provenance(found)
    assert (answer.continuity, answer.breaks, answer.verified) == (Continuity.CONTINUOUS, (), True)
    assert (answer.publisher, answer.compared) == ("ann/calc (.github/workflows/release.yml)", "1.0")
    assert not found.refused
    assert found.judged.evidence.scan is not None


@pytest.mark.parametrize(
    ("changed", "what", "verdict"),
    [
        ({"workflow": "other.yml"}, Break.WORKFLOW, Verdict.HOLD),
        ({"ref": "refs/heads/main"}, Break.REF, Verdict.HOLD),
        ({"ref": "refs/tags/v1.0"}, Break.REF, Verdict.HOLD),
        ({"trigger": "workflow_dispatch"}, Break.TRIGGER, Verdict.HOLD),
        ({"owner": "6"}, Break.OWNER, Verdict.DENY),
        ({"repository": "eve/calc", "id": "5", "owner": "6"}, Break.REPOSITORY, Verdict.DENY),
        ({"repository": "ann/renamed"}, Break.RENAMED, Verdict.ALLOW),
    ],
)
async def test_attested_by_another_ref_workflow_or_event_is_not_the_same(
    gate: World,
    forge: Forge,
    two: HostedFile,
    changed: dict[str, str],
    what: Break,
    verdict: Verdict,
) -> None:
    attest(forge, two, "1.1", **changed)
    found = await take(gate, "1.1")
    assert what in provenance(found).breaks
    assert found.judged.decision.verdict is verdict
    if verdict is not Verdict.ALLOW:
        assert found.judged.decision.strictest.condition == "provenance"
        assert found.file.blob is None


async def test_not_attested_although_earlier_ones_were_is_passed_over_on_the_page_and_refused(
    gate: World, two: HostedFile
) -> None:
    assert two.provenance is None
    page = await steer(gate, PROJECT, REQUESTER)
    assert list(page.held) == [two.filename]
    found = await take(gate, "1.1")
    assert (found.judged.decision.verdict, provenance(found).breaks) == (Verdict.DENY, (Break.UNATTESTED,))
    assert found.judged.alternative == "1.0"
    assert found.file.blob is None


async def test_never_attested_is_no_alarm(gate: World, index: SimulatedIndex) -> None:
    publish(index, "1.0", 300 * DAY)
    publish(index, "1.1", 20 * DAY)
    found = await take(gate, "1.1")
    assert (found.refused, provenance(found).continuity) == (False, Continuity.NEVER_ATTESTED)


async def test_the_first_attested_release_is_no_change_of_identity(
    gate: World, forge: Forge, index: SimulatedIndex
) -> None:
    publish(index, "1.0", 300 * DAY)
    attest(forge, publish(index, "1.1", 20 * DAY), "1.1")
    found = await take(gate, "1.1")
    assert (found.refused, provenance(found).verified, provenance(found).compared) == (False, True, "")


async def test_an_attestation_of_another_file_is_denied_and_nobody_may_waive_it(
    gate: World, forge: Forge, two: HostedFile
) -> None:
    attest(forge, two, "1.1", of="0" * 64)
    decision = (await take(gate, "1.1")).judged.decision
    assert (decision.verdict, decision.strictest.rule) == (Verdict.DENY, "rejected")
    assert decision.strictest.remedy is not None
    assert decision.strictest.remedy.ask == ""
    assert "subject-digest" in decision.strictest.why


async def test_keys_that_did_not_sign_it_verify_nothing(gate: World, two: HostedFile) -> None:
    attest(Forge(), two, "1.1")
    assert provenance(await take(gate, "1.1")).breaks == (Break.REJECTED,)


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000])
async def test_a_document_that_is_none_is_rejected(gate: World, two: HostedFile, document: bytes) -> None:
    two.provenance = document
    assert provenance(await take(gate, "1.1")).breaks == (Break.REJECTED,)


async def test_one_before_that_cannot_be_read_holds_what_comes_after(
    gate: World, forge: Forge, two: HostedFile, index: SimulatedIndex
) -> None:
    attest(forge, two, "1.1")
    index.files["calclook-1.0-py3-none-any.whl"].provenance = b"{}"
    found = await take(gate, "1.1")
    assert (provenance(found).breaks, provenance(found).verified) == ((Break.UNREAD,), True)
    assert found.judged.decision.verdict is Verdict.HOLD


async def test_an_index_that_does_not_say_so_leaves_it_unknown(
    gate: World, two: HostedFile, index: SimulatedIndex
) -> None:
    index.behaviour.tells_provenance = False
    found = await take(gate, "1.1")
    assert two.provenance is None
    assert isinstance(found.judged.evidence.provenance, Unknown)
    assert not found.refused


async def test_what_was_decided_by_it_is_decided_again_from_the_record(
    gate: World, forge: Forge, two: HostedFile
) -> None:
    attest(forge, two, "1.1", workflow="other.yml")
    await take(gate, "1.1")
    await take(gate, "1.0")
    replayed = [each async for each in replay_all(gate.store)]
    assert len(replayed) >= 2
    assert not any(each.differences for each in replayed)
