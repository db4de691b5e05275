"""`pratique yank`: Yank a release of the own index, or take that back."""

import click

from pratique.cli.session import in_world, json_option, show
from pratique.errors import InvalidInput
from pratique.flow.own.withdraw import yank
from pratique.here import person


@click.command()
@click.argument("name")
@click.argument("version")
@click.option("--reason", default="", help="Why; clients show it.")
@click.option("--undo", is_flag=True, help="Take the yank back.")
@json_option
def command(name: str, version: str, reason: str, *, undo: bool, as_json: bool) -> None:
    """Yank a release: installers pass it over (pratique yank acme-core 1.2 --reason "loses data"). Recorded, like its end."""
    if undo == bool(reason.strip()):
        raise InvalidInput("a release is yanked for a reason, and --undo takes none", advice='--reason "..."')
    files = in_world(lambda world: yank(world, name, version, reason, person()))
    word = "no longer yanked" if undo else f"yanked: {reason}"
    told = {"files": [file.filename for file in files], "yanked": reason or None}
    show(told, "\n".join(f"{file.filename} is {word}" for file in files), as_json=as_json)
