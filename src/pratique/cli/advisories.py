"""`pratique advisories`: read feeds of advisories, and show what they say."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import click
import msgspec

from pratique.app import feed_documents, feed_name, import_signals
from pratique.cli.exit_codes import Exit
from pratique.cli.progress import working
from pratique.cli.recalls import advised_lines, advised_told
from pratique.cli.session import in_world, json_option, show
from pratique.errors import InvalidInput, NotFound, Unavailable
from pratique.flow.investigate.feeds import drop_feed, import_feed
from pratique.flow.investigate.recalls import Advised, advised
from pratique.flow.world import World
from pratique.here import person, settings_here
from pratique.model.advisory import About, Advisory, FeedForm
from pratique.model.evidence import Unknown
from pratique.model.text import clean
from pratique.ports import Feed, Imported

_UNREAD_TOLD = 5


@click.group()
def command() -> None:
    """Read feeds of vulnerabilities and of malicious packages (OSV), and show what they say.

    What a gate decides by is kept on this machine: no feed is asked while somebody waits. An import that makes a release that
    was let in a bad one says so, and who got it.
    """


@command.command(name="import")
@click.argument("place")
@click.option("--name", default="", help="What the feed is called; the last part of its place otherwise.")
@json_option
def import_(place: str, name: str, *, as_json: bool) -> None:
    """Read a feed: a folder or a zip of OSV records (JSON or YAML), one record, or the URL of a zip."""
    _read([(name or feed_name(place), place, FeedForm.OSV)], as_json=as_json)


@command.command()
@click.argument("place")
@click.option("--name", default="", help="What they are called; the last part of their place otherwise.")
@json_option
def vex(place: str, name: str, *, as_json: bool) -> None:
    """Read your organisation's own statements about vulnerabilities (OpenVEX): a file, a folder or a zip of them, or a URL.

    What they call not_affected or fixed holds nothing any more. Read none that you would not have written.
    """
    _read([(name or feed_name(place), place, FeedForm.OPENVEX)], as_json=as_json)


@command.command()
@json_option
def sync(*, as_json: bool) -> None:
    """Read all feeds again from where they came."""
    feeds = in_world(lambda world: world.advisories.feeds())
    if not feeds:
        raise NotFound("no feed was imported", advice="pratique advisories import FOLDER|ZIP|URL")
    _read([(feed.name, feed.place, feed.form) for feed in feeds], as_json=as_json)


@command.command()
@click.argument("place")
@json_option
def signals(place: str, *, as_json: bool) -> None:
    """Read which vulnerabilities are used in attacks (the KEV catalogue), or how likely that is (EPSS), from a file or a URL."""
    count = asyncio.run(import_signals(settings_here(), place))
    show({"names": count}, f"{count} vulnerabilities are told of", as_json=as_json)


@command.command()
@click.argument("name")
@json_option
def drop(name: str, *, as_json: bool) -> None:
    """Take back all that a feed said."""
    imported = in_world(lambda world: drop_feed(world, name, person()))
    show(_told(imported), f"dropped {clean(name)}: {imported.removed} records", as_json=as_json)


@command.command(name="show")
@click.argument("what", default="")
@click.option("--at", default="", help="What was known at a moment: 2026-03-01 or 2026-03-01T12:00Z.")
@json_option
def show_(what: str, at: str, *, as_json: bool) -> None:
    """Show the feeds and their age, or what is known of a package, or of an advisory by one of its names."""
    if not what:
        feeds = in_world(lambda world: world.advisories.feeds())
        show([_feed(feed) for feed in feeds], "\n".join(_feeds(feeds)), as_json=as_json)
        raise SystemExit(Exit.ALLOWED if all(feed.sound for feed in feeds) else Exit.EVIDENCE_MISSING)
    moment = _moment(at) if at else None

    async def look(world: World) -> list[tuple[str, About]]:
        packages = [(world.ecosystem.kind.value, name) for name in [_name(world, what)] if name]
        found = []
        for kind, name in [*(by_id := await world.advisories.named(what)), *packages]:
            about = await world.advisories.about(kind, name, at=moment)
            if isinstance(about, Unknown):
                raise Unavailable(about.why, advice="pratique advisories import FOLDER|ZIP|URL")
            records = [each for each in about.records if not by_id or what in (each.id, *each.aliases)]
            if records:
                newest = sorted(records, key=lambda each: each.modified, reverse=True)
                found.append((f"pkg:{kind}/{name}", About(tuple(newest), about.as_of)))
        return found

    found = in_world(look)
    if not found:
        raise NotFound(f"nothing is known of {clean(what)}", advice="a package's name, or an id such as PYSEC-2024-1")
    told = [{"purl": purl, "records": [_record(each) for each in about.records]} for purl, about in found]
    show(told, "\n".join(_about(found)), as_json=as_json)


def _read(feeds: list[tuple[str, str, FeedForm]], *, as_json: bool) -> None:
    settings = settings_here()

    async def run(world: World) -> tuple[list[Imported], list[Advised]]:
        results = []
        for name, place, form in feeds:
            async with feed_documents(settings, place) as documents:
                results.append(await import_feed(world, name, place, documents, person(), form=form))
        packages = sorted({package for each in results for package in each.packages})
        return results, await advised(world, packages)

    with working("reading advisories"):
        results, recalled = in_world(run)
    lines = [line for each in results for line in _lines(each)] + advised_lines(recalled)
    told = {"feeds": [_told(each) for each in results], "advised": advised_told(recalled)}
    show(told, "\n".join(lines), as_json=as_json)
    raise SystemExit(Exit.DENIED if recalled else Exit.ALLOWED)


def _lines(imported: Imported) -> list[str]:
    changes = f"{imported.added} new, {imported.changed} other, {imported.removed} gone"
    lines = [f"{clean(imported.feed)}: {imported.records} records, {changes}"]
    if imported.unread_count:
        lines.append(f"  {imported.unread_count} could not be read; what they said before stays in force:")
        lines += [f"    {clean(each)}" for each in imported.unread[:_UNREAD_TOLD]]
    return lines


def _told(imported: Imported) -> dict[str, object]:
    return {
        "feed": imported.feed,
        "digest": imported.digest,
        "records": imported.records,
        "added": imported.added,
        "changed": imported.changed,
        "removed": imported.removed,
        "unread": list(imported.unread),
        "unread_count": imported.unread_count,
    }


def _feed(feed: Feed) -> dict[str, object]:
    return {
        "name": feed.name,
        "place": feed.place,
        "asked": feed.asked.isoformat(),
        "records": feed.records,
        "digest": feed.digest,
        "sound": feed.sound,
        "form": feed.form.value,
    }


def _feeds(feeds: Sequence[Feed]) -> list[str]:
    lines = []
    for feed in feeds:
        asked = f"asked {feed.asked:%Y-%m-%d %H:%M} UTC"
        what = "records" if feed.form is FeedForm.OSV else "documents of statements"
        lines.append(f"{clean(feed.name):<20} {feed.records:>7} {what}   {asked}   {clean(feed.place)}")
        if not feed.sound:
            lines.append("  what is kept of it is not what was read: import it again")
    return lines or ["No feed was imported: pratique advisories import FOLDER|ZIP|URL"]


def _record(each: Advisory) -> dict[str, object]:
    return {
        "id": each.id,
        "aliases": list(each.aliases),
        "level": each.level.name.lower(),
        "malicious": each.malicious,
        "exploited": each.exploited,
        "withdrawn": each.withdrawn,
        "summary": each.summary,
        "feed": each.source,
        "stated": None if each.stated is None else msgspec.to_builtins(each.stated),
    }


def _about(found: list[tuple[str, About]]) -> list[str]:
    lines = []
    for purl, about in found:
        lines.append(purl)
        for each in about.records:
            names = ", ".join((each.id, *each.aliases))
            state = ", withdrawn" if each.withdrawn else ""
            lines += [f"  {clean(names)}   {_kind(each)}{state}   ({clean(each.source)})", f"    {_summary(each)}"]
    return lines


def _kind(each: Advisory) -> str:
    if each.stated is not None:
        return each.stated.status.replace("_", " ")
    return "malicious" if each.malicious else each.level.name.lower()


def _summary(each: Advisory) -> str:
    if each.stated is None:
        return clean(each.summary)
    versions = ", ".join(map(clean, each.affected.versions)) or "every version"
    return f"{versions}: says {clean(each.stated.by)}, {clean(each.stated.why)}".removesuffix(", ")


def _name(world: World, what: str) -> str:
    try:
        return world.ecosystem.name(what.removeprefix(f"pkg:{world.ecosystem.kind}/").partition("@")[0])
    except InvalidInput:
        return ""


def _moment(at: str) -> datetime:
    try:
        moment = datetime.fromisoformat(at)
    except ValueError as error:
        raise InvalidInput(f"{clean(at)} is no moment", advice="write 2026-03-01, or 2026-03-01T12:00Z") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
