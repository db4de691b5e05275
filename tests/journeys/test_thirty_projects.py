"""Pages of thirty real projects, under a policy that holds nothing: as their index sends them, but for the URLs of files."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from pratique.adapters.clients import default_index
from pratique.app import open_world
from pratique.model.scope import Actor, ActorKind
from pratique.settings import IndexOptions, Settings
from pratique.web.serve import running

pytestmark = pytest.mark.journey

JSON = "application/vnd.pypi.simple.v1+json"
PROJECTS = (
    *("requests", "numpy", "setuptools", "django", "flask", "boto3", "urllib3", "certifi", "idna", "packaging"),
    *("pip", "wheel", "six", "pyyaml", "cryptography", "cffi", "pytest", "attrs", "click", "jinja2"),
    *(
        "aiohttp",
        "pydantic",
        "pandas",
        "scipy",
        "pillow",
        "lxml",
        "sqlalchemy",
        "ruamel-yaml",
        "zope-interface",
        "poetry",
    ),
)
OBSERVING = '[scopes]\neverywhere = { mode = "observe" }\n\n[cooldown]\neverywhere = "3 days"\n\n[withdrawn]\n'
ADDED = {"core-metadata"}
"""What the gate may say beside the index: that a wheel has metadata beside it, because the gate makes it (PEP 658)."""


@pytest.fixture
async def observing(tmp_path: Path) -> AsyncIterator[str]:
    """A gate in front of this machine's index, under a policy that only watches."""
    policy = tmp_path / "policy.toml"
    policy.write_text(OBSERVING, encoding="utf-8")
    settings = Settings(
        home=str(tmp_path / "home"), policy=str(policy), index={"public": IndexOptions(url=default_index())}
    )
    async with open_world(settings) as world, running(world, "127.0.0.1", 0, Actor(ActorKind.HUMAN, "journey")) as url:
        yield f"{url}/simple/"


async def page(session: aiohttp.ClientSession, url: str) -> dict[str, dict[str, object]]:
    """The files of a project page by name."""
    async with session.get(url, headers={"Accept": JSON}) as response:
        response.raise_for_status()
        if not response.headers["Content-Type"].startswith(JSON):
            pytest.skip("this machine's index does not speak JSON, so there is nothing to compare with")
        document = json.loads(await response.read())
    assert document["meta"]["api-version"].startswith("1.")
    return {str(file["filename"]): file for file in document["files"]}


def normal(key: str, value: object) -> object:
    """A value as two spellings of it are compared: a moment by what it means, a file's place by its path."""
    if key == "upload-time" and isinstance(value, str):
        return datetime.fromisoformat(value)
    if key == "yanked" and isinstance(value, str):
        return " ".join(value.split())  # the gate writes somebody else's words on one line
    if key == "url":
        return urlsplit(str(value)).path.rpartition("/files/public/")[2].lstrip("/")
    return value


@pytest.mark.parametrize("project", PROJECTS)
async def test_a_page_is_as_its_index_sends_it_but_for_the_urls(observing: str, project: str) -> None:
    async with aiohttp.ClientSession(trust_env=True) as session:
        theirs = await page(session, f"{default_index().rstrip('/')}/{project}/")
        ours = await page(session, f"{observing}{project}/")
    assert list(ours) == list(theirs)
    for filename, file in theirs.items():
        told = {key: normal(key, value) for key, value in file.items() if value is not None}
        given = {key: normal(key, value) for key, value in ours[filename].items() if not key.startswith("_")}
        extra = {key for key in given if key not in told}
        assert {key: given.get(key) for key in told} | {"yanked": given.get("yanked", False)} == told
        assert extra <= ADDED | {"yanked"}
