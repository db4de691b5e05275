"""`pratique seen`: when the files of a package were first seen, and last let in."""

import click

from pratique.cli.entry_text import json_lines
from pratique.cli.exit_codes import Exit
from pratique.cli.package import read_package
from pratique.cli.session import in_world, json_option
from pratique.flow.record.lookup import Sighting, sightings


@click.command()
@click.argument("package")
@json_option
def command(package: str, *, as_json: bool) -> None:
    """Show when the files of a package were first seen, and when they were last let in: pkg:pypi/requests@2.31.0."""
    release = read_package(package)
    found = in_world(lambda world: sightings(world.store, release))
    if as_json:
        click.echo(json_lines([_told(each) for each in found]))
    else:
        click.echo("\n".join(_line(each) for each in found) or f"Nothing of {release.label} was ever seen.")
    raise SystemExit(Exit.ALLOWED if found else Exit.FAILED)


def _line(each: Sighting) -> str:
    last = each.last_served
    served = "never let in"
    if last is not None and last.event is not None:
        served = f"last let in {last.event.at:%Y-%m-%d %H:%M:%S} UTC (entry {last.index})"
    first = f"first seen at {each.index} {each.at:%Y-%m-%d %H:%M:%S} UTC (entry {each.entry})"
    return f"{each.file.filename}\n  {first}\n  {served}"


def _told(each: Sighting) -> dict[str, object]:
    last = each.last_served
    return {
        "file": each.file.filename,
        "version": each.file.version,
        "digest": each.file.digest,
        "index": each.index,
        "first_seen": each.at,
        "first_entry": each.entry,
        "last_served": None if last is None or last.event is None else last.event.at,
        "last_entry": None if last is None else last.index,
    }
