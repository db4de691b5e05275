"""`pratique who`: who is behind a digest of the record."""

import click

from pratique.cli.session import in_world, json_option, show
from pratique.flow.people.forget import who
from pratique.here import person


@click.command()
@click.argument("pseudonym")
@json_option
def command(pseudonym: str, *, as_json: bool) -> None:
    """Say who is behind a digest of the record, for those who hold the salts. That you asked is recorded."""
    name = in_world(lambda world: who(world, pseudonym, person()))
    show({"pseudonym": pseudonym, "name": name}, name, as_json=as_json)
