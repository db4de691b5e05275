"""Publishing to the gate: a real `uv publish`, and every form that is not one."""

import asyncio
import hashlib
import io
import os
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from pratique.app import open_world
from pratique.flow.people.tokens import issue
from pratique.flow.record.verify import verify
from pratique.flow.world import World
from pratique.model.artifact import ProjectName
from pratique.model.event import Published, decode
from pratique.model.scope import Actor, ActorKind, ScopeName
from pratique.policy.load import load
from pratique.record.state import View
from pratique.settings import PublishOptions, Settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream
from pratique.simulators.wheels import sdist, wheel
from pratique.web.serve import running
from tests.conftest import DAY, NOW

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANN = Actor(ActorKind.HUMAN, "ann")
CI, PRODUCTION = ScopeName("ci"), ScopeName("production")
JSON = "application/vnd.pypi.simple.v1+json"
BOUNDARY = "f0f0f0"
TOKEN, READER = "a token that may publish acme-*", "a token that may install"
POLICY = """
[scopes]
ci = { mode = "enforce" }
production = { mode = "enforce" }

[release-gate]
production = ["publish", "review"]

[malware]
malicious = "deny"

[fixed-bytes]

[unknowns]
upload = "hold"

[[test]]
name = "an old release comes in"
expect = { verdict = "allow" }
"""


@dataclass
class Gate:
    """A gate with an index of its own, before a public one that has `acme-taken`."""

    world: World
    clock: SimulatedClock
    url: str
    session: aiohttp.ClientSession

    async def post(
        self, body: bytes, *, token: str = TOKEN, place: str = "/legacy/", **headers: str
    ) -> tuple[int, str]:
        told = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", **as_token(token), **headers}
        async with self.session.post(self.url + place, data=io.BytesIO(body), headers=told) as answer:
            return answer.status, await answer.text()

    async def page(self, project: str) -> dict[str, dict[str, object]]:
        async with self.session.get(f"{self.url}/simple/{project}/", headers={"Accept": JSON}) as answer:
            files = (await answer.json(content_type=None))["files"] if answer.status == 200 else []
            return {file["filename"]: file for file in files}

    async def fetch(self, project: str, filename: str, scope: str = "ci") -> tuple[int, bytes]:
        file = (await self.page(project))[filename]
        path = str(file["url"]).removeprefix("../../")
        async with self.session.get(f"{self.url}/{scope}/{path}") as answer:
            return answer.status, await answer.read()

    async def published(self) -> list[str]:
        events = [decode(entry) for entry in await self.world.store.entries(0, await self.world.store.size())]
        return [event.file.filename for event in events if isinstance(event, Published)]


def as_token(token: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"__token__:{token}".encode()).decode()} if token else {}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gate(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gate]:
    clock = SimulatedClock(NOW)
    index = SimulatedIndex(clock)
    index.add("acme-taken", wheel("acme-taken", "9.0"), NOW - 400 * DAY)
    settings = Settings(home=str(tmp_path_factory.mktemp("home")), publish=PublishOptions("internal"))
    upstreams = {"public": SimulatedUpstream("public", index)}
    async with (
        open_world(settings, clock=clock, upstreams=upstreams, policy=load(POLICY)) as world,
        running(world, "127.0.0.1", 0, ANN) as url,
        aiohttp.ClientSession() as session,
    ):
        await issue(world, TOKEN, "release-bot", CI, ActorKind.SERVICE, None, ANN, ["acme-*"])
        await issue(world, READER, "reader", CI, ActorKind.SERVICE, None, ANN)
        yield Gate(world, clock, url, session)


def fields_of(filename: str, data: bytes, name: str, version: str) -> dict[str, str]:
    return {
        ":action": "file_upload",
        "protocol_version": "1",
        "sha256_digest": hashlib.sha256(data).hexdigest(),
        "filetype": "sdist" if filename.endswith(".gz") else "bdist_wheel",
        "name": name,
        "version": version,
    }


def form(fields: Mapping[str, str], filename: str, data: bytes, *more: bytes) -> bytes:
    """A form as clients write it; `more` are parts behind the file."""
    parts = [
        b'Content-Disposition: form-data; name="%s"\r\n\r\n%s' % (key.encode(), value.encode())
        for key, value in fields.items()
    ]
    parts.append(
        b'Content-Disposition: form-data; name="content"; filename="%s"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n%s" % (filename.encode(), data)
    )
    edge = b"--" + BOUNDARY.encode()
    return b"".join(edge + b"\r\n" + part + b"\r\n" for part in [*parts, *more]) + edge + b"--\r\n"


def offered(project: str, release: str, **changed: str) -> bytes:
    filename, data = wheel(project, release)
    return form({**fields_of(filename, data, project, release), **changed}, filename, data)


async def test_uv_publishes_and_what_it_published_is_served_scanned_and_on_record(gate: Gate, tmp_path: Path) -> None:
    made = [wheel("acme-core", "1.0"), sdist("acme-core", "1.0")]
    for filename, data in made:
        (tmp_path / filename).write_bytes(data)
    command = [
        str(Path(sys.executable).with_name("uv")),
        "publish",
        "--publish-url",
        f"{gate.url}/legacy/",
        "--token",
        TOKEN,
        *(name for name, _ in made),
    ]
    for _ in range(2):  # the same files again are no mistake
        ended = await asyncio.create_subprocess_exec(
            *command,
            cwd=tmp_path,
            env={"HOME": str(tmp_path), "PATH": os.defpath, "UV_NO_CONFIG": "1"},
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await asyncio.wait_for(ended.communicate(), 120)
        assert ended.returncode == 0, said.decode()
    assert await gate.published() == [name for name, _ in made]
    page = await gate.page("acme-core")
    assert set(page) == {name for name, _ in made}
    for filename, data in made:
        assert await gate.fetch("acme-core", filename) == (200, data)
        assert page[filename]["size"] == len(data)
        assert str(page[filename]["url"]).startswith("../../files/internal/")
    assert "acme-core" not in str(await gate.page("acme-taken"))
    assert (await verify(gate.world.store, gate.world.verifier_key)).damage == ()
    scanned = await gate.world.store.rows(View.SCAN, (), most=9)
    assert {key[0] for key, _ in scanned} >= {f"sha256:{hashlib.sha256(data).hexdigest()}" for _, data in made}


async def test_nothing_is_ever_overwritten(gate: Gate) -> None:
    assert (await gate.post(offered("acme-fixed", "1.0")))[0] == 200
    filename, data = wheel("acme-fixed", "1.0", {"acme_fixed/__init__.py": "VERSION = 'other'\n"})
    status, said = await gate.post(form(fields_of(filename, data, "acme-fixed", "1.0"), filename, data))
    assert status == 409
    assert "other bytes" in said
    for spelled in (filename.replace("acme_fixed", "ACME_Fixed"), filename.replace("acme_fixed", "acme.fixed")):
        status, said = await gate.post(form(fields_of(spelled, data, "acme-fixed", "1.0"), spelled, data))
        assert status in (400, 409), said
    assert await gate.fetch("acme-fixed", filename) == (200, wheel("acme-fixed", "1.0")[1])
    assert (await gate.published()).count(filename) == 1


@pytest.mark.parametrize(
    ("token", "status", "says"),
    [
        ("", 401, "takes an access token"),
        ("another", 401, "not known here"),
        (READER, 403, "publish nothing"),
    ],
)
async def test_who_may_not_publish_is_told_how_to_get_to(gate: Gate, token: str, status: int, says: str) -> None:
    told = await gate.post(offered("acme-none", "1.0"), token=token)
    assert told[0] == status
    assert says in told[1]
    assert "pratique token" in told[1]
    assert await gate.page("acme-none") == {}


async def test_a_token_publishes_its_own_projects_and_for_its_own_scope(gate: Gate) -> None:
    status, said = await gate.post(offered("requests", "99.0"))
    assert (status, "acme-*" in said) == (403, True)
    assert (await gate.post(offered("acme-none", "1.0"), place="/production/legacy/"))[0] == 400
    assert await gate.page("requests") == {}


WHEEL, DATA = wheel("acme-none", "1.0")
RIGHT = fields_of(WHEEL, DATA, "acme-none", "1.0")
GOOD = form(RIGHT, WHEEL, DATA)


def named(filename: str, **changed: str) -> bytes:
    return form({**RIGHT, **changed}, filename, DATA)


def part(text: bytes) -> bytes:
    return b"Content-Disposition: form-data; " + text


FORMS: Mapping[str, bytes] = {
    "another action": offered("acme-none", "1.0", **{":action": "remove"}),
    "another protocol": offered("acme-none", "1.0", protocol_version="2"),
    "no digest": offered("acme-none", "1.0", sha256_digest=""),
    "another digest": offered("acme-none", "1.0", sha256_digest="0" * 64),
    "another version": offered("acme-none", "1.0", version="1.1"),
    "no version": offered("acme-none", "1.0", version="one"),
    "another project": offered("acme-none", "1.0", name="acme-other"),
    "no project's name": offered("acme-none", "1.0", name="../acme"),
    "another kind": offered("acme-none", "1.0", filetype="sdist"),
    "a control in a field": offered("acme-none", "1.0", requires_python=">=3\n<4"),
    "a name that is a path": named("../" + WHEEL),
    "a name of an old kind": named("acme_none-1.0.egg", filetype="bdist_egg"),
    "a name with a hyphen more": named("acme-none-1.0.tar.gz", filetype="sdist"),
    "a wheel that says to be another": form(
        fields_of("acme_none-2.0-py3-none-any.whl", DATA, "acme-none", "2.0"), "acme_none-2.0-py3-none-any.whl", DATA
    ),
    "no wheel at all": form(fields_of(WHEEL, b"PK", "acme-none", "1.0"), WHEEL, b"PK"),
    "a field twice": form(RIGHT, WHEEL, DATA, part(b'name="version"\r\n\r\n1.0')),
    "two files": form(RIGHT, WHEEL, DATA, part(b'name="content"; filename="x.whl"\r\n\r\nx')),
    "a file in another field": form(RIGHT, WHEEL, DATA, part(b'name="gpg_signature"; filename="x"\r\n\r\nx')),
    "the file as a text": form(RIGHT, WHEEL, DATA, part(b'name="content"\r\n\r\nx')),
    "no file": b"".join(GOOD.partition(b'--f0f0f0\r\nContent-Disposition: form-data; name="content"')[:1])
    + b"--f0f0f0--\r\n",
    "a field that would be decoded": form(
        RIGHT, WHEEL, DATA, part(b'name="x"\r\nContent-Transfer-Encoding: base64\r\n\r\neA==')
    ),
    "a part without a name": form(RIGHT, WHEEL, DATA, part(b"\r\n\r\nx")),
    "no UTF-8": form(RIGHT, WHEEL, DATA, part(b'name="x"\r\n\r\n\xff')),
    "something before it": b"x" + GOOD,
    "something behind it": GOOD + b"x",
    "a boundary with something behind it": GOOD.replace(b"--f0f0f0\r\n", b"--f0f0f0 \r\n", 1),
    "cut off": GOOD[:-20],
    "nothing": b"",
    "too many fields": form(RIGHT, WHEEL, DATA, *[part(b'name="classifiers"\r\n\r\nx')] * 2_000),
    "a long head": form(RIGHT, WHEEL, DATA, part(b'name="x"; ' + b"y" * 20_000)),
    "a long field": form(RIGHT, WHEEL, DATA, part(b'name="description"\r\n\r\n' + b"y" * 5_000_000)),
}


@pytest.mark.parametrize("body", FORMS.values(), ids=FORMS)
async def test_a_form_that_is_not_right_publishes_nothing(gate: Gate, body: bytes) -> None:
    status, said = await gate.post(body)
    assert status == 400, said
    assert await gate.page("acme-none") == {}


async def test_a_form_of_another_type_or_in_an_encoding_is_refused(gate: Gate) -> None:
    assert (await gate.post(GOOD, **{"Content-Type": "application/json"}))[0] == 400
    assert (await gate.post(GOOD, **{"Content-Encoding": "identity"}))[0] == 400


async def test_a_form_comes_in_pieces_of_any_size(gate: Gate) -> None:
    body = offered("acme-pieces", "1.0")

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 7):
            yield body[start : start + 7]

    told = {"Content-Type": f'multipart/form-data; boundary="{BOUNDARY}"', **as_token(TOKEN)}
    async with gate.session.post(f"{gate.url}/legacy/", data=pieces(), headers=told) as answer:
        assert answer.status == 200, await answer.text()
    assert len(await gate.page("acme-pieces")) == 1


async def test_many_at_once_publish_one_file(gate: Gate) -> None:
    bodies = []
    for text in ("1", "2", "3"):
        filename, data = wheel("acme-race", "1.0", {"acme_race/__init__.py": text})
        bodies.append(form(fields_of(filename, data, "acme-race", "1.0"), filename, data))
    answers = await asyncio.gather(*(gate.post(body) for body in bodies * 2))
    assert sorted({status for status, _ in answers}) == [200, 409]
    digests = {
        row[0][1]
        for row in await gate.world.store.rows(View.PLACE, ("internal/acme-race/1.0-py3-none-any.whl",), most=9)
    }
    assert len(digests) == 1


async def test_a_gate_without_an_index_of_its_own_takes_nothing(world: World) -> None:
    async with (
        running(world, "127.0.0.1", 0, ANN) as url,
        aiohttp.ClientSession() as session,
        session.post(f"{url}/legacy/", data=GOOD, headers=as_token(TOKEN)) as answer,
    ):
        assert answer.status == 403
        assert "[publish]" in await answer.text()


async def test_the_own_index_has_a_name_before_the_public_one_does(gate: Gate) -> None:
    assert set(await gate.page("acme-taken")) == {"acme_taken-9.0-py3-none-any.whl"}
    assert (await gate.post(offered("acme-taken", "1.0")))[0] == 200
    assert set(await gate.page("acme-taken")) == {"acme_taken-1.0-py3-none-any.whl"}
    known = await gate.world.pages.find(ProjectName("acme-taken"))
    assert known.index == "internal"
