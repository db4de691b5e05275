"""Feeds of advisories: reading them, reading them again, and an advisory that comes after a million files were let in.

Records have the shape of the OSV schema, as many as the PyPA advisory database and the malicious packages have together; where
`PRATIQUE_BENCH_ADVISORIES` names a folder of real ones, that is read too. The limit in the same run is the parser alone.
"""

import asyncio
import hashlib
import json
import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import yaml

from bench.figure import Figure, figure
from pratique.adapters.advisories.feed import documents
from pratique.app import open_world
from pratique.flow.investigate.feeds import import_feed
from pratique.flow.investigate.recalls import advised
from pratique.flow.world import World
from pratique.model.artifact import Artifact, Ecosystem, ProjectName, VersionText
from pratique.model.canonical import digest_of
from pratique.model.decision import Verdict
from pratique.model.event import Decided
from pratique.model.identifier import identifier
from pratique.model.scope import Actor, ActorKind, Mode, Scope, ScopeName
from pratique.record.entry import Entry, entry_of
from pratique.settings import Settings, StoreOptions

VULNERABILITIES, MALICIOUS = 2_700, 13_000
SERVED, PROJECTS, VERSIONS = 1_000_000, 5_000, 20
BATCH = 2_048
TARGET_IMPORT, TARGET_AGAIN, TARGET_RECALL = 20.0, 1.0, 1.0
ACTOR = Actor(ActorKind.SERVICE, "build-farm")
MOMENT = datetime(2026, 3, 24, 12, tzinfo=UTC)
EVIDENCE, POLICY, WAIVERS = b"{}", b"[cooldown]", b"[]"


def vulnerability(number: int) -> dict[str, Any]:
    """A record of a hole, with its versions told one by one, as the PyPA database has them."""
    versions = [f"{major}.{minor}" for major in range(4) for minor in range(1 + number % 30)]
    events = [{"introduced": "0"}, {"fixed": "4.0"}]
    package = {"ecosystem": "PyPI", "name": f"holelook-{number % 700}", "purl": f"pkg:pypi/holelook-{number % 700}"}
    return {
        "id": f"PYSEC-2026-{number}",
        "modified": "2026-01-01T00:00:00Z",
        "published": "2026-01-01T00:00:00Z",
        "aliases": [f"CVE-2026-{number}", f"GHSA-{number:04x}-{number:04x}"],
        "details": "An example of a hole. " * 20,
        "affected": [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}], "versions": versions}],
        "references": [{"type": "WEB", "url": f"https://advisories.example/{number}"}],
    }


def malice(number: int, name: str, versions: list[str]) -> dict[str, Any]:
    """A report of malice, as the database of malicious packages has them."""
    digest = hashlib.sha256(b"%d" % number).hexdigest()
    origin = {"import_time": "2026-01-01T00:00:00Z", "sha256": digest, "source": "example", "versions": versions}
    return {
        "modified": "2026-01-01T00:00:00Z",
        "schema_version": "1.7.4",
        "id": f"MAL-2026-{number}",
        "summary": f"Malicious code in {name} (PyPI)",
        "details": "\n---\n_-= Per source details. =-_\n" * 10,
        "affected": [{"package": {"ecosystem": "PyPI", "name": name}, "versions": versions}],
        "database_specific": {"malicious-packages-origins": [origin]},
    }


def write_feeds(folder: Path) -> tuple[Path, Path]:
    """Both feeds, each record in a folder of its package."""
    holes, bad = folder / "vulns", folder / "malicious"
    for number in range(VULNERABILITIES):
        place = holes / f"holelook-{number % 700}" / f"PYSEC-2026-{number}.yaml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(yaml.dump(vulnerability(number), Dumper=yaml.CSafeDumper, sort_keys=False), encoding="utf-8")
    for number in range(MALICIOUS):
        name = f"badlook-{hashlib.sha256(b'%d' % number).hexdigest()[:8]}"
        place = bad / name / f"MAL-2026-{number}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(malice(number, name, ["1.0.0", "1.0.1"]), indent=2), encoding="utf-8")
    return holes, bad


def measure() -> list[Figure]:
    """Seconds for each."""
    with tempfile.TemporaryDirectory(prefix="pratique-bench-") as name:
        folder = Path(name)
        feeds = write_feeds(folder / "feeds")
        return asyncio.run(_measure(folder, *feeds))


async def _measure(folder: Path, holes: Path, bad: Path) -> list[Figure]:
    figures = [figure("advisories: the parsers alone, 15,700 records", _parse(holes, bad), "s")]
    settings = Settings(home=str(folder / "home"), store=StoreOptions())
    async with open_world(settings, upstreams={}) as world:
        seconds = [await _import(world, place) for place in (holes, bad)]
        figures.append(figure("advisories: first import, 15,700 records", sum(seconds), "s", at_most=TARGET_IMPORT))
        _change_one(bad)
        seconds = [await _import(world, place) for place in (holes, bad)]
        figures.append(figure("advisories: again, one record is other", sum(seconds), "s", at_most=TARGET_AGAIN))
        real = os.environ.get("PRATIQUE_BENCH_ADVISORIES", "")  # noqa: TID251 - the bench has an environment
        if real:
            figures.append(
                figure("advisories: first import of the folder named", await _import(world, Path(real)), "s")
            )
        await _serve_a_million(world)
        figures.append(await _recall(world, folder))
    return figures


def _change_one(bad: Path) -> None:
    next(bad.rglob("*.json")).write_text(json.dumps(malice(0, "badlook-new", ["2.0"])), encoding="utf-8")


def _write(feed: Path, record: object) -> None:
    feed.mkdir()
    (feed / "MAL.json").write_text(json.dumps(record), encoding="utf-8")


def _parse(holes: Path, bad: Path) -> float:
    start = time.perf_counter()
    for path in holes.rglob("*.yaml"):
        yaml.load(path.read_bytes(), Loader=yaml.CBaseLoader)  # noqa: S506 - it makes nothing but texts
    for path in bad.rglob("*.json"):
        msgspec.json.decode(path.read_bytes())
    return time.perf_counter() - start


async def _import(world: World, place: Path) -> float:
    start = time.perf_counter()
    await import_feed(world, place.name, str(place), documents(place), ACTOR)
    return time.perf_counter() - start


async def _serve_a_million(world: World) -> None:
    for first in range(0, SERVED, BATCH):
        await world.store.commit([_served(number) for number in range(first, min(first + BATCH, SERVED))])


def _served(number: int) -> Entry:
    draw = int.from_bytes(hashlib.sha256(b"%d" % number).digest()[:8])
    project, version = f"usedlook-{draw % PROJECTS}", f"1.{draw // PROJECTS % VERSIONS}"
    file = f"{project.replace('-', '_')}-{version}-py3-none-any.whl"
    event = Decided(
        id=identifier(hashlib.sha256(b"%d" % number).digest()),
        at=MOMENT + timedelta(milliseconds=number),
        artifact=Artifact(Ecosystem.PYPI, ProjectName(project), VersionText(version), file),
        scope=Scope(ScopeName("workstation")),
        mode=Mode.ENFORCE,
        verdict=Verdict.ALLOW,
        enforced=Verdict.ALLOW,
        reasons=(),
        evidence=digest_of(EVIDENCE),
        policy=digest_of(POLICY),
        waivers=digest_of(WAIVERS),
        actor=ACTOR,
        machine="machine",
    )
    documents_named = {digest_of(EVIDENCE): EVIDENCE, digest_of(POLICY): POLICY, digest_of(WAIVERS): WAIVERS}
    return entry_of(event, documents_named)


async def _recall(world: World, folder: Path) -> Figure:
    """From the report on a disk to the release blocked, and everyone who got it listed."""
    feed = folder / "late"
    _write(feed, malice(-1, "usedlook-17", ["1.3"]))
    start = time.perf_counter()
    imported = await import_feed(world, "late", str(feed), documents(feed), ACTOR)
    (found,) = await advised(world, imported.packages)
    seconds = time.perf_counter() - start
    name = f"advisories: blocked and {len(found.entries)} who got it listed, 1M served"
    return figure(name, seconds, "s", at_most=TARGET_RECALL)
