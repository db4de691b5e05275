"""`pratique waive`: grant, list and take back waivers."""

import re
from datetime import timedelta
from urllib.parse import quote

import click
import msgspec

from pratique.cli.session import in_world, json_option, show
from pratique.errors import InvalidInput
from pratique.facts.severity import alarm
from pratique.flow.people.waivers import fresh_waiver_id, grant, in_force, named, revoke
from pratique.flow.record.lookup import recall
from pratique.flow.world import World
from pratique.here import SystemClock, person
from pratique.model.evidence import Alarm
from pratique.model.scope import ScopeName
from pratique.model.waiver import Waiver
from pratique.policy.waive import FINDINGS
from pratique.scanning import KeptFindings, data_folder

_DAYS = re.compile(r"(\d{1,4})d")


@click.command()
@click.argument("decision", required=False)
@click.option("--condition", help="The condition to lift, when no decision is named.")
@click.option("--package", help="What it is lifted for: pkg:pypi/psycopg2@2.9.*")
@click.option("--finding", help="A finding of pratique scan: this one place, in these very bytes.")
@click.option("--scope", "scopes", multiple=True, help="Where; the decision's scope by default.")
@click.option("--owner", help="Who needs it; you by default.")
@click.option("--approver", help="Who grants it; you by default.")
@click.option("--group", default="security", show_default=True, help="The group in whose name it is granted.")
@click.option("--reason", help="Why.")
@click.option("--expires", default="7d", show_default=True, help="In how many days it ends: 7d.")
@click.option("--uses", default=0, help="How often it may be used; 0: as often as needed.")
@click.option("--list", "listing", is_flag=True, help="List waivers.")
@click.option("--revoke", "revoked", help="Take back the waiver with this id.")
@json_option
def command(
    decision: str | None,
    condition: str | None,
    package: str | None,
    finding: str | None,
    scopes: tuple[str, ...],
    owner: str | None,
    approver: str | None,
    group: str,
    reason: str | None,
    expires: str,
    uses: int,
    revoked: str | None,
    *,
    listing: bool,
    as_json: bool,
) -> None:
    """Grant a waiver from a decision (pratique waive 7F3K2QXD9V0W1Y2Z --reason "..."), list waivers, or take one back."""
    if listing:
        _list(as_json=as_json)
        return
    if revoked:
        ended = in_world(lambda world: revoke(world, revoked, person()))
        show({"revoked": ended}, f"{ended} is taken back", as_json=as_json)
        return
    if not reason:
        raise InvalidInput("a waiver has a reason", advice='pratique waive ID --reason "..."')

    async def granted(world: World) -> Waiver:
        lifted, pattern, scope = condition, package, list(scopes)
        named = ""
        if finding is not None:
            named, lifted, pattern = _of_finding(finding)
        elif decision is not None:
            told = await recall(world, decision)
            if condition is None and not told.ask:
                raise InvalidInput(
                    f"nobody may lift what {told.rule} says of {told.name} {told.version}",
                    advice=f"pratique explain {decision} says what to do instead",
                )
            lifted, pattern, scope = lifted or told.rule, pattern or told.file, scope or [told.scope]
        if not lifted or not pattern:
            raise InvalidInput("name a decision, a --finding, or both --condition and --package")
        now = SystemClock().now()
        waiver = Waiver(
            id=fresh_waiver_id(world),
            condition=lifted,
            package=pattern,
            scopes=tuple(ScopeName(name) for name in scope) or tuple(world.policy.modes),
            owner=owner or person().name,
            approved_by=approver or person().name,
            approver_group=group,
            reason=reason,
            expires=now + _duration(expires),
            uses_max=uses,
            finding=named,
        )
        await grant(world, waiver, person())
        return waiver

    waiver = in_world(granted)
    what = f"the finding {waiver.finding} is accepted in" if waiver.finding else f"{waiver.condition} is lifted for"
    text = f"{waiver.id}  {what} {waiver.package} until {waiver.expires:%Y-%m-%d %H:%M} UTC"
    show(msgspec.to_builtins(waiver), text, as_json=as_json)


def _of_finding(typed: str) -> tuple[str, str, str]:
    """The id of a finding, the condition that judges it, and a name for the bytes it is in. Raises `InvalidInput`, `NotFound`."""
    kept = KeptFindings(data_folder()).find(typed)
    if alarm(kept.finding) is Alarm.MALICIOUS:
        raise InvalidInput(
            f"{kept.id} is malicious, and nobody may accept that",
            advice=f"if the rule is wrong, report it: pratique scan --report {kept.id} -o FILE",
        )
    name = kept.finding.path if kept.what in ("folder", "installed") else kept.filename
    return kept.id, FINDINGS, f"pkg:generic/{quote(name or kept.filename, safe='')}?checksum={kept.digest}"


def _list(*, as_json: bool) -> None:
    async def known(world: World) -> list[tuple[Waiver, int]]:
        uses, people = await world.ledger.uses(), await world.ledger.people()
        return [(named(each, people), uses.get(each.id, 0)) for each in await in_force(world)]

    waivers = in_world(known)
    lines = [
        f"{each.id}  {each.finding or each.condition:<14} {each.package}  until {each.expires:%Y-%m-%d}  used {used}x  "
        f"{each.owner}: {each.reason}"
        for each, used in waivers
    ]
    told = [{**msgspec.to_builtins(each), "uses": used} for each, used in waivers]
    show(told, "\n".join(lines) or "No waivers.", as_json=as_json)


def _duration(text: str) -> timedelta:
    match = _DAYS.fullmatch(text)
    if match is None:
        raise InvalidInput(f"{text} is no number of days", advice="--expires 7d")
    return timedelta(days=int(match[1]))
