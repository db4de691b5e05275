"""`pratique log`: read, prove, verify and replay the record."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click

from pratique.app import open_world, seen_checkpoint
from pratique.cli.entry_text import json_lines, line, sentences, told
from pratique.cli.exit_codes import Exit
from pratique.cli.package import read_package
from pratique.cli.progress import working
from pratique.cli.session import in_world, json_option, show
from pratique.errors import InvalidInput, NotFound
from pratique.flow.record.find import Found, Wanted, entry_index
from pratique.flow.record.find import find as find_entries
from pratique.flow.record.replay import Replayed, replay, replay_all
from pratique.flow.record.verify import VerifyReport, export, prove, verify
from pratique.flow.world import World
from pratique.here import settings_here
from pratique.model.event import event_of
from pratique.record.entry import VERDICTS, project_term, release_term
from pratique.record.note import VerifierKey
from pratique.record.proof import Proof

_Command = TypeVar("_Command", bound=Callable[..., object])


@click.group()
def command() -> None:
    """Read, find, prove, verify and replay the record."""


def _filters(function: _Command) -> _Command:
    """The options by which entries are found."""
    options = (
        click.option("--package", help="Of a package: pkg:pypi/requests@2.31.0, requests==2.31.0 or requests."),
        click.option("--digest", help="Of a file with this digest: sha256:..."),
        click.option("--scope", help="In this scope."),
        click.option("--machine", help="Of this machine, as it stands in the record."),
        click.option("--verdict", type=click.Choice(VERDICTS), help="With this verdict."),
        click.option("--actor", help="Of this person or service, as it stands in the record: a digest."),
        click.option("--since", help="From this moment on (UTC): 2026-03-24 or 2026-03-24T12:00."),
        click.option("--until", help="Before this moment (UTC)."),
        click.option("-n", "--number", default=20, show_default=True, type=click.IntRange(1), help="How many at most."),
        click.option("--json", "as_json", is_flag=True, help="Print JSON Lines: one entry a line."),
    )
    for option in reversed(options):
        function = option(function)
    return function


@command.command()
@_filters
def tail(**given: object) -> None:
    """Show the newest entries, those that are wanted, oldest of them first."""
    _list(given)


@command.command()
@_filters
def find(**given: object) -> None:
    """Find entries: --package requests --verdict hold --since 2026-03-01. The newest that fit, oldest of them first."""
    _list(given)


def _list(given: Mapping[str, object]) -> None:
    wanted = _wanted(given)

    async def newest(world: World) -> list[Found]:
        found: list[Found] = []
        async for one in find_entries(world.store, wanted):
            found.append(one)
            if len(found) == given["number"]:
                break
        return found[::-1]

    entries = in_world(newest)
    if given["as_json"]:
        click.echo(json_lines([told(one) for one in entries]), nl=bool(entries))
    else:
        nothing = "The ledger is empty." if wanted == Wanted() else "No entry fits."
        click.echo("\n".join(line(one) for one in entries) or nothing)


def _wanted(given: Mapping[str, object]) -> Wanted:
    terms = [f"{name}={given[name]}" for name in ("digest", "scope", "machine", "verdict", "actor") if given[name]]
    if given["package"]:
        package = read_package(str(given["package"]))
        project = project_term(package.kind, package.name)
        terms.append(release_term(project, package.version) if package.version else project)
    return Wanted(tuple(terms), _moment(given["since"]), _moment(given["until"]))


def _moment(text: object) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise InvalidInput(f"{text} is no moment", advice="--since 2026-03-24 or 2026-03-24T12:00") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@command.command(name="show")
@click.argument("entry")
@json_option
def show_entry(entry: str, *, as_json: bool) -> None:
    """Show one entry, by its index, or by the id of its decision or how that begins."""

    async def one(world: World) -> Found:
        index = await entry_index(world.store, entry)
        entries = await world.store.entries(index, index + 1)
        if not entries:
            raise NotFound(f"the ledger has no entry {index}", advice="pratique log tail shows the newest entries")
        return Found(index, entries[0], event_of(entries[0]))

    found = in_world(one)
    show(told(found), sentences(found), as_json=as_json)


@command.command(name="prove")
@click.argument("entry")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the proof into a file.")
@json_option
def prove_entry(entry: str, output: Path | None, *, as_json: bool) -> None:
    """Prove that an entry is in the ledger, by its index or by the id of its decision."""

    async def proven(world: World) -> tuple[Proof, str]:
        proof = await prove(world.store, await entry_index(world.store, entry))
        proof.verify(VerifierKey.parse(world.verifier_key))
        return proof, world.verifier_key

    proof, key = in_world(proven)
    if output is not None:
        output.write_text(proof.text, encoding="utf-8")
    size = proof.checkpoint.split("\n")[1]
    text = f"entry {proof.index} is in the ledger of {size} entries: proven by {len(proof.hashes)} hashes\n  key  {key}"
    told = {"index": proof.index, "size": int(size), "hashes": len(proof.hashes), "key": key, "proof": proof.text}
    show(told, text if output else f"{text}\n\n{proof.text}", as_json=as_json)


@command.command(name="verify")
@json_option
def verify_all(*, as_json: bool) -> None:
    """Recompute the whole ledger, and compare it with what was verified last time."""
    raise SystemExit(asyncio.run(_verify(as_json=as_json)))


async def _verify(*, as_json: bool) -> Exit:
    settings = settings_here()
    seen = seen_checkpoint(settings)
    async with open_world(settings, upstreams={}) as world:
        with working("verifying the ledger"):
            report = await verify(world.store, world.verifier_key, seen.read())
    if not report.damage and report.size:
        seen.write(report.checkpoint)
    lines = [f"damage  {damage.what}: {damage.message}" for damage in report.damage]
    if report.damage_count > len(report.damage):
        lines.append(f"... and {report.damage_count - len(report.damage)} more")
    show(_told(report), "\n".join([_verdict(report), *lines]), as_json=as_json)
    return Exit.DENIED if report.damage else Exit.ALLOWED


@command.command(name="replay")
@click.argument("entry", required=False)
@json_option
def replay_entries(entry: str | None, *, as_json: bool) -> None:
    """Decide again what was decided, from the record alone: one entry, or all decisions."""

    async def again(world: World) -> tuple[int, list[Replayed]]:
        if entry is not None:
            return 1, _notable([await replay(world.store, await entry_index(world.store, entry))])
        count, notable = 0, []
        with working("deciding again"):
            async for one in replay_all(world.store):
                count += 1
                notable += _notable([one])
        return count, notable

    count, notable = in_world(again)
    different = [one for one in notable if one.differences]
    reworded = [one for one in notable if not one.differences]
    lines = [f"entry {one.index}: {difference}" for one in different for difference in one.differences]
    lines += [f"entry {one.index}, in other words: {words}" for one in reworded for words in one.rewordings]
    head = f"{count} decided again, {len(different)} with another answer"
    head += f", {len(reworded)} in other words only" if reworded else ""
    told = {
        "replayed": count,
        "different": [{"index": one.index, "differences": list(one.differences)} for one in different],
        "reworded": [{"index": one.index, "rewordings": list(one.rewordings)} for one in reworded],
    }
    show(told, "\n".join([head, *lines]), as_json=as_json)
    raise SystemExit(Exit.DENIED if different else Exit.ALLOWED)


def _notable(replayed: Sequence[Replayed]) -> list[Replayed]:
    return [one for one in replayed if one.differences or one.rewordings]


@command.command(name="export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@json_option
def export_all(folder: Path, *, as_json: bool) -> None:
    """Take the ledger away as files, with the verifier that needs nothing of Pratique."""
    if folder.exists() and any(folder.iterdir()):
        raise InvalidInput(f"{folder} is not empty", advice="name a folder that does not exist yet")

    async def taken(world: World) -> tuple[int, str]:
        count = 0
        async for path, content in export(world.store, world.verifier_key):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            count += 1
        return count, world.verifier_key

    with working("exporting the ledger"):
        count, key = in_world(taken)
    text = f"{count} files in {folder}; give the auditor the key by another way:\n  key  {key}"
    text += f"\n  do   python {folder}/pratique_verify.py {folder} --key KEY"
    show({"files": count, "folder": str(folder), "key": key}, text, as_json=as_json)


def _verdict(report: VerifyReport) -> str:
    word = "damaged" if report.damage else "intact"
    against = "compared with nothing: no checkpoint was remembered here"
    if report.compared_with is not None:
        against = f"compared with the checkpoint of {report.compared_with} entries that was remembered"
    counts = (
        f"{report.size} entries, {report.checkpoints_count} checkpoints, {report.documents_count} documents verified"
    )
    return f"{word}: {counts}; {against}"


def _told(report: VerifyReport) -> dict[str, object]:
    return {
        "intact": not report.damage,
        "size": report.size,
        "compared_with": report.compared_with,
        "checkpoints": report.checkpoints_count,
        "documents": report.documents_count,
        "damage": [{"what": damage.what, "message": damage.message} for damage in report.damage],
        "damage_count": report.damage_count,
    }
