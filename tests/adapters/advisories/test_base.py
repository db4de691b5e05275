"""Feeds in one file: whole or not at all, what was known when, and what is left when something is broken."""

import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pratique.adapters.advisories.base import AdvisoryBase
from pratique.adapters.advisories.feed import documents, feed_name
from pratique.adapters.advisories.signals import Signals
from pratique.errors import InvalidInput, NotFound, PratiqueError, Unavailable
from pratique.model.advisory import About
from pratique.model.evidence import Unknown
from pratique.ports import Imported

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def record(number: int = 1, name: str = "demo", **changes: Any) -> bytes:  # noqa: ANN401 - what records hold
    said = {
        "id": f"PYSEC-2026-{number}",
        "aliases": [f"CVE-2026-{number}"],
        "modified": "2026-01-01T00:00:00Z",
        "affected": [{"package": {"ecosystem": "PyPI", "name": name}, "versions": ["1.0"]}],
    }
    return json.dumps({**said, **changes}).encode()


@pytest.fixture
def base(tmp_path: Path) -> AdvisoryBase:
    return AdvisoryBase(tmp_path / "advisories.sqlite")


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    folder = tmp_path / "feed"
    (folder / "pypi").mkdir(parents=True)
    (folder / "pypi" / "1.json").write_bytes(record(1))
    (folder / "pypi" / "2.json").write_bytes(record(2, "other"))
    return folder


async def imported(base: AdvisoryBase, place: Path, now: datetime = NOW, name: str = "feed") -> Imported:
    async with base.replacing(name, str(place), documents(place), now) as result:
        return result


async def ids(base: AdvisoryBase, name: str = "demo", at: datetime | None = None) -> list[str]:
    about = await base.about("pypi", name, at=at)
    assert isinstance(about, About)
    return [each.id for each in about.records]


async def test_before_the_first_import_nothing_is_known(base: AdvisoryBase) -> None:
    assert await base.about("pypi", "demo") == Unknown("advisories", "no feed of advisories was imported")
    assert (base.state(), await base.feeds(), await base.named("X"), await base.packages("pypi")) == ("", [], [], [])


async def test_a_feed_is_read_and_asked(base: AdvisoryBase, feed: Path) -> None:
    result = await imported(base, feed)
    assert (result.records, result.added, result.changed, result.removed) == (2, 2, 0, 0)
    assert result.packages == (("pypi", "demo"), ("pypi", "other"))
    assert await ids(base) == ["PYSEC-2026-1"]
    assert await base.named("CVE-2026-2") == [("pypi", "other")]
    assert await base.packages("pypi") == ["demo", "other"]
    (told,) = await base.feeds()
    assert (told.name, told.place, told.asked, told.records, told.sound) == ("feed", str(feed), NOW, 2, True)
    assert told.digest == result.digest
    nothing = await base.about("pypi", "never-heard-of")
    assert nothing == About((), NOW)


async def test_what_changed_and_what_is_gone_is_learned_at_that_moment(base: AdvisoryBase, feed: Path) -> None:
    first = await imported(base, feed)
    (feed / "pypi" / "1.json").write_bytes(record(1, summary="other words"))
    (feed / "pypi" / "2.json").unlink()
    (feed / "pypi" / "3.yaml").write_bytes(record(3))
    result = await imported(base, feed, LATER)
    assert (result.records, result.added, result.changed, result.removed) == (2, 1, 1, 1)
    assert result.packages == (("pypi", "demo"), ("pypi", "other"))
    assert result.digest != first.digest
    assert sorted(await ids(base)) == ["PYSEC-2026-1", "PYSEC-2026-3"]
    assert await ids(base, "other") == []
    assert await ids(base, "other", at=NOW + timedelta(hours=1)) == ["PYSEC-2026-2"]
    assert await ids(base, at=NOW - timedelta(hours=1)) == []
    assert await base.named("PYSEC-2026-2") == []


async def test_nothing_new_is_nothing_learned(base: AdvisoryBase, feed: Path) -> None:
    first = await imported(base, feed)
    again = await imported(base, feed, LATER)
    assert (again.added, again.changed, again.removed, again.packages) == (0, 0, 0, ())
    assert again.digest == first.digest
    (told,) = await base.feeds()
    assert told.asked == LATER


async def test_a_record_that_broke_is_told_and_what_it_said_stays(base: AdvisoryBase, feed: Path) -> None:
    await imported(base, feed)
    (feed / "pypi" / "1.json").write_bytes(b"{")
    result = await imported(base, feed, LATER)
    assert (result.unread_count, result.changed, result.removed) == (1, 0, 0)
    assert "1.json is no OSV record" in result.unread[0]
    assert await ids(base) == ["PYSEC-2026-1"]


async def test_the_oldest_feed_says_how_old_the_answer_is(base: AdvisoryBase, feed: Path) -> None:
    await imported(base, feed, NOW, "one")
    await imported(base, feed, LATER, "two")
    about = await base.about("pypi", "demo")
    assert isinstance(about, About)
    assert (about.as_of, len(about.records)) == (NOW, 2)


@pytest.mark.parametrize("what", ["empty", "no records", "nowhere"])
async def test_a_feed_without_records_takes_nothing_back(
    base: AdvisoryBase, feed: Path, tmp_path: Path, what: str
) -> None:
    await imported(base, feed)
    place = tmp_path / "else"
    if what != "nowhere":
        place.mkdir()
    if what == "no records":
        (place / "a.json").write_bytes(b"[]")
    with pytest.raises((InvalidInput, Unavailable)):
        await imported(base, place, LATER)
    assert await ids(base) == ["PYSEC-2026-1"]


async def test_an_import_that_is_not_recorded_did_not_happen(base: AdvisoryBase, feed: Path) -> None:
    with pytest.raises(RuntimeError):
        async with base.replacing("feed", "there", documents(feed), NOW):
            raise RuntimeError
    assert await base.feeds() == []
    assert isinstance(await base.about("pypi", "demo"), Unknown)


async def test_whoever_reads_sees_that_something_changed(base: AdvisoryBase, feed: Path, tmp_path: Path) -> None:
    reader = AdvisoryBase(tmp_path / "advisories.sqlite")
    assert reader.state() == ""
    await imported(base, feed)
    before = reader.state()
    assert before == reader.state() != ""
    (feed / "pypi" / "1.json").write_bytes(record(1, summary="other words"))
    await imported(base, feed, LATER)
    assert reader.state() != before


async def test_a_feed_is_dropped(base: AdvisoryBase, feed: Path) -> None:
    await imported(base, feed)
    async with base.dropping("feed", LATER) as result:
        assert (result.records, result.removed, result.packages) == (0, 2, (("pypi", "demo"), ("pypi", "other")))
    assert await base.feeds() == []
    with pytest.raises(NotFound):
        async with base.dropping("feed", LATER):
            pass


async def test_signals_join_by_any_name_and_replace_those_before(base: AdvisoryBase, feed: Path) -> None:
    await imported(base, feed)
    assert await base.signal(Signals(frozenset({"CVE-2026-1"}), (("CVE-2026-1", 970), ("CVE-2026-9", 1)))) == 2
    about = await base.about("pypi", "demo")
    assert isinstance(about, About)
    assert (about.records[0].exploited, about.records[0].likelihood) == (True, 970)
    await base.signal(Signals(frozenset({"CVE-2026-9"})))
    about = await base.about("pypi", "demo")
    assert isinstance(about, About)
    assert (about.records[0].exploited, about.records[0].likelihood) == (False, 970)


@pytest.mark.parametrize("suffix", [".zip", ".tar.gz"])
async def test_a_packed_feed_is_as_good_as_a_folder(base: AdvisoryBase, tmp_path: Path, suffix: str) -> None:
    import io
    import tarfile

    place = tmp_path / f"all{suffix}"
    if suffix == ".zip":
        with zipfile.ZipFile(place, "w") as archive:
            archive.writestr("PYSEC-2026-1.json", record(1))
            archive.writestr("notes.txt", b"no record")
    else:
        with tarfile.open(place, "w:gz") as packed:
            member = tarfile.TarInfo("osv/PYSEC-2026-1.json")
            member.size = len(record(1))
            packed.addfile(member, io.BytesIO(record(1)))
    result = await imported(base, place)
    assert (result.records, result.added) == (1, 1)
    again = await imported(base, place, LATER)
    assert (again.added, again.changed) == (0, 0)


async def test_links_and_hidden_files_are_no_records(base: AdvisoryBase, feed: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.json").write_bytes(record(7))
    (feed / "linked.json").symlink_to(tmp_path / "outside.json")
    (feed / "loop").symlink_to(feed)
    (feed / ".hidden.json").write_bytes(record(8))
    assert (await imported(base, feed)).records == 2


@pytest.mark.parametrize("made", [b"no database at all, but long enough to be looked at" * 40, b""])
async def test_a_foreign_or_damaged_file_is_unknown_and_says_what_to_do(
    base: AdvisoryBase, tmp_path: Path, made: bytes
) -> None:
    (tmp_path / "advisories.sqlite").write_bytes(made)
    about = await base.about("pypi", "demo")
    assert isinstance(about, Unknown)
    if made:
        assert base.state().startswith("damaged")
        with pytest.raises(PratiqueError):
            await base.feeds()


async def test_what_somebody_changed_in_the_file_is_no_longer_sound(
    base: AdvisoryBase, feed: Path, tmp_path: Path
) -> None:
    import apsw

    await imported(base, feed)
    with apsw.Connection(str(tmp_path / "advisories.sqlite")) as db:
        db.execute("DELETE FROM advisory WHERE name = 'demo'")
    (told,) = await base.feeds()
    assert told.sound is False


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("/srv/osv/advisory-database/vulns", "advisory-database"),
        ("https://feeds.example/PyPI/all.zip", "PyPI"),
        ("malicious", "malicious"),
        ("/srv/pypa.tar.gz", "pypa"),
        ("/", "feed"),
    ],
)
def test_what_a_feed_is_called(place: str, name: str) -> None:
    assert feed_name(place) == name
