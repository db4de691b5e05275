"""The simulated index: what it shows follows its clock, and both its faces show the same."""

import json
from datetime import timedelta
from urllib.parse import urlsplit

import aiohttp
import pytest

from pratique.ecosystems.pypi.simple import ACCEPT, JSON_TYPE
from pratique.errors import LimitExceeded, NotFound, Unavailable
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream, serving
from pratique.simulators.wheels import wheel
from tests.conftest import DAY, NOW

URL = "https://index.example/simple/"
GOOD = "llmlook-1.82.6-py3-none-any.whl"


async def listed(index: SimulatedIndex, project: str = "llmlook") -> dict[str, dict[str, object]]:
    fetched = await SimulatedUpstream("public", index).get(f"{URL}{project}/", accept=ACCEPT, bytes_max=10**6)
    assert fetched.content_type == JSON_TYPE
    return {file["filename"]: file for file in json.loads(fetched.body)["files"]}


async def test_files_come_are_yanked_and_go_with_the_clock(index: SimulatedIndex, clock: SimulatedClock) -> None:
    index.yank(GOOD, NOW + DAY, "broken")
    index.remove(GOOD, NOW + 2 * DAY)
    clock.set(NOW - timedelta(days=500))
    with pytest.raises(NotFound):
        await listed(index)
    clock.set(NOW)
    assert (await listed(index))[GOOD]["yanked"] is False
    clock.advance(DAY)
    assert (await listed(index))[GOOD]["yanked"] == "broken"
    clock.advance(DAY)
    assert GOOD not in await listed(index)
    clock.set(NOW)
    assert GOOD in await listed(index)


async def test_a_quarantined_project_lists_nothing_and_says_so(index: SimulatedIndex, clock: SimulatedClock) -> None:
    index.quarantine("llmlook", NOW, "malware")
    page = json.loads(index.page("llmlook", "", as_json=True))
    assert (page["files"], page["project-status"]) == ([], {"status": "quarantined", "reason": "malware"})
    clock.advance(-DAY)
    assert await listed(index)


async def test_both_faces_show_the_same_page_and_the_same_bytes(index: SimulatedIndex) -> None:
    by_port = await listed(index)
    async with serving(index) as url, aiohttp.ClientSession() as session:
        async with session.get(f"{url}llmlook/", headers={"Accept": ACCEPT}) as response:
            by_http = {file["filename"]: file for file in (await response.json(content_type=JSON_TYPE))["files"]}
        for filename, file in by_http.items():
            assert urlsplit(file["url"]).path == urlsplit(str(by_port[filename]["url"])).path
            assert {**file, "url": ""} == {**by_port[filename], "url": ""}
            async with session.get(file["url"]) as response:
                assert await response.read() == index.files[filename].data
        async with session.get(f"{url}nothinglook/") as response:
            assert response.status == 404


async def test_it_misbehaves_when_it_is_told_to(index: SimulatedIndex) -> None:
    upstream = SimulatedUpstream("public", index)
    path = URL.removesuffix("/simple/") + index.files[GOOD].path
    index.behaviour.breaks_off_after_bytes = 10
    with pytest.raises(Unavailable, match="broke off"):
        async with upstream.open(path, bytes_max=10**6) as stream:
            assert [chunk async for chunk in stream.chunks()]
    with pytest.raises(LimitExceeded):
        async with upstream.open(path, bytes_max=10):
            pass
    index.behaviour.silent = True
    with pytest.raises(Unavailable):
        await listed(index)


async def test_it_lets_in_who_has_its_password(index: SimulatedIndex) -> None:
    index.behaviour.login = "ann:open"
    async with serving(index) as url, aiohttp.ClientSession() as session:
        for login, status in ((None, 401), (("ann", "shut"), 401), (("ann", "open"), 200)):
            headers = {} if login is None else {"Authorization": aiohttp.encode_basic_auth(*login)}
            async with session.get(f"{url}llmlook/", headers=headers) as response:
                assert response.status == status
    assert index.requests == ["llmlook"]


def test_distributions_are_the_same_every_time() -> None:
    assert wheel("demo", "1.0") == wheel("demo", "1.0")
