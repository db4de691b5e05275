"""The whole way of a release: uploaded by twine, refused in production, signed and reviewed, installed by pip and uv, deleted."""

import hashlib
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pratique.app import open_world
from pratique.flow.people.tokens import issue
from pratique.flow.record.verify import verify
from pratique.flow.world import World
from pratique.model.scope import Actor, ActorKind, ScopeName
from pratique.settings import PublishOptions, Settings
from pratique.simulators.wheels import sdist, wheel
from pratique.web.serve import running
from tests.journeys.conftest import Ended, made, ran
from tests.web.test_publish import POLICY
from tests.web.test_publish import TOKEN as SECRET

pytestmark = pytest.mark.journey

ANN = Actor(ActorKind.HUMAN, "ann")
MADE = [wheel("acme-core", "1.0"), sdist("acme-core", "1.0")]


@dataclass
class House:
    """A gate with an index of its own, and the clients of whoever publishes and installs."""

    world: World
    url: str
    folder: Path
    python: Path

    async def run(self, *command: str) -> Ended:
        environment = {
            "HOME": str(self.folder),
            "PATH": os.defpath,
            "PRATIQUE_HOME": self.world.settings.home,
            "PRATIQUE_POLICY": self.world.settings.policy,
            "PRATIQUE_PUBLISH__INDEX": "internal",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_CACHE_DIR": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "UV_NO_CACHE": "1",
            "UV_NO_CONFIG": "1",
            "NO_COLOR": "1",
            "COLUMNS": "400",
        }
        return await ran(*command, cwd=self.folder, environment=environment)

    async def pratique(self, *arguments: str) -> Ended:
        return await self.run(sys.executable, "-m", "pratique", *arguments)

    async def twine(self) -> Ended:
        upload = ("upload", "--non-interactive", "--disable-progress-bar", "-u", "__token__", "-p", SECRET)
        files = [name for name, _ in MADE]
        return await self.run(
            str(self.python), "-m", "twine", *upload, "--repository-url", f"{self.url}/legacy/", *files
        )

    async def pip(self, scope: str) -> Ended:
        target = ("--target", f"pip-{scope}", "--upgrade", "-i", f"{self.url}/{scope}/simple/", "acme-core==1.0")
        return await self.run(str(self.python), "-m", "pip", "install", *target)

    async def uv(self, scope: str) -> Ended:
        target = ("--target", f"uv-{scope}", "--python", sys.executable, "--default-index")
        uv = str(Path(sys.executable).with_name("uv"))
        return await self.run(uv, "pip", "install", *target, f"{self.url}/{scope}/simple/", "acme-core==1.0")


@pytest.fixture
async def house(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[House]:
    clients = Path(request.config.cache.mkdir("clients"))
    made(clients, "twine", "twine==7.0.0")
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY, encoding="utf-8")
    for name, data in MADE:
        (tmp_path / name).write_bytes(data)
    settings = Settings(home=str(tmp_path / "home"), policy=str(policy), publish=PublishOptions("internal"))
    async with open_world(settings, upstreams={}) as world, running(world, "127.0.0.1", 0, ANN) as url:
        await issue(world, SECRET, "release-bot", ScopeName("ci"), ActorKind.SERVICE, None, ANN, ["acme-*"])
        yield House(world, url, tmp_path, clients / "twine" / "bin" / "python")
        assert (await verify(world.store, world.verifier_key)).damage == ()


async def test_a_release_goes_from_twine_into_production_once_it_is_signed(house: House) -> None:
    for _ in range(2):
        uploaded = await house.twine()
        assert uploaded.code == 0, uploaded.said
    assert (await house.pip("ci")).code == 0

    for install in (house.pip, house.uv):
        refused = await install("production")
        assert refused.code != 0
        said = refused.said.replace("-", " ")  # pip is told where there is no space
        assert "nobody signed that it was published" in said, refused.said
        assert "pratique sign acme core 1.0" in said, refused.said

    for command in (
        "keys generate farm --for publish",
        "keys generate ann --for review",
        "sign acme-core 1.0 --key farm",
        "review acme-core 1.0 --key ann --ticket SEC-7",
    ):
        ended = await house.pratique(*command.split())
        assert ended.code == 0, ended.said
    for install in (house.pip, house.uv):
        ended = await install("production")
        assert ended.code == 0, ended.said
    for folder in ("pip-production", "uv-production"):
        assert (house.folder / folder / "acme_core-1.0.dist-info").is_dir()

    changed = wheel("acme-core", "1.0", {"acme_core/__init__.py": "VERSION = 'other'\n"})
    (house.folder / changed[0]).write_bytes(changed[1])
    again = await house.twine()
    assert again.code != 0
    assert "nothing is ever overwritten" in again.said, again.said

    revoked = await house.pratique("keys", "revoke", "ann", "--reason", "the laptop was stolen")
    assert revoked.code == 0, revoked.said
    ended = await house.pip("production")
    assert ended.code != 0
    assert "review by ann does not count" in ended.said.replace("-", " "), ended.said

    deleted = await house.pratique("delete", "acme-core", "1.0", "--reason", "a password was in it")
    assert deleted.code == 0, deleted.said
    assert (await house.pip("ci")).code != 0
    found = await house.pratique("log", "find", "--package", "acme-core")
    assert "deleted: a password was in it" in found.said, found.said
    assert hashlib.sha256(MADE[0][1]).hexdigest() not in str(list((house.folder / "home" / "published").rglob("*")))
