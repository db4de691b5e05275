"""`pratique audit`: what is known against what is installed or locked, and what to do."""

from pathlib import Path

import click
import msgspec

from pratique.app import pins_in, pins_of
from pratique.cli.exit_codes import Exit
from pratique.cli.installed_environment import chosen, shown
from pratique.cli.session import in_world, json_option, show
from pratique.facts.questions.advisories import Known
from pratique.flow.investigate.audit import Audit, Concern, audit
from pratique.model.decision import Verdict
from pratique.model.text import clean

_PLACE = click.Path(path_type=Path)
_WORDS = {Verdict.ALLOW: "known", Verdict.HOLD: "held", Verdict.DENY: "stopped"}
_PASSED_TOLD = 10


@click.command()
@click.argument("place", nargs=-1, type=_PLACE)
@click.option("-r", "--requirement", multiple=True, type=_PLACE, help="A file of requirements with exact versions.")
@click.option("--python", type=_PLACE, help="The interpreter of an environment; it is not run.")
@click.option("--prefix", type=_PLACE, help="The folder of an environment.")
@json_option
def command(
    place: tuple[Path, ...], requirement: tuple[Path, ...], python: Path | None, prefix: Path | None, *, as_json: bool
) -> None:
    """Hold the active environment, lock files or a project's folder against the feeds of advisories that were imported.

    Nothing is asked over a network, and nothing is installed. Ends with 0 when nothing is known against any of it, 1 when
    something is, 12 when no feed was imported.
    """
    files = (*place, *requirement)
    if files:
        pins, what = [pin for path in files for pin in pins_of(path)], ", ".join(map(str, files))
    else:
        environment = chosen(python, prefix)
        pins, what = pins_in(environment), shown(environment)
    found = in_world(lambda world: audit(world, pins))
    show(_json(what, found), "\n".join(_lines(what, found)), as_json=as_json)
    raise SystemExit(Exit.FAILED if found.concerns else Exit.ALLOWED)


def _json(what: str, found: Audit) -> dict[str, object]:
    return {
        "what": what,
        "looked_up": found.looked_up,
        "as_of": f"{found.as_of:%Y-%m-%dT%H:%M:%SZ}",
        "concerns": [_about(each) for each in found.concerns],
        "settled": [_about(each) for each in found.settled],
        "passed_over": [{"name": each.name, "place": each.place, "why": each.why} for each in found.passed_over],
    }


def _about(each: Concern) -> dict[str, object]:
    return {
        "purl": each.artifact.purl,
        "place": each.pinned.place,
        "verdict": _WORDS[each.verdict],
        "use": each.enough or None,
        "advisories": [_told(known) for known in each.known],
    }


def _told(known: Known) -> dict[str, object]:
    return {
        "id": known.id,
        "aliases": list(known.aliases),
        "level": known.level.name.lower(),
        "malicious": known.malicious,
        "exploited": known.exploited,
        "fixed": known.fixed or None,
        "summary": known.summary,
        "stated": None if known.stated is None else msgspec.to_builtins(known.stated),
    }


def _lines(what: str, found: Audit) -> list[str]:
    day = f"{found.as_of:%Y-%m-%d}"
    releases = f"{found.looked_up} release{'' if found.looked_up == 1 else 's'}"
    count = sum(len(each.known) for each in found.concerns)
    if found.concerns:
        lines = [f"{len(found.concerns)} of {releases} of {clean(what)}: {count} known against them, as of {day}"]
    else:
        lines = [f"Nothing is known against {releases} of {clean(what)}, as of {day}."]
    for each in sorted(found.concerns, key=lambda one: -one.verdict):
        lines += ["", *_concern(each)]
    if found.settled:
        lines += ["", f"{len(found.settled)} that your own statements settle:"]
        lines += [
            f"  {each.artifact.label}  {known.told}{f' ({why})' if (why := known.stated and clean(known.stated.why)) else ''}"
            for each in found.settled
            for known in each.known
        ]
    passed = found.passed_over
    if passed:
        lines += ["", f"{len(passed)} could not be looked up:"]
        lines += [
            f"  {clean(each.name)}  {each.why or 'it is no release'} ({clean(each.place)})"
            for each in passed[:_PASSED_TOLD]
        ]
        if len(passed) > _PASSED_TOLD:
            lines.append(f"  and {len(passed) - _PASSED_TOLD} more")
    return lines


def _concern(each: Concern) -> list[str]:
    lines = [f"{_WORDS[each.verdict]:<8} {each.artifact.label}   {clean(each.pinned.place)}"]
    for known in each.known:
        fixed = f"fixed in {known.fixed}" if known.fixed else ("" if known.malicious else "no fix is named")
        lines.append(f"  {known.told:<36} {fixed}".rstrip())
        if known.summary:
            lines.append(f"    {known.summary}")
    return [*lines, f"  do     {_what_to_do(each)}"]


def _what_to_do(each: Concern) -> str:
    if any(known.malicious for known in each.known):
        return "take it off, and end the credentials of the machine it ran on"
    if not each.enough:
        return "look whether another project does the work; pratique explain advisories"
    left = sum(1 for known in each.known if not known.fixed)
    rest = f"; {left} would be left, without a fix so far" if left else ""
    return f"take {each.artifact.name} {each.enough} or later{rest}"
