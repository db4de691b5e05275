"""What Python clients get over HTTP: URLs with escapes, names that fit two projects, pages that lead nobody on."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import aiohttp
import msgspec
import pytest
from yarl import URL

from pratique.ecosystems.pypi import filenames, names
from pratique.flow.gate import file_evidence
from pratique.flow.urls import ORIGIN, GateUrls
from pratique.flow.world import World
from pratique.model import canonical
from pratique.model.event import Steered, decode
from pratique.model.evidence import Tier
from pratique.simulators.upstream import SimulatedIndex
from pratique.simulators.wheels import metadata, sdist, wheel
from pratique.web.serve import running
from tests.conftest import DAY, NOW
from tests.web.test_gate import JSON, LOCAL, Client

OLD = NOW - 400 * DAY
LATE = NOW - timedelta(hours=1)
PIP = 'pip/26.3 {"python":"3.12.3"}'


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    async with (
        running(world, "127.0.0.1", 0, LOCAL) as url,
        aiohttp.ClientSession(requote_redirect_url=False) as session,
    ):
        yield Client(session, url)


async def told(client: Client, project: str, **headers: str) -> dict[str, object]:
    response = await client.ask(f"/simple/{project}/", Accept=JSON, **headers)
    page: dict[str, object] = json.loads(await response.read())
    return page


@pytest.mark.parametrize(
    ("version", "more"),
    [
        ("1.0+cpu", {"escapes": True}),
        ("1!2.0", {"escapes": True}),
        ("1.0", {"folder": "/a%20b/%7Ec"}),
        ("1.0", {"folder": "/f", "query": "?sig=a%2Bb&x=/y"}),
        ("1.0", {"folder": "/caf%C3%A9"}),
    ],
)
async def test_a_url_with_escapes_leads_to_its_file_however_a_client_writes_it(
    client: Client, world: World, index: SimulatedIndex, version: str, more: dict[str, object]
) -> None:
    made = wheel("esclook", version)
    hosted = index.add("esclook", made, OLD, **more)
    hosted.core_metadata = metadata("esclook", version)
    file = (await client.page("esclook"))[made[0]]
    assert file["url"] == f"../../files/public{hosted.path}", "a pure prefix swap, escapes and all"
    for path in (hosted.path, quote(hosted.path, safe="/%"), hosted.path.replace("%2B", "+").replace("%21", "!")):
        got = await client.ask(f"/files/public{path}")
        assert (got.status, await got.read()) == (200, made[1])
        assert await (await client.ask(f"/files/public{path}.metadata")).read() == hosted.core_metadata
    urls = GateUrls.of(world, {"public": "https://index.example/simple/"})
    ours = f"{ORIGIN}/files/public{hosted.path}".encode()
    await urls.learn(ours)
    assert urls.turned_back(ours).decode() == f"https://index.example{hosted.path}{hosted.query}"


@pytest.mark.parametrize("folder", ["/a%2Fb", "/%2e%2e", "/a%252Fb", "/a/", "/a%5Cb", "/a%00", "/.a"])
async def test_a_path_that_can_be_read_in_two_ways_is_no_path(client: Client, folder: str) -> None:
    as_written = URL(f"{client.url}/files/public{folder}/esclook-1.0.zip", encoded=True)
    async with client.session.get(as_written) as response:
        assert response.status == 400


async def test_a_name_that_fits_two_projects_is_the_one_that_lists_it(client: Client, index: SimulatedIndex) -> None:
    two = sdist("calc-2", "1")
    index.add("calc-2", ("calc-2-1.tar.gz", two[1]), OLD)
    index.add("calc", wheel("calc", "1.0"), OLD)
    path = await client.path("calc-2", "calc-2-1.tar.gz")
    got = await client.ask(path)
    assert (got.status, await got.read()) == (200, two[1])
    assert (await told(client, "calc-2"))["versions"] == ["1"]


async def test_a_file_that_two_projects_claim_is_nobodys(client: Client, index: SimulatedIndex) -> None:
    one = index.add("calc-2", ("calc-2-1.tar.gz", sdist("calc-2", "1")[1]), OLD, folder="/p")
    page = index.page("calc-2", "https://index.example", as_json=True)
    index.add("calc", wheel("calc", "1.0"), OLD)
    index.behaviour.body = page.replace(b'"name": "calc-2"', b'"name": "calc"')
    assert "calc-2-1.tar.gz" in await client.page("calc")
    index.behaviour.body = None
    response = await client.ask(f"/files/public{one.path}")
    assert response.status == 404
    assert "is listed by calc and by calc-2" in str(response.reason)


async def test_what_a_page_says_wrongly_is_named_on_ours_and_counted_in_the_record(
    client: Client, world: World, index: SimulatedIndex
) -> None:
    page = json.loads(index.page("llmlook", "https://index.example", as_json=True))
    page["files"][0]["url"] += "x"
    page["files"][1]["size"] = "many"
    index.behaviour.body = json.dumps(page).encode()
    ours = await told(client, "llmlook")
    assert ours["_rejected"] == [
        {"filename": "llmlook-1.82.5-py3-none-any.whl", "why": "its URL ends in another file name"},
        {"filename": "llmlook-1.82.6-py3-none-any.whl", "why": "size is no number of bytes"},
    ]
    html = await (await client.ask("/simple/llmlook/", Accept="text/html")).text()
    assert "not read: llmlook-1.82.5-py3-none-any.whl: its URL ends in another file name" in html
    events = [decode(entry) for entry in await world.store.entries(0, await world.store.size())]
    assert [event.rejected_count for event in events if isinstance(event, Steered)] == [1]


async def test_a_page_says_the_version_of_the_api_that_it_keeps(client: Client, index: SimulatedIndex) -> None:
    page = await told(client, "llmlook")
    assert page["meta"] == {"api-version": "1.4"}
    assert not any(key.startswith("_") for file in page["files"] for key in file)  # type: ignore[attr-defined]  # a list
    index.behaviour.html_only = True
    index.add("htmllook", wheel("htmllook", "1.0"), OLD)
    assert (await told(client, "htmllook"))["meta"] == {"api-version": "1.0"}, (
        "sizes are not known: PEP 700 is not kept"
    )


async def test_metadata_are_announced_of_a_source_distribution_only_where_they_are_served(
    client: Client, index: SimulatedIndex
) -> None:
    plain = index.add("plainlook", sdist("plainlook", "1.0"), OLD)
    assert "core-metadata" not in (await client.page("plainlook"))[plain.filename]
    stated = index.add("statedlook", sdist("statedlook", "1.0"), OLD, core_metadata=metadata("statedlook", "1.0"))
    assert "core-metadata" in (await client.page("statedlook"))[stated.filename]
    path = await client.path("statedlook", stated.filename)
    assert await (await client.ask(f"{path}.metadata")).read() == stated.core_metadata


@pytest.mark.parametrize("agent", [PIP, "uv/0.13.9", "poetry/2.5.1"])
async def test_a_late_wheel_beside_an_old_sdist_is_not_listed(
    client: Client, index: SimulatedIndex, agent: str
) -> None:
    index.add("latelook", wheel("latelook", "0.9"), OLD)
    index.add("latelook", sdist("latelook", "1.0"), OLD)
    late = index.add("latelook", wheel("latelook", "1.0"), LATE)
    page = await client.page("latelook", User_Agent=agent)
    assert {name: file["yanked"] for name, file in page.items()} == {
        "latelook-0.9-py3-none-any.whl": False,
        "latelook-1.0.tar.gz": False,
    }
    assert (await client.ask(f"/files/public{late.path}")).status == 403, "who has it in a lock file is told why"


async def test_a_late_wheel_without_an_old_sdist_stays_listed_and_is_yanked(
    client: Client, index: SimulatedIndex
) -> None:
    index.add("latelook", wheel("latelook", "1.0", build="1"), OLD)
    index.add("latelook", wheel("latelook", "1.0", build="2"), LATE)
    index.add("latelook", sdist("latelook", "1.0"), LATE)
    page = await client.page("latelook", User_Agent="uv/0.13.9")
    assert [bool(file["yanked"]) for file in page.values()] == [False, True, True]


@pytest.mark.parametrize("agent", [PIP, "uv/0.13.9"])
async def test_a_held_final_leads_into_no_preview_beside_it(client: Client, index: SimulatedIndex, agent: str) -> None:
    for version in ("1.0rc1", "1.0", "1.1b1", "2.0rc1", "3.0.dev1"):
        index.add("prelook", wheel("prelook", version), OLD)
    index.add("prelook", wheel("prelook", "2.0"), LATE)
    page = await client.page("prelook", User_Agent=agent)
    marked = {name.split("-")[1]: str(file["yanked"]).partition(":")[0] for name, file in page.items()}
    passed = "Pratique passes over this pre-release"
    assert marked == {
        "1.0rc1": "False", "1.0": "False", "1.1b1": passed, "2.0rc1": passed, "3.0.dev1": passed,
        "2.0": "Pratique held prelook 2.0",
    }  # fmt: skip
    assert page["prelook-2.0rc1-py3-none-any.whl"]["requires-python"] is None


async def test_previews_stay_as_they_are_where_no_final_is_held(client: Client, index: SimulatedIndex) -> None:
    for version in ("1.0", "2.0rc1"):
        index.add("prelook", wheel("prelook", version), OLD)
    index.add("prelook", wheel("prelook", "2.0rc2"), LATE)
    page = await client.page("prelook", User_Agent="uv/0.13.9")
    assert [bool(file["yanked"]) for file in page.values()] == [False, False, True]


async def test_a_final_that_does_not_work_for_the_client_is_no_final_to_it(
    client: Client, index: SimulatedIndex
) -> None:
    index.add("prelook", wheel("prelook", "1.0"), OLD, requires_python="<3.9")
    index.add("prelook", wheel("prelook", "1.1rc1"), OLD)
    index.add("prelook", wheel("prelook", "0.9b1"), OLD)
    index.add("prelook", wheel("prelook", "2.0"), LATE)
    for agent, passed_over in ((PIP, {"1.1rc1", "0.9b1"}), ("poetry/2.5.1", {"1.1rc1"})):
        page = await client.page("prelook", User_Agent=agent)
        found = {name.split("-")[1] for name, file in page.items() if "passes over" in str(file["yanked"])}
        assert found == passed_over, agent


async def test_an_alternative_works_with_the_python_that_asked_and_is_no_preview(
    client: Client, index: SimulatedIndex
) -> None:
    index.add("altlook", wheel("altlook", "1.0"), OLD)
    index.add("altlook", wheel("altlook", "1.1"), OLD, requires_python=">=3.13")
    index.add("altlook", wheel("altlook", "1.2rc1"), OLD)
    held = index.add("altlook", wheel("altlook", "2.0"), LATE)
    for agent, version in ((PIP, "1.0"), (PIP.replace("3.12", "3.13"), "1.1"), ("poetry/2.5.1", "1.1")):
        response = await client.ask(f"/files/public{held.path}", User_Agent=agent)
        assert f"Use {version}." in str(response.reason), agent
    index.add("onlylook", wheel("onlylook", "1.0rc1"), OLD)
    held = index.add("onlylook", wheel("onlylook", "1.0"), LATE)
    response = await client.ask(f"/files/public{held.path}", User_Agent=PIP)
    assert "no safe version yet" in str(response.reason).lower()


async def test_a_file_asked_for_the_first_time_costs_one_reading_of_its_name(
    client: Client, index: SimulatedIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: Counter[str] = Counter()

    def counting(name: str, target: object) -> None:
        real = getattr(target, name)

        def call(*told: object) -> object:
            counted[f"{name} {told[0]}"] += 1
            return real(*told)

        monkeypatch.setattr(target, name, call)

    counting("canonicalize_name", names)
    counting("version", filenames)
    names.normal_name.cache_clear()
    made = wheel("Count_look", "1.0")
    index.add("count-look", made, OLD)
    path = await client.path("count-look", made[0])
    read = counted.copy()
    assert (await client.ask(path)).status == 200
    assert sum((counted - read).values()) <= 1, counted - read
    assert all(count <= 3 for count in counted.values()), counted
    assert file_evidence.__name__ not in counted


async def test_a_file_asked_for_the_first_time_is_written_down_with_three_canonical_forms(
    client: Client, index: SimulatedIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = wheel("formlook", "1.0")
    index.add("formlook", made, OLD)
    path = await client.path("formlook", made[0])
    forms: list[Any] = []
    encode = msgspec.json.Encoder(order="sorted").encode

    def noting(value: Any) -> bytes:  # noqa: ANN401 - any JSON value
        forms.append(value)
        return encode(value)

    monkeypatch.setattr(canonical, "_SORTED", SimpleNamespace(encode=noting))
    assert (await client.ask(path)).status == 200
    entries = [form for form in forms if isinstance(form, dict) and "engine" in form]
    assert [entry["type"] for entry in entries] == ["scanned", "decided"]
    scan, evidence, decision = (form for form in forms if form not in entries)
    assert isinstance(scan, dict)
    assert "findings" in scan
    assert isinstance(evidence, dict)
    assert evidence["tier"] == Tier.BYTES
    assert isinstance(decision, list)
