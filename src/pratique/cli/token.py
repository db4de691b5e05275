"""`pratique token`: issue, list and withdraw access tokens."""

from datetime import timedelta

import click
import msgspec

from pratique.cli.session import in_world, json_option, show
from pratique.errors import InvalidInput
from pratique.flow.people.tokens import issue, withdraw
from pratique.flow.world import World
from pratique.here import SystemClock, fresh_secret, person, settings_here
from pratique.model.scope import ActorKind, ScopeName
from pratique.model.token import Token


@click.command()
@click.argument("label", required=False)
@click.option("--scope", help="The scope the token is for; the default one otherwise.")
@click.option(
    "--kind",
    type=click.Choice([str(kind) for kind in ActorKind]),
    default="service",
    show_default=True,
    help="Who uses it.",
)
@click.option(
    "--days", type=click.IntRange(1, 3650), default=90, show_default=True, help="In how many days it expires."
)
@click.option(
    "--publish", "publishes", multiple=True, help="Projects whose files it may publish, as acme-*; may be repeated."
)
@click.option("--list", "listing", is_flag=True, help="List tokens.")
@click.option("--withdraw", "withdrawn", help="Withdraw the tokens with this label.")
@json_option
def command(
    label: str | None,
    scope: str | None,
    kind: str,
    days: int,
    publishes: tuple[str, ...],
    withdrawn: str | None,
    *,
    listing: bool,
    as_json: bool,
) -> None:
    """Issue a token (pratique token build-farm --scope ci). It is shown once, and is the password for the gate's URL."""
    if listing:
        _list(as_json=as_json)
        return
    if withdrawn:
        in_world(lambda world: withdraw(world, withdrawn, person()))
        show({"withdrawn": withdrawn}, f"{withdrawn} is withdrawn", as_json=as_json)
        return
    if not label:
        raise InvalidInput("a token has a label", advice="pratique token build-farm --scope ci")
    secret = fresh_secret()

    async def issued(world: World) -> Token:
        chosen = ScopeName(scope or world.scope)
        expires = SystemClock().now() + timedelta(days=days)
        return await issue(world, secret, label, chosen, ActorKind(kind), expires, person(), publishes)

    token = in_world(issued)
    scheme, _, place = settings_here().server.url.partition("://")
    url = f"{scheme}://token:{secret}@{place}/simple/"
    text = f"{secret}\n  for {token.scope}, as {label}, {days} days; it is not shown again\n  use  {url}"
    told = {"token": secret, "label": label, "scope": token.scope, "url": url}
    if token.publishes:
        upload = f"{scheme}://{place}/legacy/"
        text += f"\n  publish {' '.join(token.publishes)}  twine upload --repository-url {upload} -u __token__ -p TOKEN"
        told |= {"publish_url": upload, "publishes": " ".join(token.publishes)}
    show(told, text, as_json=as_json)


def _list(*, as_json: bool) -> None:
    async def known(world: World) -> list[tuple[str, Token]]:
        people = await world.ledger.people()
        return [(people.get(each.holder.name, each.holder.name), each) for each in await world.ledger.tokens()]

    tokens = in_world(known)
    lines = [
        f"{label:<20} {each.scope:<12} {each.holder.kind:<8} "
        + (f"until {each.expires:%Y-%m-%d}" if each.expires else "without end")
        + (f"  publishes {' '.join(each.publishes)}" if each.publishes else "")
        for label, each in tokens
    ]
    told = [
        {"label": label, "scope": each.scope, "kind": each.holder.kind, "expires": each.expires}
        | ({"publishes": each.publishes} if each.publishes else {})
        for label, each in tokens
    ]
    show(msgspec.to_builtins(told), "\n".join(lines) or "No tokens.", as_json=as_json)
