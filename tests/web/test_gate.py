"""The gate over real HTTP, in front of a simulated index."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp
import msgspec
import pytest
from aiohttp import test_utils, web

from pratique.app import open_world
from pratique.errors import NotFound
from pratique.flow.people.tokens import issue
from pratique.flow.record.lookup import recall
from pratique.flow.record.replay import replay
from pratique.flow.single_flight import SingleFlight
from pratique.flow.world import World
from pratique.model.artifact import Digest
from pratique.model.canonical import digest_of
from pratique.model.event import Decided, Steered, decode
from pratique.model.scope import Actor, ActorKind, ScopeName
from pratique.ports import Stream
from pratique.settings import ServerOptions, Settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream
from pratique.simulators.wheels import metadata, wheel
from pratique.web.gate import application, file_request
from pratique.web.serve import running
from tests.conftest import DAY, NOW

JSON = "application/vnd.pypi.simple.v1+json"
HELD = "llmlook-1.82.8-py3-none-any.whl"
GOOD = "llmlook-1.82.6-py3-none-any.whl"
SENTENCE = (
    "Pratique held llmlook 1.82.8: published 6 hours ago; new releases wait 3 days here. Use 1.82.6. pratique explain "
)
LOCAL = Actor(ActorKind.HUMAN, "annabel.quarrington")


class Client:
    """A client of one gate."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url

    async def ask(self, path: str, *, method: str = "GET", **headers: str) -> aiohttp.ClientResponse:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        response = await self.session.request(method, self.url + path, headers=fields, allow_redirects=False)
        await response.read()
        return response

    async def page(self, project: str, prefix: str = "", **headers: str) -> dict[str, dict[str, object]]:
        response = await self.ask(f"{prefix}/simple/{project}/", Accept=JSON, **headers)
        assert response.status == 200, await response.text()
        told = (await response.json(content_type=JSON))["files"]
        return {file["filename"]: {"yanked": False, "requires-python": None, **file} for file in told}

    async def path(self, project: str, filename: str, prefix: str = "") -> str:
        files = await self.page(project, prefix)
        return f"{prefix}/" + str(files[filename]["url"]).removeprefix("../../")


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    async with running(world, "127.0.0.1", 0, LOCAL) as url, aiohttp.ClientSession() as session:
        yield Client(session, url)


async def decisions(world: World) -> list[Decided]:
    events = [decode(entry) for entry in await world.store.entries(0, await world.store.size())]
    return [event for event in events if isinstance(event, Decided)]


async def test_a_held_file_stays_listed_and_is_yanked_with_the_reason(client: Client) -> None:
    files = await client.page("llmlook", User_Agent="uv/0.13")
    assert files[GOOD]["yanked"] is False
    assert str(files[HELD]["yanked"]).startswith(SENTENCE)
    assert files[HELD]["requires-python"] is None


async def test_only_pip_is_told_in_requires_python_too(client: Client) -> None:
    for agent, told in (("pip/26.3 {}", True), ("poetry/2.5.1", False), ("Mozilla pip/", False)):
        requires = (await client.page("llmlook", User_Agent=agent))[HELD]["requires-python"]
        assert (requires is not None) is told, agent
    requires_python_note = str((await client.page("llmlook", User_Agent="pip/26.3"))[HELD]["requires-python"])
    assert requires_python_note.startswith(
        "===Pratique-held:published-6-hours-ago-new-releases-wait-3-days-here:use-1.82.6:"
    )
    assert " " not in requires_python_note


async def test_json_and_html_say_the_same(client: Client) -> None:
    page = await client.ask("/simple/llmlook/", Accept="text/html", User_Agent="uv/1")
    text = await page.text()
    assert page.content_type == "text/html"
    for filename, file in (await client.page("llmlook", User_Agent="uv/1")).items():
        hashes = file["hashes"]
        assert isinstance(hashes, dict)
        assert f'href="{file["url"]}#sha256={hashes["sha256"]}"' in text
        assert f">{filename}</a>" in text
    assert text.count("data-yanked") == 1
    assert text.count("data-core-metadata") == text.count("data-dist-info-metadata") == 3


async def test_the_json_page_has_sizes_times_and_versions(client: Client) -> None:
    response = await client.ask("/simple/llmlook/", Accept=JSON)
    page = json.loads(await response.read())
    assert page["meta"]["api-version"] == "1.4"
    assert page["versions"] == ["1.82.5", "1.82.6", "1.82.8"]
    assert all(file["size"] > 0 and file["upload-time"].endswith("Z") for file in page["files"])


async def test_the_media_type_is_negotiated(client: Client) -> None:
    wanted = {"*/*": "text/html", JSON: JSON, f"text/html;q=0.1, {JSON};q=0.9": JSON}
    for accept, given in wanted.items():
        assert (await client.ask("/simple/llmlook/", Accept=accept)).content_type == given
    assert (await client.ask("/simple/llmlook/", Accept="application/xml")).status == 406


async def test_other_spellings_are_sent_to_the_normal_name(client: Client) -> None:
    response = await client.ask("/simple/LLMlook")
    assert (response.status, response.headers["Location"]) == (301, "llmlook/")
    response = await client.ask("/simple/LLM_look/")
    assert (response.status, response.headers["Location"]) == (301, "../llm-look/")


async def test_a_page_that_did_not_change_is_not_sent_again(client: Client) -> None:
    first = await client.ask("/simple/llmlook/", Accept=JSON)
    assert first.headers["Cache-Control"] == "no-cache"
    again = await client.ask("/simple/llmlook/", Accept=JSON, If_None_Match=first.headers["ETag"])
    assert again.status == 304


async def test_an_allowed_file_comes_whole_in_part_and_not_twice(client: Client, index: SimulatedIndex) -> None:
    path, data = await client.path("llmlook", GOOD), index.files[GOOD].data
    whole = await client.ask(path)
    assert (whole.status, await whole.read()) == (200, data)
    head = await client.ask(path, method="HEAD")
    assert (head.status, head.headers["Content-Length"]) == (200, str(len(data)))
    part = await client.ask(path, Range="bytes=10-19")
    assert (part.status, await part.read()) == (206, data[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(data)}"
    assert (await (await client.ask(path, Range="bytes=-5")).read()) == data[-5:]
    assert (await client.ask(path, Range=f"bytes={len(data)}-")).status == 416
    assert (await client.ask(path, If_None_Match=whole.headers["ETag"])).status == 304


async def test_a_held_file_is_refused_in_every_channel(client: Client, world: World) -> None:
    path = await client.path("llmlook", HELD)
    head, got = await client.ask(path, method="HEAD"), await client.ask(path)
    for response in (head, got):
        assert response.status == 403
        assert response.reason is not None
        assert response.reason.startswith(SENTENCE)
        assert response.headers["X-Error-Message"] == response.reason
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.headers["Cache-Control"] == "no-store"
    body = json.loads(await (await client.ask(path)).read())
    assert body["title"] == "Pratique cooldown"
    assert body["pratique"]["use"]["purl"] == "pkg:pypi/llmlook@1.82.6"
    identity = got.headers["X-Pratique-Decision-Id"]
    assert (await recall(world, identity)).id == identity


async def test_metadata_of_a_held_file_is_refused_and_of_another_is_made_from_the_wheel(client: Client) -> None:
    held = await client.ask(await client.path("llmlook", HELD) + ".metadata")
    assert held.status == 403
    good = await client.ask(await client.path("llmlook", GOOD) + ".metadata")
    assert b"Name: llmlook\nVersion: 1.82.6" in await good.read()


def changed(metadata: bytes) -> bytes:
    return metadata.replace(b"\n\n", b"\nRequires-Dist: evillook\n\n")


@pytest.fixture
def announced(index: SimulatedIndex) -> bytes:
    """The metadata that the index announces, with their digest, for the good release."""
    index.files[GOOD].core_metadata = content = metadata("llmlook", "1.82.6")
    return content


async def test_metadata_other_than_announced_are_not_passed_on(
    client: Client, index: SimulatedIndex, announced: bytes
) -> None:
    path = await client.path("llmlook", GOOD) + ".metadata"
    index.files[GOOD].core_metadata = changed(announced)
    assert (await client.ask(path)).status == 424
    index.files[GOOD].core_metadata = announced
    assert await (await client.ask(path)).read() == announced


async def test_announced_metadata_are_fetched_once_and_the_file_is_not(
    client: Client, index: SimulatedIndex, announced: bytes, world: World
) -> None:
    path = await client.path("llmlook", GOOD) + ".metadata"
    answers = await asyncio.gather(*(client.ask(path, User_Agent=f"uv/{each}") for each in range(8)))
    assert [await answer.read() for answer in answers] == [announced] * 8
    assert [url for url in index.fetched if url.endswith(".metadata")] == [index.files[GOOD].path + ".metadata"]
    assert index.files[GOOD].path not in index.fetched
    with pytest.raises(NotFound):
        await world.blobs.size(digest_of(index.files[GOOD].data))


@pytest.mark.parametrize(
    "wrong",
    [
        b"Name: llmlook\nVersion: 1.82.7\n\n",
        b"Name: evillook\nVersion: 1.82.6\n\n",
        b"Name: llmlook\nName: evillook\nVersion: 1.82.6\n\n",
        b"Version: 1.82.6\n\n",
        b"\nName: llmlook\nVersion: 1.82.6\n",
        b"\xff\xfe",
        b"<html>",
        b"",
    ],
)
async def test_metadata_of_something_else_are_not_passed_on_even_with_their_digest(
    client: Client, index: SimulatedIndex, wrong: bytes
) -> None:
    index.files[GOOD].core_metadata = wrong
    assert (await client.ask(await client.path("llmlook", GOOD) + ".metadata")).status == 424


async def test_metadata_without_a_digest_are_those_of_the_wheel_that_was_let_in(
    client: Client, index: SimulatedIndex
) -> None:
    index.files[GOOD].core_metadata = changed(metadata("llmlook", "1.82.6"))
    index.behaviour.announces_metadata = False
    path = await client.path("llmlook", GOOD) + ".metadata"
    for _ in range(2):
        assert b"evillook" not in await (await client.ask(path)).read()
    assert index.fetched == [index.files[GOOD].path]


async def test_metadata_of_a_wheel_with_other_bytes_than_listed_are_refused_as_the_wheel_is(
    client: Client, index: SimulatedIndex
) -> None:
    index.files[GOOD].claimed_sha256 = hashlib.sha256(b"something else").hexdigest()
    path = await client.path("llmlook", GOOD)
    for each in (path + ".metadata", path):
        response = await client.ask(each)
        assert response.status == 403
        assert "do not have the SHA-256 that the index states" in str(response.reason)


async def test_announced_metadata_of_a_source_distribution_are_served(client: Client, index: SimulatedIndex) -> None:
    index.files["sdlook-1.0.tar.gz"].core_metadata = metadata("sdlook", "1.0")
    path = await client.path("sdlook", "sdlook-1.0.tar.gz") + ".metadata"
    assert await (await client.ask(path)).read() == metadata("sdlook", "1.0")


async def test_a_source_distribution_without_metadata_is_not_fetched_for_them(
    client: Client, index: SimulatedIndex
) -> None:
    assert (await client.ask(await client.path("sdlook", "sdlook-1.0.tar.gz") + ".metadata")).status == 404
    assert index.fetched == []


async def test_a_scope_is_named_by_the_prefix(client: Client, clock: SimulatedClock) -> None:
    clock.advance(4 * DAY)
    assert (await client.page("llmlook"))[HELD]["yanked"] is False
    assert (await client.page("llmlook", "/ci"))[HELD]["yanked"]
    assert (await client.ask(await client.path("llmlook", HELD, "/ci"))).status == 403
    response = await client.ask("/nowhere/simple/llmlook/")
    assert response.status == 400
    assert "workstation, ci, server" in str(response.reason)


async def test_a_token_settles_the_scope(client: Client, world: World, clock: SimulatedClock) -> None:
    clock.advance(4 * DAY)
    await issue(world, "secret", "farm", ScopeName("ci"), ActorKind.SERVICE, clock.now() + DAY, LOCAL)
    bearer = {"Authorization": "Bearer secret"}
    assert (await client.page("llmlook", **bearer))[HELD]["yanked"]
    assert (await client.ask("/workstation/simple/llmlook/", **bearer)).status == 400
    assert (await client.ask("/simple/llmlook/", Authorization="Bearer guess")).status == 401
    clock.advance(2 * DAY)
    assert (await client.ask("/simple/llmlook/", **bearer)).status == 401


async def test_without_a_token_nothing_is_said_where_one_is_required(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex
) -> None:
    strict = msgspec.structs.replace(settings, server=ServerOptions(tokens_required=True))
    upstreams = {"public": SimulatedUpstream("public", index)}
    async with (
        open_world(strict, clock=clock, upstreams=upstreams) as world,
        running(world, "127.0.0.1", 0, LOCAL) as url,
        aiohttp.ClientSession() as session,
    ):
        client = Client(session, url)
        for path in ("/simple/llmlook/", "/d/00000000", "/pypi/llmlook/1.82.6/json", "/files/public/x/" + GOOD):
            response = await client.ask(path)
            assert response.status == 401, path
            assert response.headers["WWW-Authenticate"].startswith("Basic")
        assert json.loads(await (await client.ask("/-/health")).read()) == {"status": "ok"}
        assert (await client.ask("/-/health", Authorization="Bearer guess")).status == 401
        await issue(world, "secret", "farm", ScopeName("ci"), ActorKind.SERVICE, clock.now() + DAY, LOCAL)
        assert (await client.ask("/d/00000000", Authorization="Bearer secret")).status == 404
        told = json.loads(await (await client.ask("/-/health", Authorization="Bearer secret")).read())
        assert told == {"status": "ok", "ledger": "ok", "indexes": {}}


async def test_what_vanished_from_the_index_is_refused_from_our_own_copy(
    client: Client, clock: SimulatedClock, index: SimulatedIndex
) -> None:
    path = await client.path("llmlook", GOOD)
    assert (await client.ask(path)).status == 200
    index.remove(GOOD, clock.now() + DAY)
    clock.advance(2 * DAY)
    response = await client.ask(path)
    assert response.status == 403
    assert "no longer listed by its index" in str(response.reason)


async def test_a_project_in_quarantine_is_refused(client: Client, clock: SimulatedClock, index: SimulatedIndex) -> None:
    path = await client.path("llmlook", GOOD)
    index.quarantine("llmlook", clock.now() + DAY, "malware")
    clock.advance(2 * DAY)
    assert (await client.ask(path)).status == 403
    assert (await client.page("llmlook")) == {}


async def test_other_bytes_under_a_known_name_are_refused(
    client: Client, clock: SimulatedClock, index: SimulatedIndex
) -> None:
    path = await client.path("llmlook", GOOD)
    index.change_bytes(GOOD, wheel("llmlook", "1.82.6", {"llmlook/__init__.py": "changed = 1\n"})[1])
    clock.advance(DAY)
    response = await client.ask(path)
    assert response.status == 403
    assert "another SHA-256 than when this file was first seen" in str(response.reason)


async def test_bytes_without_the_stated_digest_are_refused_and_not_kept(
    client: Client, index: SimulatedIndex, world: World
) -> None:
    index.files[GOOD].claimed_sha256 = hashlib.sha256(b"something else").hexdigest()
    response = await client.ask(await client.path("llmlook", GOOD))
    assert response.status == 403
    assert "do not have the SHA-256 that the index states" in str(response.reason)
    with pytest.raises(NotFound):
        await world.blobs.size(digest_of(index.files[GOOD].data))


async def test_the_first_bytes_of_a_file_without_a_digest_count_from_then_on(
    client: Client, index: SimulatedIndex, world: World
) -> None:
    index.behaviour.drops_hashes = True
    path, first = await client.path("llmlook", GOOD), index.files[GOOD].data
    assert await (await client.ask(path)).read() == first
    index.change_bytes(GOOD, wheel("llmlook", "1.82.6", {"llmlook/__init__.py": "changed = 1\n"})[1])
    assert await (await client.ask(path)).read() == first, "from our own copy"
    await world.blobs.remove(digest_of(first))
    for _ in range(2):
        response = await client.ask(path)
        assert response.status == 403
        assert "differ from those first seen under this file name" in str(response.reason)


class Waiting(SimulatedUpstream):
    """An index that sends a file only when it is told to."""

    def __init__(self, name: str, index: SimulatedIndex) -> None:
        super().__init__(name, index)
        self.asked, self.sends = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def open(self, url: str, *, bytes_max: int) -> AsyncIterator[Stream]:
        self.asked.set()
        await self.sends.wait()
        async with super().open(url, bytes_max=bytes_max) as stream:
            yield stream


async def test_of_two_who_fetch_at_once_the_one_with_later_bytes_is_refused(
    client: Client, world: World, index: SimulatedIndex
) -> None:
    index.behaviour.drops_hashes = True
    path, data = await client.path("llmlook", GOOD), index.files[GOOD].data
    waiting = Waiting("public", index)
    beside = replace(world, upstreams={"public": waiting}, fetching=SingleFlight())
    async with running(beside, "127.0.0.1", 0, LOCAL) as url:
        late = asyncio.create_task(Client(client.session, url).ask(path))
        await waiting.asked.wait()
        assert (await client.ask(path)).status == 200
        index.change_bytes(GOOD, data[:-1] + bytes([data[-1] ^ 1]))
        waiting.sends.set()
        assert (await late).status == 403
        assert "differ from those first seen under this file name" in str((await late).reason)


async def test_a_file_that_came_empty_or_short_is_not_remembered(client: Client, index: SimulatedIndex) -> None:
    index.behaviour.drops_hashes = True
    path, whole = await client.path("llmlook", GOOD), index.files[GOOD].data
    for broken in (b"", whole[:-1]):
        index.behaviour.file_body = broken
        response = await client.ask(path)
        assert (response.status, "sent" in str(response.reason)) == (403, True)
    index.behaviour.file_body = None
    assert await (await client.ask(path)).read() == whole


async def test_a_file_is_served_at_its_own_path_and_from_its_own_index_only(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex
) -> None:
    internal = SimulatedIndex(clock)
    internal.add("ownlook", wheel("ownlook", "1.0"), NOW - 400 * DAY)
    upstreams = {
        "internal": SimulatedUpstream("internal", internal),
        "public": SimulatedUpstream("public", index),
    }
    async with (
        open_world(settings, clock=clock, upstreams=upstreams) as world,
        running(world, "127.0.0.1", 0, LOCAL) as url,
        aiohttp.ClientSession() as session,
    ):
        client = Client(session, url)
        path = await client.path("llmlook", GOOD)
        for suffix in ("", ".metadata"):
            elsewhere = await client.ask(path.replace("/files/public/", "/files/internal/") + suffix)
            assert elsewhere.status == 404
            assert "is served by the index public, not by internal" in str(elsewhere.reason)
            moved = await client.ask(path.replace("/packages/", "/packages/00/") + suffix)
            assert moved.status == 404
            assert "at another path" in str(moved.reason)
        assert (await client.ask(path)).status == 200


async def test_a_file_that_moved_since_it_was_seen_is_refused_at_its_old_path(
    client: Client, clock: SimulatedClock, index: SimulatedIndex
) -> None:
    path = await client.path("llmlook", GOOD)
    index.behaviour.moves_files = "/elsewhere"
    clock.advance(DAY)
    moved = await client.path("llmlook", GOOD)
    assert moved != path
    assert (await client.ask(moved)).status == 200
    old = await client.ask(path)
    assert old.status == 403
    assert "lists another file under this name" in str(old.reason)


async def test_a_file_that_was_never_listed_is_not_found(client: Client) -> None:
    response = await client.ask("/files/public/packages/00/llmlook-9.9-py3-none-any.whl")
    assert response.status == 404
    assert (await client.ask("/files/public/packages/evil.sh")).status == 400
    assert (await client.ask("/files/elsewhere/x/" + GOOD)).status == 404
    assert (await client.ask("/simple/nothinglook/")).status == 404


async def test_an_index_that_keeps_silent_holds_files_and_says_so(
    client: Client, clock: SimulatedClock, index: SimulatedIndex
) -> None:
    path = await client.path("llmlook", GOOD)
    index.behaviour.silent = True
    clock.advance(DAY)
    assert (await client.ask("/simple/llmlook/")).status == 424
    response = await client.ask(path)
    assert response.status == 403
    assert "not known" in str(response.reason)


async def test_a_download_that_breaks_off_is_held_and_nothing_is_kept(client: Client, index: SimulatedIndex) -> None:
    path = await client.path("llmlook", GOOD)
    index.behaviour.breaks_off_after_bytes = 100
    response = await client.ask(path)
    assert (response.status, "broke off" in str(response.reason)) == (403, True)
    index.behaviour.breaks_off_after_bytes = None
    assert (await client.ask(path)).status == 200


async def test_no_upload_time_is_held(client: Client, index: SimulatedIndex) -> None:
    index.behaviour.drops_upload_time = True
    assert all(file["yanked"] for file in (await client.page("llmlook")).values())


async def test_a_page_that_lies_is_not_passed_on(client: Client, index: SimulatedIndex) -> None:
    for body in (
        b"{",
        b'{"name": "other", "files": []}',
        b'{"name":"llmlook","files":[],"meta":{"api-version":"2.0"}}',
    ):
        index.behaviour.body = body
        response = await client.ask("/simple/llmlook/", Accept=JSON)
        assert response.status == 400


async def test_nothing_is_served_that_could_not_be_recorded(client: Client, world: World) -> None:
    path = await client.path("llmlook", GOOD)
    await world.store.close()
    response = await client.ask(path)
    assert response.status == 424
    assert "ledger" in str(response.reason)


async def test_every_answer_is_recorded_once_and_replays(client: Client, world: World) -> None:
    await client.ask(await client.path("llmlook", HELD))
    await client.ask(await client.path("llmlook", GOOD))
    await client.ask(await client.path("llmlook", GOOD))
    recorded = [(event.requested, event.verdict.name) for event in await decisions(world)]
    assert recorded == [("page", "HOLD"), ("file", "HOLD"), ("file", "ALLOW"), ("file", "ALLOW")]
    events = [decode(entry) for entry in await world.store.entries(0, await world.store.size())]
    assert sum(isinstance(event, Steered) for event in events) == 1
    for place, event in enumerate(events):
        if isinstance(event, Decided):
            assert (await replay(world.store, place)).differences == ()


async def test_people_are_recorded_by_pseudonyms(client: Client, world: World) -> None:
    await client.ask(await client.path("llmlook", GOOD))
    entries = b"".join(await world.store.entries(0, await world.store.size()))
    assert b"annabel" not in entries


async def test_a_decision_has_a_page(client: Client) -> None:
    refused = await client.ask(await client.path("llmlook", HELD))
    page = await client.ask(f"/d/{refused.headers['X-Pratique-Decision-Id']}")
    assert page.status == 200
    assert "held: llmlook 1.82.8" in await page.text()
    assert (await client.ask("/d/0000000000000000")).status == 404


async def test_uploads_and_the_list_of_everything_are_not_for_this_gate(client: Client) -> None:
    assert (await client.ask("/legacy/", method="POST")).status == 403
    assert (await client.ask("/simple/")).status == 404
    health = await client.ask("/-/health")
    assert (health.status, health.headers["Server"]) == (200, "pratique")


async def test_an_observing_scope_lets_through_and_records_what_it_would_have_done(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex
) -> None:
    policy = Path(settings.home).parent / "policy.toml"
    policy.write_text('[scopes]\nworkstation = { mode = "observe" }\n[cooldown]\nworkstation = "3 days"\n')
    watching = msgspec.structs.replace(settings, policy=str(policy))
    upstreams = {"public": SimulatedUpstream("public", index)}
    async with (
        open_world(watching, clock=clock, upstreams=upstreams) as world,
        running(world, "127.0.0.1", 0, LOCAL) as url,
        aiohttp.ClientSession() as session,
    ):
        client = Client(session, url)
        assert (await client.page("llmlook"))[HELD]["yanked"] is False
        assert (await client.ask(await client.path("llmlook", HELD))).status == 200
        last = (await decisions(world))[-1]
        assert (last.verdict.name, last.enforced.name) == ("HOLD", "ALLOW")


async def test_the_json_of_a_release_is_what_poetry_reads(client: Client) -> None:
    response = await client.ask("/pypi/llmlook/1.82.6/json")
    body = json.loads(await response.read())
    assert body["info"]["version"] == "1.82.6"
    url = body["urls"][0]["url"]
    assert url.startswith(client.url + "/files/public/packages/")
    assert (await client.ask(url.removeprefix(client.url))).status == 200


async def test_a_host_that_a_client_makes_up_comes_into_no_url(
    client: Client, settings: Settings, clock: SimulatedClock, index: SimulatedIndex
) -> None:
    answer = await client.ask("/pypi/llmlook/1.82.6/json", Host="evil.example", X_Forwarded_Host="evil.example")
    assert b"evil" not in await answer.read()
    lasting = msgspec.structs.replace(settings, server=ServerOptions(public_url="https://gate.example/pratique/"))
    upstreams = {"public": SimulatedUpstream("public", index)}
    async with (
        open_world(lasting, clock=clock, upstreams=upstreams) as world,
        running(world, "127.0.0.1", 0, LOCAL) as url,
    ):
        for prefix in ("", "/ci"):
            response = await Client(client.session, url).ask(f"{prefix}/pypi/llmlook/1.82.6/json", Host="evil.example")
            told = json.loads(await response.read())["urls"][0]["url"]
            assert told.startswith(f"https://gate.example/pratique{prefix}/files/public/packages/")


async def test_each_encoding_has_its_own_validator_and_caches_are_told(client: Client, index: SimulatedIndex) -> None:
    for patch in range(30):
        index.add("llmlook", wheel("llmlook", f"1.70.{patch}"), NOW - 500 * DAY)
    for path in ("/simple/llmlook/", "/pypi/llmlook/1.82.6/json", await client.path("llmlook", GOOD) + ".metadata"):
        plain = await client.ask(path, Accept_Encoding="identity")
        packed = await client.ask(path, Accept_Encoding="gzip")
        assert "Accept-Encoding" in plain.headers["Vary"] == packed.headers["Vary"]
        assert await plain.read() == await packed.read()
        tags = {"identity": plain.headers["ETag"], "gzip": packed.headers["ETag"]}
        if "Content-Encoding" not in packed.headers:
            assert int(packed.headers["Content-Length"]) <= 1024, "only what is small is not packed"
            continue
        assert tags["identity"] != tags["gzip"]
        for encoding, response in (("identity", plain), ("gzip", packed)):
            head = await client.ask(path, method="HEAD", Accept_Encoding=encoding)
            assert {**response.headers, "Date": ""} == {**head.headers, "Date": ""}
            for known, tag in tags.items():
                again = await client.ask(path, Accept_Encoding=encoding, If_None_Match=f'"x", W/{tag}')
                assert again.status == (304 if known == encoding else 200)
            not_modified = await client.ask(path, Accept_Encoding=encoding, If_None_Match=tags[encoding])
            assert not_modified.headers["ETag"] == tags[encoding]
            assert not_modified.headers["Vary"] == response.headers["Vary"]


async def test_head_says_of_a_file_what_get_says(client: Client) -> None:
    path = await client.path("llmlook", GOOD)
    got, head = await client.ask(path), await client.ask(path, method="HEAD", Range="bytes=0-3")
    assert {**got.headers, "Date": ""} == {**head.headers, "Date": ""}
    assert (got.status, head.status, await head.read()) == (200, 200, b"")


async def test_a_resumed_download_over_changed_bytes_begins_anew(client: Client) -> None:
    path = await client.path("llmlook", GOOD)
    whole = await client.ask(path)
    tag = whole.headers["ETag"]
    resumed = await client.ask(path, Range="bytes=10-", If_Range=tag)
    assert (resumed.status, await resumed.read()) == (206, (await whole.read())[10:])
    for other in (f"W/{tag}", '"another"', "Wed, 21 Oct 2015 07:28:00 GMT"):
        anew = await client.ask(path, Range="bytes=10-", If_Range=other)
        assert (anew.status, await anew.read()) == (200, await whole.read()), other


async def test_only_a_download_from_its_beginning_takes_a_file(world: World) -> None:
    taken: list[bool] = []
    app = application(world, LOCAL)

    async def look(request: web.Request) -> web.StreamResponse:
        ask = await file_request(request)
        taken.append(ask.takes(Digest("sha256:" + "a" * 64), 100))
        return web.Response()

    app.router.add_get("/look/{index}/{path:.+}", look)
    session: test_utils.TestClient[web.Request, web.Application] = test_utils.TestClient(test_utils.TestServer(app))
    async with session:
        path = f"/look/public/x/{GOOD}"
        etag = f'"{"a" * 64}"'
        for method, headers, takes in (
            ("GET", {}, True),
            ("GET", {"Range": "bytes=0-"}, True),
            ("GET", {"Range": "bytes=-100"}, True),
            ("GET", {"Range": "bytes=5-", "If-Range": '"other"'}, True),
            ("GET", {"If-None-Match": '"other"'}, True),
            ("HEAD", {}, False),
            ("GET", {"Range": "bytes=5-"}, False),
            ("GET", {"Range": "bytes=200-"}, False),
            ("GET", {"If-None-Match": etag}, False),
            ("GET", {"If-None-Match": "*"}, False),
        ):
            await session.request(method, path, headers=headers)
            assert taken.pop() is takes, (method, headers)
