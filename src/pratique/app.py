"""The composition root: settings in, a world out. The only module that chooses adapters."""

import getpass
import os
import platform
import secrets
import tomllib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import platformdirs

from pratique.adapters.blobs.disk import DiskBlobs
from pratique.adapters.blobs.memory import MemoryBlobs
from pratique.adapters.clients import Client, IndexChoice, Launch, default_index, known_index
from pratique.adapters.clients.pip import Pip
from pratique.adapters.clients.poetry import Poetry
from pratique.adapters.clients.uv import Uv
from pratique.adapters.http import HttpUpstream, open_session
from pratique.adapters.scanner import ConfinedScanner, NoScanner
from pratique.adapters.store.memory import MemoryStore
from pratique.adapters.store.sqlite import SqliteStore
from pratique.adapters.system import CheckpointFile, Ed25519Signer, SystemClock, fresh_ledger_name
from pratique.errors import InvalidInput
from pratique.flow.drill import DrillReport, drill
from pratique.flow.ledger import Ledger
from pratique.flow.requester import Requester
from pratique.flow.urls import GateUrls
from pratique.flow.world import World
from pratique.model.scenario import Scenario
from pratique.model.scope import Actor, ActorKind, Scope, ScopeName
from pratique.policy.load import default_policy, load
from pratique.policy.policy import Policy
from pratique.ports import Blobs, Clock, Scanner, Store, Upstream
from pratique.settings import Settings, read_settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.scenarios import attacks, benign, noon
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream


def settings_here(overrides: Mapping[str, object] | None = None) -> Settings:
    """The settings of this machine and folder. Raises `InvalidInput` for a file that cannot be read as settings."""
    environment = dict(os.environ)  # noqa: TID251 - the one place where the environment is read for settings
    document: dict[str, object] = {}
    for path in (Path("pratique.toml"), platformdirs.user_config_path("pratique") / "pratique.toml"):
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise InvalidInput(
                f"{path} cannot be read: {error}", advice="docs/reference/settings.md shows one"
            ) from error
        break
    return read_settings(document | dict(overrides or {}), environment)


def home(settings: Settings) -> Path:
    """The folder of the ledger, the keys and the files; made on first use, for its owner only."""
    folder = Path(settings.home).expanduser() if settings.home else platformdirs.user_data_path("pratique")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def person() -> Actor:
    """The person at this terminal, or the account a service runs under."""
    return Actor(ActorKind.HUMAN, getpass.getuser())


def policy_in_force(settings: Settings) -> Policy:
    """The policy file named in the settings, or the one that ships. Raises `InvalidPolicy` or `InvalidInput`."""
    if not settings.policy:
        return default_policy()
    path = Path(settings.policy).expanduser()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"the policy {path} cannot be read: {error}", advice="set `policy` in pratique.toml"
        ) from error
    return load(text, str(path), indexes=index_names(settings))


@asynccontextmanager
async def open_world(
    settings: Settings,
    *,
    clock: Clock | None = None,
    upstreams: Mapping[str, Upstream] | None = None,
    policy: Policy | None = None,
) -> AsyncIterator[World]:
    """Everything wired by the settings, released at the end.

    `clock`, `upstreams` and `policy` replace the real ones, as a drill does.
    """
    policy = policy or policy_in_force(settings)
    time = clock or SystemClock()
    async with AsyncExitStack() as stack:
        signer = _signer(settings)
        store = await _store(settings, signer)
        stack.push_async_callback(store.close)
        bytes_max = settings.blobs_bytes_max
        kept = MemoryBlobs if settings.store == "memory" else partial(DiskBlobs, home(settings) / "blobs", time)
        blobs: Blobs = kept(bytes_max=bytes_max)
        confined = ConfinedScanner(blobs)
        stack.push_async_callback(confined.close)
        scanner: Scanner = confined if settings.scan else NoScanner(confined)
        if upstreams is None:
            session = await stack.enter_async_context(open_session(settings.ca_bundle))
            indexes = indexes_of(settings)
            absent = settings.ignore_error_codes
            upstreams = {
                name: HttpUpstream(name, url, session, absent=absent.get(name, ())) for name, url in indexes.items()
            }
        named = settings.machine_in_record == "name"
        ledger = Ledger(store, secrets.token_bytes, platform.node(), machines_named=named)
        yield World(settings, policy, ledger, blobs, scanner, time, upstreams, signer.verifier_key)


def seen_checkpoint(settings: Settings) -> CheckpointFile:
    """The newest checkpoint this account has verified, kept apart from the ledger."""
    return CheckpointFile(home(settings) / "seen" / "checkpoint")


def _signer(settings: Settings) -> Ed25519Signer:
    if settings.store == "memory":
        return Ed25519Signer.fresh(settings.ledger_name or fresh_ledger_name())
    return Ed25519Signer.load_or_create(home(settings) / "keys" / "ledger.key", settings.ledger_name)


async def _store(settings: Settings, signer: Ed25519Signer) -> Store:
    if settings.store == "memory":
        return MemoryStore(signer)
    return await SqliteStore.open(home(settings) / "ledger.sqlite", signer)


def index_names(settings: Settings) -> tuple[str, ...]:
    """What the indexes are called, in the order of `indexes_of`."""
    return tuple(dict.fromkeys([*(name for name in settings.indexes if name != "public"), "public"]))


def indexes_of(settings: Settings) -> dict[str, str]:
    """The indexes in the order in which a name is looked for: the organisation's own first, the public one last.

    Where this machine's clients already use this gate, the public index is the one that libraries know: a gate does not ask
    itself.
    """
    named = dict(settings.indexes)
    public = named.pop("public", "") or default_index()
    named["public"] = known_index() if _is_this_gate(public, settings) else public
    return named


def _is_this_gate(url: str, settings: Settings) -> bool:
    parts = urlsplit(url)
    hosts = {settings.host, "127.0.0.1", "::1", "localhost"}
    public = settings.public_url.rstrip("/")
    return (parts.hostname in hosts and parts.port == settings.port) or bool(public and url.startswith(f"{public}/"))


@dataclass(frozen=True, slots=True)
class Wrapping:
    """A client that is about to run around a gate, and the index it would have used without one."""

    client: Client
    choice: IndexChoice

    def launch(self, world: World, url: str) -> Launch:
        """How to run it around the gate at `url`."""
        environment = dict(os.environ)  # noqa: TID251 - the client's own environment is passed on
        return self.client.launch(self.choice, GateUrls(url, world), Path.cwd(), environment)


def wrapping(client: str, arguments: Sequence[str]) -> Wrapping:
    """Prepare `pip`, `uv` or `poetry`. Raises `InvalidInput` when it is not installed or its project leads around a gate."""
    clients: dict[str, Client] = {"pip": Pip(), "uv": Uv(), "poetry": Poetry()}
    chosen = clients[client]
    environment = dict(os.environ)  # noqa: TID251 - which index it would have used is in its environment
    return Wrapping(chosen, chosen.choose(arguments, Path.cwd(), environment))


def system_now() -> datetime:
    """The present moment, for commands that decide nothing themselves."""
    return SystemClock().now()


def fresh_secret() -> str:
    """A new access token: 256 random bits."""
    return secrets.token_urlsafe(32)


async def run_drill(policy: Path | None, scope: str | None) -> DrillReport:
    """Replay the attacks and the benign releases that ship, against a policy file or the policy in force.

    Raises `InvalidPolicy`, and `InvalidInput` for a scope the policy does not know.
    """
    overrides = {} if policy is None else {"policy": str(policy)}
    settings = msgspec.structs.replace(settings_here(overrides), store="memory", scan=True)
    judging = policy_in_force(settings)
    chosen = ScopeName(scope or settings.scope or judging.default_scope)
    judging.mode(chosen)
    plays = {play.scenario.id: play for play in (*attacks(), *benign())}

    @asynccontextmanager
    async def rehearse(
        scenario: Scenario, judged_by: Policy
    ) -> AsyncIterator[tuple[World, Callable[[datetime], None]]]:
        clock = SimulatedClock(scenario.published)
        index = SimulatedIndex(clock)
        plays[scenario.id].stage(index)
        upstreams = {"public": SimulatedUpstream("public", index)}
        async with open_world(settings, clock=clock, upstreams=upstreams, policy=judged_by) as world:
            yield world, clock.set

    return await drill(
        (play.scenario for play in attacks()),
        (play.scenario for play in benign()),
        judging,
        Requester(Scope(chosen), person()),
        rehearse,
        benign_at=noon(),
    )
