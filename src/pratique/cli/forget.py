"""`pratique forget`: destroy what leads from the record to a person."""

from collections.abc import Sequence

import click

from pratique.cli.session import in_world, json_option, show
from pratique.errors import InvalidInput
from pratique.flow.people.forget import forget, refuse_in_use
from pratique.flow.world import World
from pratique.here import person


@click.command()
@click.argument("name", required=False)
@click.option("--list", "listing", is_flag=True, help="List the names that the record can still lead to.")
@click.option("--yes", is_flag=True, help="Do not ask: it cannot be undone.")
@json_option
def command(name: str | None, *, listing: bool, yes: bool, as_json: bool) -> None:
    """Destroy what leads from the record to a person. The record stays whole, and its proofs hold."""
    if listing:

        async def people(world: World) -> Sequence[str]:
            return sorted((await world.ledger.people()).values())

        names = list(in_world(people))
        show(names, "\n".join(names) or "Nobody.", as_json=as_json)
        return
    if not name:
        raise InvalidInput("say who is to be forgotten", advice="pratique forget --list shows the names")
    in_world(lambda world: refuse_in_use(world, name))
    if not yes:
        click.confirm(f"Nothing in the record will lead to {name} any more, for good. Go on?", abort=True, err=True)
    index = in_world(lambda world: forget(world, name, person()))
    show(
        {"forgotten": name, "entry": index},
        f"{name} is forgotten; entry {index} says so without the name",
        as_json=as_json,
    )
