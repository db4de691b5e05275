"""`pratique delete`: Delete a release of the own index; the record of it stays."""

import click

from pratique.cli.session import in_world, json_option, show
from pratique.flow.own.withdraw import delete
from pratique.here import person


@click.command()
@click.argument("name")
@click.argument("version")
@click.option("--reason", required=True, help="Why; whoever asks for it is told.")
@json_option
def command(name: str, version: str, reason: str, *, as_json: bool) -> None:
    """Delete the files of a release (pratique delete acme-core 1.2 --reason "a password was in it").

    What happened to it stays in the record, and its file names are never given to other bytes. To have it merely passed
    over, yank it.
    """
    files = in_world(lambda world: delete(world, name, version, reason, person()))
    told = {"files": [file.filename for file in files], "deleted": reason}
    show(told, "\n".join(f"{file.filename} is deleted: {reason}" for file in files), as_json=as_json)
