"""`pratique log`: read, prove, verify and replay the record."""

import asyncio
from pathlib import Path

import click
import msgspec

from pratique.app import open_world, seen_checkpoint, settings_here
from pratique.cli.exit_codes import Exit
from pratique.cli.progress import working
from pratique.cli.session import in_world, json_option, show
from pratique.errors import InvalidInput, NotFound
from pratique.flow.record.replay import Replayed, replay, replay_all
from pratique.flow.record.verify import VerifyReport, export, prove, verify
from pratique.flow.world import World
from pratique.model.event import Decided, Event, Steered, decode
from pratique.model.scope import Mode
from pratique.record.note import VerifierKey
from pratique.record.proof import Proof

_WORDS = {0: "ok", 1: "held", 2: "stopped"}


@click.group()
def command() -> None:
    """Read, prove, verify and replay the record."""


@command.command()
@click.option("-n", "--number", default=20, show_default=True, help="How many entries.")
@json_option
def tail(number: int, *, as_json: bool) -> None:
    """Show the newest entries."""

    async def newest(world: World) -> list[tuple[int, Event]]:
        size = await world.store.size()
        first = max(size - number, 0)
        return [(first + place, decode(entry)) for place, entry in enumerate(await world.store.entries(first, size))]

    entries = in_world(newest)
    text = "\n".join(f"{index:>7}  {_line(event)}" for index, event in entries) or "The ledger is empty."
    show([{"index": index, "event": msgspec.to_builtins(event)} for index, event in entries], text, as_json=as_json)


@command.command(name="show")
@click.argument("entry")
@json_option
def show_entry(entry: str, *, as_json: bool) -> None:
    """Show one entry, by its index or by the id of its decision."""

    async def one(world: World) -> tuple[int, Event]:
        index = await _index(world, entry)
        entries = await world.store.entries(index, index + 1)
        if not entries:
            raise NotFound(f"the ledger has no entry {index}", advice="pratique log tail shows the newest entries")
        return index, decode(entries[0])

    index, event = in_world(one)
    told = {"index": index, "event": msgspec.to_builtins(event)}
    show(told, msgspec.json.format(msgspec.json.encode(told), indent=2).decode(), as_json=as_json)


@command.command(name="prove")
@click.argument("entry")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the proof into a file.")
@json_option
def prove_entry(entry: str, output: Path | None, *, as_json: bool) -> None:
    """Prove that an entry is in the ledger, by its index or by the id of its decision."""

    async def proven(world: World) -> tuple[Proof, str]:
        proof = await prove(world.store, await _index(world, entry))
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
            one = await replay(world.store, await _index(world, entry))
            return 1, [one] if one.differences else []
        count, different = 0, []
        with working("deciding again"):
            async for one in replay_all(world.store):
                count += 1
                if one.differences:
                    different.append(one)
        return count, different

    count, different = in_world(again)
    lines = [f"entry {one.index}: {difference}" for one in different for difference in one.differences]
    text = "\n".join([f"{count} decided again, {len(different)} with another answer", *lines])
    told = {
        "replayed": count,
        "different": [{"index": one.index, "differences": list(one.differences)} for one in different],
    }
    show(told, text, as_json=as_json)
    raise SystemExit(Exit.DENIED if different else Exit.ALLOWED)


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


async def _index(world: World, entry: str) -> int:
    """An entry by its index, or by the id of its newest decision."""
    if entry.isdigit() and len(entry) < 8:  # noqa: PLR2004 - decision ids have eight characters
        return int(entry)
    found = await world.store.find(entry.upper())
    if not found:
        raise NotFound(f"the ledger holds no decision {entry}", advice="pratique log tail shows the newest ones")
    return found[0]


def _line(event: Event) -> str:
    """An entry in one line."""
    when = f"{event.at:%Y-%m-%d %H:%M:%S}"
    match event:
        case Decided():
            word = _WORDS[event.verdict]
            note = "" if event.mode is Mode.ENFORCE else f" ({event.mode})"
            file = event.artifact.file or event.artifact.label
            return f"{when}  {word:<8} {event.id}  {event.scope.name:<12} {event.asked:<8} {file}{note}"
        case Steered():
            return f"{when}  steered  {event.project}: {event.held_count} of {event.files_count} files held back"
        case _:
            return f"{when}  {type(event).__struct_config__.tag}"


def _verdict(report: VerifyReport) -> str:
    word = "damaged" if report.damage else "intact"
    return f"{word}: {report.size} entries, {report.checkpoints_count} checkpoints, {report.documents_count} documents verified"


def _told(report: VerifyReport) -> dict[str, object]:
    return {
        "intact": not report.damage,
        "size": report.size,
        "checkpoints": report.checkpoints_count,
        "documents": report.documents_count,
        "damage": [{"what": damage.what, "message": damage.message} for damage in report.damage],
        "damage_count": report.damage_count,
    }
