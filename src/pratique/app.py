"""The composition root: settings in, a world out. The only module that chooses adapters."""

import platform
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from pratique.adapters.account import home, person
from pratique.adapters.advisories.base import AdvisoryBase
from pratique.adapters.advisories.feed import documents, feed_name, fetched, is_url
from pratique.adapters.advisories.signals import read_signals
from pratique.adapters.allocator import return_large_buffers
from pratique.adapters.attestations.verifier import LateVerifier
from pratique.adapters.blobs.disk import DiskBlobs
from pratique.adapters.blobs.memory import MemoryBlobs
from pratique.adapters.blobs.shelves import ShelvedBlobs
from pratique.adapters.client_files.setting_up import ClientSetup, Step, installed_clients
from pratique.adapters.client_files.sources import is_poetry_project, proxies_before, sources_of
from pratique.adapters.clock import SystemClock
from pratique.adapters.environments import active_environment, installed_in
from pratique.adapters.http import HttpUpstream, open_session
from pratique.adapters.indexes import client_setup, indexes_of, is_this_gate, this_machine
from pratique.adapters.installed.environment import Environment
from pratique.adapters.kept_records import KeptRecords
from pratique.adapters.names import names_in_force
from pratique.adapters.packs import packs_in_force
from pratique.adapters.pins import pins_of
from pratique.adapters.policy_file import policy_in_force
from pratique.adapters.probe import gate_answers
from pratique.adapters.scanner import ConfinedScanner, NoScanner
from pratique.adapters.signing_keys import SigningKeys
from pratique.adapters.store.memory import MemoryStore
from pratique.adapters.store.sqlite import SqliteStore
from pratique.adapters.system import CheckpointFile, Ed25519Signer, fresh_ledger_name
from pratique.adapters.tunnels import SocketTunnels
from pratique.adapters.watched import WatchedUpstream
from pratique.ecosystems import ECOSYSTEMS
from pratique.errors import InvalidInput
from pratique.facts.names.judge import Known
from pratique.facts.names.lists import KINDS, Names
from pratique.flow.advised import NoAdvisories, ToldAdvisories
from pratique.flow.drill import drill
from pratique.flow.drill_report import DrillReport
from pratique.flow.ledger import Ledger
from pratique.flow.observer import Observer, Unobserved
from pratique.flow.own_index import OwnIndex
from pratique.flow.requester import Requester
from pratique.flow.world import World
from pratique.here import settings_here
from pratique.model.artifact import Ecosystem as ArtifactKind
from pratique.model.pinned import Pinned
from pratique.model.scope import Scope, ScopeName
from pratique.model.text import clean
from pratique.policy.policy import Policy
from pratique.ports import Advisories, Blobs, Clock, FeedDocument, Scanner, Store, Upstream
from pratique.record.statement import examine
from pratique.settings import INDEX_NAME, ScannerOptions, Settings, StoreOptions
from pratique.simulators.attestations import SimulatedAttestations
from pratique.simulators.plays import Play
from pratique.simulators.rehearsal import Rehearsal
from pratique.simulators.repertoire import repertoire

ADVISORIES_FILE: Final = "advisories.sqlite"
"""The file in the data folder that feeds are read into."""

__all__ = [
    "ClientSetup",
    "Step",
    "active_environment",
    "client_setup",
    "feed_documents",
    "feed_name",
    "gate_answers",
    "import_signals",
    "installed_clients",
    "installed_in",
    "is_poetry_project",
    "is_this_gate",
    "open_world",
    "pins_in",
    "pins_of",
    "proxies_before",
    "run_drill",
    "seen_checkpoint",
    "signing_keys",
    "sources_of",
    "this_machine",
]


@asynccontextmanager
async def open_world(
    settings: Settings,
    *,
    clock: Clock | None = None,
    upstreams: Mapping[str, Upstream] | None = None,
    policy: Policy | None = None,
    observer: Observer | None = None,
    looking: tuple[Blobs, Scanner] | None = None,
) -> AsyncIterator[World]:
    """Everything wired by the settings, released at the end.

    `clock`, `upstreams`, `policy`, and `looking` (files, and what looks into them) replace the real ones, as a drill does;
    `observer` is told of what happens.
    """
    return_large_buffers()
    policy = policy or policy_in_force(settings)
    time = clock or SystemClock()
    watching = observer or Unobserved()
    async with AsyncExitStack() as stack:
        signer = _signer(settings)
        store = await _store(settings, signer)
        stack.push_async_callback(store.close)
        bytes_max = settings.store.blobs_bytes_max
        in_memory = settings.store.kind == "memory"
        kept = MemoryBlobs if in_memory else partial(DiskBlobs, home(settings) / "blobs", time)
        own_files = _own_files(settings, time)
        if looking is None:
            blobs: Blobs = kept(bytes_max=bytes_max)
            if own_files is not None:
                blobs = ShelvedBlobs(own_files, blobs)
            records = None if in_memory else KeptRecords(home(settings) / "records")
            confined = ConfinedScanner(blobs, packs_in_force(settings), records)
            stack.push_async_callback(confined.close)
            scanner: Scanner = confined if settings.scanner.enabled else NoScanner(confined)
        else:
            blobs, scanner = looking
        if upstreams is None:
            session = await stack.enter_async_context(open_session(settings.ca_bundle))
            absent = {name: options.ignore_error_codes for name, options in settings.index.items()}
            upstreams = {
                name: WatchedUpstream(HttpUpstream(name, url, session, absent=absent.get(name, ())), watching)
                for name, url in indexes_of(settings).items()
            }
        advisories: Advisories = NoAdvisories() if in_memory else AdvisoryBase(home(settings) / ADVISORIES_FILE)
        stack.push_async_callback(advisories.close)
        named = settings.ledger.machines == "name"
        ledger = Ledger(store, secrets.token_bytes, platform.node(), machines_named=named)
        ecosystem = ECOSYSTEMS[ArtifactKind.PYPI]
        own = None if own_files is None else OwnIndex(settings.publish.index, ledger, own_files, ecosystem, examine)
        yield World(
            settings,
            policy,
            ledger,
            blobs,
            scanner,
            time,
            upstreams if own is None else {own.name: own, **upstreams},
            ecosystem,
            signer.verifier_key,
            SocketTunnels(),
            advisories=advisories,
            attestations=LateVerifier(settings.attestations.trusted_root),
            names=names_in_force(settings),
            observer=watching,
            own=own,
        )


@asynccontextmanager
async def feed_documents(settings: Settings, place: str) -> AsyncIterator[Iterable[FeedDocument]]:
    """The records of a feed: a folder, a file, or the URL of one, which is fetched first.

    Raises `Unavailable` for one that cannot be read or does not answer, `NotFound`, and `LimitExceeded`.
    """
    if not is_url(place):
        yield documents(Path(place))
        return
    async with open_session(settings.ca_bundle) as session, fetched(session, place, home(settings)) as path:
        yield documents(path)


async def import_signals(settings: Settings, place: str) -> int:
    """Read a list of exploited vulnerabilities or of likelihoods, from a file or a URL; how many it names.

    Raises as `read_signals`, and `Unavailable` where it cannot be fetched or kept.
    """
    base = AdvisoryBase(home(settings) / ADVISORIES_FILE)
    if not is_url(place):
        return await base.signal(read_signals(Path(place)))
    async with open_session(settings.ca_bundle) as session, fetched(session, place, home(settings)) as path:
        return await base.signal(read_signals(path))


def pins_in(environment: Environment) -> list[Pinned]:
    """What is installed in an environment, as releases."""
    return [
        Pinned(each.name, each.version, str(environment.prefix), each.origin)
        for each in installed_in(environment.prefix)
    ]


def seen_checkpoint(settings: Settings) -> CheckpointFile:
    """The newest checkpoint this account has verified, kept apart from the ledger."""
    return CheckpointFile(home(settings) / "seen" / "checkpoint")


def signing_keys(settings: Settings) -> SigningKeys:
    """The private halves of the keys that statements are signed with. Raises as `home` does."""
    return SigningKeys(home(settings) / "keys" / "signing")


def _own_files(settings: Settings, clock: Clock) -> Blobs | None:
    """Where the files of the own index lie: nothing makes room there. None where the settings name no such index.

    Raises `InvalidInput` for one that is also asked elsewhere.
    """
    name = settings.publish.index
    if not name:
        return None
    if name == "public" or name in settings.index or not INDEX_NAME.fullmatch(name):
        raise InvalidInput(
            f"the index {clean(name)} cannot be kept here: it is asked elsewhere, or is no name for an index",
            advice="give `index` under [publish] a name of its own, in small letters, digits and hyphens",
        )
    if settings.store.kind == "memory":
        return MemoryBlobs(bytes_max=None)
    return DiskBlobs(home(settings) / "published", clock, bytes_max=None)


def _signer(settings: Settings) -> Ed25519Signer:
    if settings.store.kind == "memory":
        return Ed25519Signer.fresh(settings.ledger.name or fresh_ledger_name())
    return Ed25519Signer.load_or_create(home(settings) / "keys" / "ledger.key", settings.ledger.name)


async def _store(settings: Settings, signer: Ed25519Signer) -> Store:
    if settings.store.kind == "memory":
        return MemoryStore(signer)
    return await SqliteStore.open(home(settings) / "ledger.sqlite", signer)


async def run_drill(
    policy: Path | None,
    scope: str | None,
    *,
    scenarios: Path | None = None,
    only: bool = False,
    told: Callable[[int, int], None] = lambda _done, _of: None,
) -> DrillReport:
    """Replay the attacks and the benign releases that ship, against a policy file or the policy in force.

    `scenarios` is a folder of an organisation's own, played beside what ships, or with `only` alone; `told` hears how many are
    done, and of how many. One scanner looks into the files of all of them. Raises `InvalidPolicy`, and `InvalidInput` for a
    scope the policy does not know and for scenarios with mistakes.
    """
    settings = settings_here({} if policy is None else {"policy": str(policy)})
    in_memory = msgspec.structs.replace(settings, store=StoreOptions(kind="memory"), scanner=ScannerOptions())
    judging = policy_in_force(settings)
    chosen = ScopeName(scope or settings.scope or judging.default_scope)
    judging.mode(chosen)
    plays = repertoire(scenarios, only=only)
    looked_into = MemoryBlobs()
    scanner = ConfinedScanner(looked_into, packs_in_force(settings))

    @asynccontextmanager
    async def opens(clock: Clock, upstreams: Mapping[str, Upstream], judge: Policy, play: Play) -> AsyncIterator[World]:
        looking = (MemoryBlobs(also=looked_into), scanner)
        async with open_world(in_memory, clock=clock, upstreams=upstreams, policy=judge, looking=looking) as world:
            names = Known({kind: Names.ranked_as(kind, play.popular.get(kind, ())) for kind in KINDS})
            told = (
                ToldAdvisories(clock, play.scenario.project, play.advisories) if play.advisories else world.advisories
            )
            yield replace(world, names=names, advisories=told, attestations=SimulatedAttestations())

    rehearsal = Rehearsal(plays, opens)
    requester = Requester(Scope(chosen), person())
    async with AsyncExitStack() as stack:
        stack.push_async_callback(scanner.close)
        scanner.prepare()
        return await drill(
            rehearsal.scenarios, judging, requester, rehearsal.stage, told=lambda done: told(done, len(plays))
        )
