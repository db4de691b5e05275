"""`pratique recalls`: what was let in and is known to be bad by now, and who got it."""

import sys

import click

from pratique.cli.exit_codes import Exit
from pratique.cli.progress import working
from pratique.cli.session import in_world, json_option, show
from pratique.facts.severity import worst
from pratique.flow.investigate.recalls import Advised, Recalled, Rescan, advised, recalls, rescan
from pratique.flow.record.find import Found
from pratique.flow.world import World
from pratique.model.event import Decided
from pratique.model.text import clean

_GOT_TOLD: int = 10


@click.command()
@click.option("--no-rescan", is_flag=True, help="Only tell what is known; look into nothing anew.")
@json_option
def command(*, no_rescan: bool, as_json: bool) -> None:
    """Look into everything that was let in with today's rules, and list what turns out bad and everyone who got it."""

    async def run(world: World) -> tuple[Rescan | None, list[Recalled], list[Advised]]:
        told = None if no_rescan else await rescan(world, _progress)
        return told, await recalls(world), await advised(world)

    with working("looking into what was let in"):
        told, found, known = in_world(run)
    lines = _lines(told, found, known)
    show({**_json(told, found), "advised": advised_told(known)}, "\n".join(lines), as_json=as_json)
    raise SystemExit(Exit.DENIED if found or known else Exit.ALLOWED)


def advised_told(known: list[Advised]) -> list[dict[str, object]]:
    """Releases that were let in and that something is known against by now, for a program."""
    return [
        {
            "purl": each.artifact.purl,
            "verdict": each.reason.verdict.name.lower(),
            "why": each.reason.why,
            "got": _got(each.entries),
        }
        for each in known
    ]


def advised_lines(known: list[Advised]) -> list[str]:
    """The same, for a person; empty for none."""
    if not known:
        return []
    count = f"{len(known)} release{'' if len(known) == 1 else 's'}"
    lines = ["", f"{count} that {'was' if len(known) == 1 else 'were'} let in would be refused today:"]
    for each in known:
        lines += ["", f"{'known':<11}{each.artifact.label}", f"  {'why':<9}{clean(each.reason.why)}"]
        lines += _got_lines(each.entries, f"--package {each.artifact.purl}")
        remedy = each.reason.remedy
        lines.append(f"  {'do':<9}{remedy.do if remedy else ''}; it is refused from now on")
    return lines


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
                "got": _got(each.served.entries),
            }
            for each in found
        ],
    }


def _got(entries: list[Found]) -> list[dict[str, object]]:
    return [
        {
            "entry": one.index,
            "at": one.event.at.isoformat(),
            "actor": one.event.actor.name,
            "machine": one.event.machine,
        }
        for one in entries
        if isinstance(one.event, Decided)
    ]


def _got_lines(entries: list[Found], term: str) -> list[str]:
    got = [one.event for one in entries if isinstance(one.event, Decided)]
    lines = [
        f"  {'got by':<9}{event.actor.name} on {event.machine or 'a machine that was not told'}, {event.at:%Y-%m-%d %H:%M}"
        for event in got[:_GOT_TOLD]
    ]
    if len(got) > _GOT_TOLD:
        lines.append(f"  {'':<9}and {len(got) - _GOT_TOLD} times more: pratique log find {term}")
    return lines


def _lines(told: Rescan | None, found: list[Recalled], known: list[Advised]) -> list[str]:
    if found:
        lines = [f"{len(found)} of the files that were let in would be refused today."]
    else:
        lines = [] if known else ["Nothing to recall."]
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
        lines += _got_lines(each.served.entries, f"--digest {each.served.digest}")
        lines.append(
            f"  {'do':<9}take it off these machines; pratique who <digest> names the people. It is refused from now on."
        )
    return [*lines, *advised_lines(known)]
