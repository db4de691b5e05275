"""`pratique review`: Say with a signature that somebody looked at a release of the own index, and what came of that."""

from datetime import timedelta

import click
import msgspec

from pratique.app import signing_keys
from pratique.cli.session import in_world, json_option, show
from pratique.flow.own.sign import Signed, release_files, sign
from pratique.flow.world import World
from pratique.here import person
from pratique.model.scope import ScopeName
from pratique.model.statement import Approval, Review, SigningKey


@click.command()
@click.argument("name")
@click.argument("version")
@click.option("--key", help="The name or the id of the key; your account's name by default.")
@click.option("--refuse", is_flag=True, help="Say no: no scope that asks for a review lets it in.")
@click.option("--scope", "scopes", multiple=True, help="Where it counts; in all scopes by default. May be repeated.")
@click.option("--ticket", default="", help="Where it is written down.")
@click.option("--note", default="", help="What came of it; of a refusal, why.")
@click.option("--days", type=click.IntRange(1, 3650), help="In how many days it ends; never by default.")
@json_option
def command(
    name: str,
    version: str,
    key: str | None,
    scopes: tuple[str, ...],
    ticket: str,
    note: str,
    days: int | None,
    *,
    refuse: bool,
    as_json: bool,
) -> None:
    """Sign that you looked at every file of a release (pratique review acme-core 1.2 --ticket SEC-7).

    What is signed names the file and its bytes: a file that is added later is not reviewed by it.
    """

    async def reviewed(world: World) -> tuple[SigningKey, tuple[Signed, ...]]:
        now = world.clock.now()
        for scope in scopes:
            world.policy.mode(ScopeName(scope))
        said = Review(
            now,
            Approval.REFUSED if refuse else Approval.APPROVED,
            tuple(map(ScopeName, scopes)),
            ticket,
            note,
            None if days is None else now + timedelta(days=days),
        )
        files = await release_files(world, name, version)
        return await sign(world, files, said, key or person().name, signing_keys(world.settings).signer, person())

    by, signed = in_world(reviewed)
    word = "refused" if refuse else "reviewed"
    text = "\n".join(f"{each.file} is {word} by {by.name}  {each.statement}" for each in signed)
    show({"by": by.id, "decision": word, "files": msgspec.to_builtins(signed)}, text, as_json=as_json)
