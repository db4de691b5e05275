"""The golden ledger of format 1 verifies and replays, for ever: with other words, with new questions, with new conditions."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from pratique.adapters.store.memory import MemoryStore
from pratique.adapters.system import Ed25519Signer
from pratique.facts.questions import QUESTIONS
from pratique.flow.record.replay import Replayed, replay, replay_all
from pratique.flow.record.verify import verify
from pratique.model.artifact import Digest
from pratique.model.canonical import canonical, digest_of
from pratique.model.event import (
    AdvisoriesImported,
    AskedElsewhere,
    CameElsewhere,
    Decided,
    Event,
    KeyTold,
    Published,
    Requested,
    Stated,
    Withdrew,
    decode,
)
from pratique.ports import Store
from pratique.record import pratique_verify
from pratique.record.entry import Entry, entry_of, head_of, terms_of
from pratique.record.state import changes_of
from tests.record.test_replay import Changed, loading

GOLDEN = Path(__file__).parent / "golden"


def entries_of(bundle: bytes) -> list[bytes]:
    """The entries of a bundle, each behind its length in two bytes."""
    found = []
    while bundle:
        end = 2 + int.from_bytes(bundle[:2], "big")
        found.append(bundle[2:end])
        bundle = bundle[end:]
    return found


def documents_of(data: bytes) -> dict[Digest, bytes]:
    head = head_of(data)
    assert head is not None
    return {digest: (GOLDEN / "documents" / digest.removeprefix("sha256:")).read_bytes() for digest in head.documents}


def entries() -> list[bytes]:
    bundles = sorted((GOLDEN / "tile" / "entries").rglob("*"))
    return [entry for path in bundles if path.is_file() for entry in entries_of(path.read_bytes())]


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """The golden entries, byte for byte, in a store of today."""
    store = MemoryStore(Ed25519Signer.fresh("ledger.example/today"))
    for data in entries():
        head, documents = head_of(data), documents_of(data)
        assert head is not None
        entry = Entry(data, tuple(documents.items()), tuple(terms_of(head)))
        await store.commit([entry], changes_of(decode(data), documents))
    yield store
    await store.close()


async def replayed(store: Store) -> list[Replayed]:
    return [one async for one in replay_all(store)]


def test_it_verifies_by_its_key_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = shutil.copytree(GOLDEN, tmp_path / "log")
    assert pratique_verify.main([str(log), "--key", (GOLDEN / "key").read_text()]) == 0
    assert f"ledger.example/golden: {len(entries())} entries" in capsys.readouterr().out


ADDED_LATER = {AdvisoriesImported, AskedElsewhere, CameElsewhere, KeyTold, Published, Stated, Withdrew}
"""A golden ledger stays as it was made; what came to the format since has tests of its own."""


def test_it_has_every_kind_of_event_that_format_1_began_with() -> None:
    events = [decode(data) for data in entries()]
    assert {type(event) for event in events} == set(get_args(Event)) - ADDED_LATER
    assert {event.v for event in events} == {1}
    decisions = [event for event in events if isinstance(event, Decided)]
    assert {event.requested for event in decisions} >= {Requested.FILE, Requested.PAGE}
    assert {event.verdict.name for event in decisions} == {"ALLOW", "HOLD"}
    assert any(event.used for event in decisions)


async def test_what_it_put_in_force_is_what_it_puts_in_force_today(store: Store) -> None:
    for data in entries():
        assert canonical(msgspec.json.decode(data)) == data
    key = store._signer.verifier_key  # type: ignore[attr-defined]  # noqa: SLF001 - of this test's own store
    damage = (await verify(store, key)).damage
    assert all("leads to nobody" in one.message for one in damage), "the salts were left where it was written"


async def test_every_decision_is_made_again(store: Store) -> None:
    again = await replayed(store)
    assert len(again) > 5
    assert {one.differences for one in again} == {()}


@pytest.mark.parametrize(
    "change", [Changed(reworded=True), Changed(more=True)], ids=["other words", "a condition more"]
)
async def test_what_an_engine_says_otherwise_or_asks_beside_leaves_it_so(
    store: Store, change: Changed, monkeypatch: pytest.MonkeyPatch
) -> None:
    loading(change, monkeypatch)
    assert {one.differences for one in await replayed(store)} == {()}


@pytest.mark.parametrize("question", ["provenance", "security_fix"])
async def test_a_question_that_did_not_exist_when_an_entry_was_written_leaves_it_so(
    store: Store, question: str
) -> None:
    assert question in {each.id for each in QUESTIONS}
    count = 0
    for one in await replayed(store):
        evidence = msgspec.json.decode(await store.document(one.recorded.evidence))
        evidence["answers"].pop(question, None)
        body = canonical(evidence)
        before = msgspec.structs.replace(one.recorded, evidence=digest_of(body))
        policy, waivers = await store.document(before.policy), await store.document(before.waivers)
        documents = {before.evidence: body, before.policy: policy, before.waivers: waivers}
        index = await store.commit([entry_of(before, documents)])
        again = await replay(store, index)
        assert again.differences == ()
        count += 1
    assert count > 5
