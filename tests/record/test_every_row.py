"""Every row of every table is tampered with in turn; the tables come from the schema, so that a new one joins by itself.

Whoever tampers owns the file. Each time `log verify` names damage, or the answers that decisions give stay the same, and then the
reason stands in `UNNAMED`.
"""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import apsw
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.app import open_world
from pratique.errors import NotFound, Tampered
from pratique.flow.gate.steer import steer
from pratique.flow.own.keys import trust
from pratique.flow.own.publish import Publisher, publish
from pratique.flow.own.sign import release_files, sign
from pratique.flow.own.withdraw import yank
from pratique.flow.people.forget import forget
from pratique.flow.people.tokens import issue, requester_with, withdraw
from pratique.flow.people.waivers import grant, revoke, usable_waivers
from pratique.flow.record.verify import verify
from pratique.flow.requester import Requester
from pratique.flow.world import World
from pratique.model.artifact import ProjectName, VersionText
from pratique.model.own_file import Offered
from pratique.model.scope import ActorKind, Scope, ScopeName
from pratique.model.statement import Approval, Predicate, Review
from pratique.record.note import VerifierKey
from pratique.record.state import View
from pratique.settings import PublishOptions, Settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream
from pratique.simulators.wheels import wheel
from tests.conftest import DAY, NOW
from tests.flow.test_waivers import ANN, WAIVER, ask
from tests.record.test_tamper import owning

UNNAMED = {
    ("document", "insert"): "a document that no entry names is never read",
    ("fresh_term", "older"): "a term that was put in its place since is found there all the same",
    ("row", "insert person"): "a name that nothing in the record leads to stands behind nobody",
}
EVERY_TABLE = {"checkpoint", "document", "entry", "fresh_term", "row", "term", "tile"}
SECRETS = ("the first", "the second")
CI = ScopeName("ci")
ROWS_EACH = 2

Row = tuple[Any, ...]


class Home:
    """A ledger, an older copy of it, and the world around."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SimulatedClock(NOW)
        self.index = SimulatedIndex(self.clock)
        self.index.add("llmlook", wheel("llmlook", "1.82.6"), NOW - 400 * DAY)
        self.index.add("llmlook", wheel("llmlook", "1.82.8"), NOW - DAY / 4)
        self.path, self.older = folder / "ledger.sqlite", folder / "older.sqlite"

    @asynccontextmanager
    async def world(self) -> AsyncIterator[World]:
        """The world of this home."""
        upstreams = {"public": SimulatedUpstream("public", self.index)}
        settings = Settings(home=str(self.folder), publish=PublishOptions("internal"))
        async with open_world(settings, clock=self.clock, upstreams=upstreams) as world:
            yield world


@pytest.fixture
async def home(tmp_path: Path) -> Home:
    """Waivers, tokens, keys, published files, statements, uses, sights, scans, pages, refusals and people: in force and ended."""
    home = Home(tmp_path / "home")
    async with home.world() as world:
        await steer(world, ProjectName("llmlook"), Requester(Scope(CI), ANN))
        await ask(world, "ci")
        await grant(world, msgspec.structs.replace(WAIVER, uses_max=2, expires=NOW + 9 * DAY), ANN)
        await grant(world, msgspec.structs.replace(WAIVER, id="W2", scopes=(CI,), owner="zoe"), ANN)
        for secret in SECRETS:
            await issue(world, secret, secret.replace(" ", "-"), CI, ActorKind.SERVICE, None, ANN)
        assert not (await ask(world)).refused
        await publishes(world, "1.0")
    shutil.copy(home.path, home.older)
    async with home.world() as world:
        await revoke(world, "W2", ANN)
        await withdraw(world, "the-second", ANN)
        await forget(world, "zoe", ANN)
        home.index.add("llmlook", wheel("llmlook", "1.82.9"), NOW - DAY / 8)
        await steer(world, ProjectName("llmlook"), Requester(Scope(CI), ANN))
        assert not (await ask(world, who="bob")).refused
        await publishes(world, "1.1")
        await yank(world, "acme-core", "1.0", "loses data", ANN)
    with owning(home.path) as db:  # as if some of the terms had been put in their places
        db.execute("INSERT INTO term SELECT term, block FROM fresh_term WHERE term < 'm'")
        db.execute("DELETE FROM fresh_term WHERE term < 'm'")
    return home


async def publishes(world: World, version: str) -> None:
    """A release of the own index, and a review of it by a key of its own."""
    filename, data = wheel("acme-core", version)
    async with world.blobs.writer() as writer:
        await writer.write(data)
        digest = await writer.commit()
    publisher = Publisher(Requester(Scope(CI), ANN), ("acme-*",))
    place = f"acme-core/{version}-py3-none-any.whl"
    await publish(world, publisher, Offered(ProjectName("acme-core"), VersionText(version), filename, place), digest)
    private = Ed25519PrivateKey.generate()
    public = VerifierKey(f"ann-{version}", private.public_key().public_bytes_raw())
    await trust(world, str(public), (Predicate.REVIEW,), ANN)
    files = await release_files(world, "acme-core", version)
    await sign(world, files, Review(NOW, Approval.APPROVED), public.name, lambda _: private.sign, ANN)


def tables(db: apsw.Connection) -> list[str]:
    found = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
    return [str(name) for (name,) in found]


def rows_of(db: apsw.Connection, table: str) -> list[Row]:
    """Some rows of a table: of each view where it has views."""
    every = db.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - a name of the schema
    kinds: dict[object, list[Row]] = {}
    for row in every:
        kinds.setdefault(row[0] if table == "row" else "", []).append(row)
    return [row for group in kinds.values() for row in [*group[: ROWS_EACH - 1], group[-1]][:ROWS_EACH]]


def other(value: object, number: int = 1) -> object:
    """Another value of the same kind."""
    if isinstance(value, int):
        return value + 1_000 * number
    if isinstance(value, bytes):
        return value[:-1] + bytes([value[-1] ^ number]) if value else b"x"
    return f"{value}{number}"


def replaced(row: Row, place: int, value: object) -> Row:
    return (*row[:place], value, *row[place + 1 :])


def tamperings(db: apsw.Connection, table: str, older: apsw.Connection) -> Iterator[tuple[str, list[Row], list[Row]]]:
    """What is done to a table: its name, the rows that go, the rows that come."""
    view = {row: f" {row[0]}" if table == "row" else "" for row in rows_of(db, table)}
    for row, kind in view.items():
        yield f"delete{kind}", [row], []
        for place in range(len(row)):
            yield f"edit {place}{kind}", [row], [replaced(row, place, other(row[place]))]
        place = 1 if table == "row" else 0
        yield f"insert{kind}", [], [replaced(row, place, other(row[place], 7))]
    for one, two in zip(view, list(view)[1:], strict=False):
        if one[-1] != two[-1] and (table != "row" or one[0] == two[0]):
            yield f"swap{view[one]}", [one, two], [(*one[:-1], two[-1]), (*two[:-1], one[-1])]
    now = db.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - a name of the schema
    for row in set(older.execute(f"SELECT * FROM {table}").fetchall()) - set(now):  # noqa: S608 - the same
        keys = 1 if table != "row" else 2
        yield f"older{view.get(row, '')}", [each for each in now if each[:keys] == row[:keys]], [row]


def exchange(path: Path, table: str, gone: list[Row], come: list[Row]) -> None:
    with owning(path) as db:
        columns = [str(name) for _, name, *_ in db.execute(f"PRAGMA table_info({table})").fetchall()]
        where = " AND ".join(f"{column} IS ?" for column in columns)
        for row in gone:
            db.execute(f"DELETE FROM {table} WHERE {where}", row)  # noqa: S608 - names of the schema
        for row in come:
            db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 - the same


async def answers(home: Home) -> list[object]:
    """What decisions read and give."""
    told: list[object] = []
    async with home.world() as world:
        told.append([waiver.id for waiver in await usable_waivers(world, NOW, Requester(Scope(CI), ANN))])
        for scope, who in (("ci", "ann"), ("workstation", "carol"), ("workstation", "bob")):
            told.append((await ask(world, scope, who)).judged.decision.verdict)
        known = await world.pages.find(ProjectName("acme-core"))
        told += [(each.artifact, each.evidence.listing, each.evidence.statements) for each in known.candidates.values()]
        for secret in SECRETS:
            try:
                told.append((await requester_with(world, secret, "")).scope)
            except (NotFound, Tampered):
                told.append("no")
    return told


async def test_whatever_row_is_tampered_with_is_named_or_changes_no_decision(home: Home) -> None:
    whole = home.path.read_bytes()
    key = ""
    async with home.world() as world:
        key = world.verifier_key
        assert (await verify(world.store, key)).damage == ()
    wanted = await answers(home)
    home.path.write_bytes(whole)
    db, older = apsw.Connection(str(home.path)), apsw.Connection(str(home.older))
    done = [(table, *one) for table in tables(db) for one in tamperings(db, table, older)]
    views = {str(view) for (view,) in db.execute("SELECT DISTINCT view FROM row").fetchall()}
    db.close()
    older.close()
    assert views == set(View)
    unnamed = []
    for table, what, gone, come in done:
        home.path.write_bytes(whole)
        exchange(home.path, table, gone, come)
        try:
            async with home.world() as world:
                damage = [one.message for one in (await verify(world.store, key)).damage]
        except Tampered as error:
            damage = [str(error)]
        if not damage:
            unnamed.append((table, what))
            assert (table, what) in UNNAMED, (table, what, gone, come)
            assert await answers(home) == wanted
    assert set(unnamed) == set(UNNAMED)
    assert len(done) > 100
    assert {table for table, *_ in done} == EVERY_TABLE
    assert {what.split()[0] for _, what, *_ in done} == {"insert", "edit", "delete", "swap", "older"}
