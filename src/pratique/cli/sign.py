"""`pratique sign`: Say with a signature that a release of the own index was published on purpose."""

import click
import msgspec

from pratique.app import signing_keys
from pratique.cli.session import in_world, json_option, show
from pratique.flow.own.sign import Signed, release_files, sign
from pratique.flow.world import World
from pratique.here import person
from pratique.model.statement import Publish, SigningKey


@click.command()
@click.argument("name")
@click.argument("version")
@click.option("--key", help="The name or the id of the key; your account's name by default.")
@click.option("--source", default="", help="What it was made from: git+https://git.example/acme@COMMIT")
@json_option
def command(name: str, version: str, key: str | None, source: str, *, as_json: bool) -> None:
    """Sign that every file of a release was published on purpose (pratique sign acme-core 1.2 --key build-farm)."""

    async def signed(world: World) -> tuple[SigningKey, tuple[Signed, ...]]:
        files = await release_files(world, name, version)
        said = Publish(world.clock.now(), source)
        return await sign(world, files, said, key or person().name, signing_keys(world.settings).signer, person())

    by, done = in_world(signed)
    text = "\n".join(f"{each.file} is signed by {by.name}  {each.statement}" for each in done)
    show({"by": by.id, "files": msgspec.to_builtins(done)}, text, as_json=as_json)
