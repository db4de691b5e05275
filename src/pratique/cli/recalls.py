"""`pratique recalls`: what was let in and is known to be bad by now, and who got it."""

import sys

import click

from pratique.cli.exit_codes import Exit
from pratique.cli.progress import working
from pratique.cli.session import in_world, json_option, show
from pratique.facts.severity import worst
from pratique.flow.investigate.recalls import Recalled, Rescan, recalls, rescan
from pratique.flow.world import World
from pratique.model.event import Decided
from pratique.model.text import clean

_GOT_TOLD: int = 10


@click.command()
@click.option("--no-rescan", is_flag=True, help="Only tell what is known; look into nothing anew.")
@json_option
def command(*, no_rescan: bool, as_json: bool) -> None:
    """Look into everything that was let in with today's rules, and list what turns out bad and everyone who got it."""

    async def run(world: World) -> tuple[Rescan | None, list[Recalled]]:
        told = None if no_rescan else await rescan(world, _progress)
        return told, await recalls(world)

    with working("looking into what was let in"):
        told, found = in_world(run)
    show(_json(told, found), "\n".join(_lines(told, found)), as_json=as_json)
    raise SystemExit(Exit.DENIED if found else Exit.ALLOWED)


def _progress(done: int, of: int) -> None:
    if not sys.stderr.isatty() and of and done % 100 == 0:
        click.echo(f"{done} of {of} files", err=True)


def _json(told: Rescan | None, found: list[Recalled]) -> dict[str, object]:
    return {
        "served": told.served if told else None,
        "looked_into_anew": told.looked if told else None,
        "could_not_be_looked_into": told.unread if told else None,
        "recalled": [
            {
                "digest": each.served.digest,
                "files": [artifact.file for artifact in each.served.artifacts],
                "alarm": worst(each.scan).name.lower(),
                "rules": sorted({finding.rule for finding in each.scan.findings}),
                "got": [
                    {
                        "entry": one.index,
                        "at": one.event.at.isoformat(),
                        "actor": one.event.actor.name,
                        "machine": one.event.machine,
                    }
                    for one in each.served.entries
                    if isinstance(one.event, Decided)
                ],
            }
            for each in found
        ],
    }


def _lines(told: Rescan | None, found: list[Recalled]) -> list[str]:
    lines = [f"{len(found)} of the files that were let in would be refused today." if found else "Nothing to recall."]
    if told is not None:
        lines.append(f"{told.served} files were let in; {told.looked} of them were looked into anew.")
        if told.unread:
            lines.append(f"{told.unread} could not be, so nothing new is known of them ({clean(told.why)}).")
    for each in found:
        finding = each.scan.findings[0] if each.scan.findings else None
        place = f": {finding.rule} at {finding.path}:{finding.line}" if finding else ""
        names = ", ".join(artifact.file for artifact in each.served.artifacts)
        lines += [
            "",
            f"{worst(each.scan).name.lower():<11}{clean(names)}",
            f"  {'why':<9}{clean(place.removeprefix(': '))}",
        ]
        got = [one.event for one in each.served.entries if isinstance(one.event, Decided)]
        for event in got[:_GOT_TOLD]:
            machine = event.machine or "a machine that was not told"
            lines.append(f"  {'got by':<9}{event.actor.name} on {machine}, {event.at:%Y-%m-%d %H:%M}")
        if len(got) > _GOT_TOLD:
            lines.append(
                f"  {'':<9}and {len(got) - _GOT_TOLD} times more: pratique log find --digest {each.served.digest}"
            )
        lines.append(
            f"  {'do':<9}take it off these machines; pratique who <digest> names the people. It is refused from now on."
        )
    return lines
