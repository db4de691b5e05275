"""A private index that wants a password, beside the public one: clients take from each, and the password is written nowhere.

The password stands where it belongs: in the settings of Pratique, or with the client, as it wants it.
"""

from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pratique.adapters.clients import HOST
from pratique.adapters.clock import SystemClock
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, serving
from pratique.simulators.wheels import metadata, wheel
from tests.conftest import DAY
from tests.journeys.conftest import Account, Clients, Ended

pytestmark = pytest.mark.journey

USER, PASSWORD = "ann", "SECRET-of-ann"
SECRETS = (PASSWORD, b64encode(f"{USER}:{PASSWORD}".encode()).decode())
PRIVATE, PUBLIC = "{private}", "{public}"
"""Stand for the URLs of the indexes, without a password, and `LOGIN` for that of the private one with it."""
LOGIN = "{login}"
SENTENCE = "index internal wants other credentials than this gate has (401)"
ADVICE = "check the user and the password in the URL of internal"
EVIDENCE_MISSING = 12

PROJECT = '[project]\nname = "shop"\nversion = "1.0"\nrequires-python = ">=3.11,<4"\n'
NAMED = PROJECT + (
    f'[[tool.uv.index]]\nname = "internal"\nurl = "{PRIVATE}"\nexplicit = true\n'
    '[tool.uv.sources]\ninnerlook = { index = "internal" }\n'
)
SOURCES = PROJECT + (
    "[tool.poetry]\npackage-mode = false\n"
    f'[[tool.poetry.source]]\nname = "ours"\nurl = "{PUBLIC}"\npriority = "primary"\n'
    f'[[tool.poetry.source]]\nname = "internal"\nurl = "{PRIVATE}"\npriority = "supplemental"\n'
)


@dataclass(frozen=True, slots=True)
class Way:
    """Commands that take a package from each index, the files they find, and what the client is told of the password."""

    commands: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)


OF_UV = {"UV_INDEX_INTERNAL_USERNAME": USER, "UV_INDEX_INTERNAL_PASSWORD": PASSWORD}
WAYS = {
    "pip": Way(("pip install --target t innerlook outerlook",)),
    "pip, told of it by a variable": Way(
        ("pip install --target t innerlook outerlook",), {}, {"PIP_EXTRA_INDEX_URL": LOGIN}
    ),
    "pip, told of it by a file": Way(
        ("pip install --target t -r in.txt", "pip lock -r in.txt"),
        {"in.txt": f"--extra-index-url {PRIVATE}\ninnerlook\nouterlook\n"},
    ),
    "uv pip": Way(("uv pip install --target t innerlook outerlook",)),
    "uv pip, told of it by an option": Way((f"uv pip install --index {LOGIN} --target t innerlook outerlook",)),
    "uv": Way(("uv add innerlook outerlook", "uv sync --frozen"), {"pyproject.toml": NAMED}, OF_UV),
    "poetry": Way(
        ("poetry add innerlook outerlook", "poetry install"),
        {"pyproject.toml": SOURCES},
        {"POETRY_HTTP_BASIC_INTERNAL_USERNAME": USER, "POETRY_HTTP_BASIC_INTERNAL_PASSWORD": PASSWORD},
    ),
    "pdm": Way(("pdm add --no-self innerlook outerlook", "pdm sync --no-self"), {"pyproject.toml": PROJECT}),
    "pipx": Way(("pipx install innerlook --include-deps", "pipx inject innerlook outerlook")),
}
EACH_WAY = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


@dataclass
class Two:
    """An account, and the two indexes."""

    account: Account
    private: SimulatedIndex
    private_url: str
    public_url: str

    @property
    def login(self) -> str:
        return self.private_url.replace("://", f"://{USER}:{PASSWORD}@")

    def said(self, text: str) -> str:
        for word, url in ((PRIVATE, self.private_url), (PUBLIC, self.public_url), (LOGIN, self.login)):
            text = text.replace(word, url)
        return text

    def told(self, way: Way, login: str) -> Path:
        """Write what the way finds, and the settings with this URL of the private index."""
        for name, content in way.files.items():
            (self.account.project / name).write_text(self.said(content), encoding="utf-8")
        return self.account.settings(f'[index.internal]\nurl = "{login}"\n[index.ours]\nurl = "{self.public_url}"\n')

    async def run(self, way: Way, command: str) -> Ended:
        variables = {name: self.said(value) for name, value in way.variables.items()}
        return await self.account.pratique(*self.said(command).split(), **variables)


@pytest.fixture
async def two(tmp_path: Path, clients: Clients) -> AsyncIterator[Two]:
    now = SystemClock().now()
    private, public = (SimulatedIndex(SimulatedClock(now)) for _ in range(2))
    for index, name in ((private, "innerlook"), (public, "outerlook")):
        entry = f"{name}-1.0.dist-info/entry_points.txt"
        files = {
            f"{name}/__init__.py": "def main():\n    print('here')\n",
            entry: f"[console_scripts]\n{name} = {name}:main\n",
        }
        index.add(name, wheel(name, "1.0", files), now - 400 * DAY).core_metadata = metadata(name, "1.0")
    private.behaviour.login = f"{USER}:{PASSWORD}"
    async with serving(private) as private_url, serving(public) as public_url:
        yield Two(Account(tmp_path, clients, public_url), private, private_url, public_url)


@EACH_WAY
async def test_a_package_comes_from_each_index_and_the_password_is_written_nowhere(way: Way, two: Two) -> None:
    settings = two.told(way, two.login)
    for command in way.commands:
        ended = await two.run(way, command)
        assert ended.code == 0, ended.said
        assert not any(secret in ended.said for secret in SECRETS), ended.said
    come = {path.name for path in two.account.home.rglob("*.dist-info")}
    assert {"innerlook-1.0.dist-info", "outerlook-1.0.dist-info"} <= come
    assert two.account.holding(*SECRETS) == [settings]
    assert two.account.holding(HOST) == []
    for package in ("innerlook", "outerlook"):
        assert (
            f"{package}-1.0-py3-none-any.whl" in (await two.account.pratique("log", "find", "--package", package)).said
        )


@EACH_WAY
async def test_other_credentials_are_named_as_what_is_wrong(way: Way, two: Two) -> None:
    settings = two.told(way, two.login.replace(PASSWORD, "SECRET-of-bob"))
    ended = await two.run(way, way.commands[0])
    assert ended.code == EVIDENCE_MISSING, ended.said
    assert f"\nindex internal: {SENTENCE}; {ADVICE}\n" in ended.said
    assert "SECRET" not in ended.said
    assert list(two.account.home.rglob("innerlook-*.dist-info")) == []
    assert two.private.requests == []
    assert two.account.holding("SECRET") == [settings]


async def test_the_lock_of_uv_is_as_a_direct_run_with_its_own_password_writes_it(two: Two) -> None:
    way = WAYS["uv"]
    two.told(way, two.login)
    assert (await two.run(way, way.commands[0])).code == 0
    ours = {name: (two.account.project / name).read_bytes() for name in ("pyproject.toml", "uv.lock")}
    two.told(way, two.login)
    (two.account.project / "uv.lock").unlink()
    direct = await two.account.alone(*way.commands[0].split(), **way.variables)
    assert direct.code == 0, direct.said
    assert {name: (two.account.project / name).read_bytes() for name in ours} == ours


async def test_the_settings_are_shown_without_the_password(two: Two) -> None:
    two.told(WAYS["pip"], two.login)
    for arguments in ((), ("--json",)):
        shown = await two.account.pratique("settings", *arguments)
        assert shown.code == 0
        assert two.private_url.replace("://", "://***@") in shown.said
        assert PASSWORD not in shown.said
