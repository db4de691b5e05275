"""`pratique diff`: what one release can do that another cannot."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from pratique.cli.exit_codes import Exit
from pratique.cli.progress import working
from pratique.cli.session import json_option, show
from pratique.errors import InvalidInput, Unavailable
from pratique.facts.looked import Outcome
from pratique.facts.severity import worst
from pratique.model.evidence import Alarm, Scan, Unknown
from pratique.model.text import clean
from pratique.scanning import looking, packs_here

_ORDER = ("at interpreter start", "at installation", "on import", "when called")
"""When things run, the earliest first."""
_PROJECT = "compared"


@click.command()
@click.argument("old", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("new", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def command(old: Path, new: Path, *, as_json: bool) -> None:
    """Compare what two files of a project can do, and when it would run: the older one first. Nothing of them is run."""
    with working("looking into both"):
        before, now = asyncio.run(_both(old, new))
    gained = sorted(set(now.profile) - set(before.profile), key=_when)
    lost = sorted(set(before.profile) - set(now.profile), key=_when)
    told = {"old": old.name, "new": new.name, "gained": gained, "lost": lost, "alarm": worst(now).name.lower()}
    show(told, "\n".join(_lines(old, new, now, gained, lost)), as_json=as_json)
    ends = {Alarm.NONE: Exit.ALLOWED, Alarm.SUSPICIOUS: Exit.HELD, Alarm.MALICIOUS: Exit.DENIED}
    raise SystemExit(ends[worst(now)])


async def _both(old: Path, new: Path) -> tuple[Scan, Scan]:
    """What is seen in both; what the newer has in common with the older is not read twice."""
    with TemporaryDirectory() as records:
        async with looking(packs_here(), Path(records)) as look:
            return _seen(old, (await look.file(old, _PROJECT)).scan), _seen(new, (await look.file(new, _PROJECT)).scan)


def _seen(path: Path, found: Scan | Unknown) -> Scan:
    if isinstance(found, Scan):
        return found
    raise (InvalidInput if found.source == "scanner" else Unavailable)(
        f"{path.name} could not be looked into: {found.why}", advice=f"pratique scan {path}"
    )


def _when(word: str) -> tuple[int, str]:
    return next((place for place, when in enumerate(_ORDER) if word.endswith(when)), len(_ORDER)), word


def _lines(old: Path, new: Path, now: Scan, gained: list[str], lost: list[str]) -> list[str]:
    if not gained and not lost:
        return [f"{clean(new.name)} can do what {clean(old.name)} can, and no more."]
    lines = [f"{clean(new.name)} gained {len(gained)} and lost {len(lost)} since {clean(old.name)}."]
    for mark, words in (("+", gained), ("-", lost)):
        lines += [f"  {mark} {clean(word)}" for word in words]
    if worst(now) is not Alarm.NONE:
        lines.append(f"{Outcome[worst(now).name].word} by itself: pratique scan {new}")
    return lines
