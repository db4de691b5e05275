"""`pratique keys`: Make, list, rotate and revoke the keys that statements are signed with."""

import click
import msgspec

from pratique.app import signing_keys
from pratique.cli.session import in_world, json_option, show
from pratique.flow.own.keys import in_force, retire, revoke, trust
from pratique.flow.world import World
from pratique.here import person
from pratique.model.statement import Predicate, SigningKey


@click.group()
def command() -> None:
    """Make, list, rotate and revoke the keys that statements are signed with.

    The private half is a file that only this account can read; which keys are believed, and no longer, is in the ledger.
    """


@command.command()
@click.argument("name")
@click.option(
    "--for",
    "purposes",
    multiple=True,
    required=True,
    type=click.Choice([str(each) for each in Predicate]),
    help="What it may sign; may be repeated.",
)
@json_option
def generate(name: str, purposes: tuple[str, ...], *, as_json: bool) -> None:
    """Make a key, and believe it from now on (pratique keys generate ann --for review)."""

    async def made(world: World) -> SigningKey:
        public = signing_keys(world.settings).generate(name)
        return await trust(world, public, tuple(map(Predicate, purposes)), person())

    key = in_world(made)
    show(msgspec.to_builtins(key), f"{key.id}  signs {' and '.join(key.may)}\n  public  {key.key}", as_json=as_json)


@command.command(name="list")
@json_option
def listed(*, as_json: bool) -> None:
    """Every key that was ever believed, and how it stands."""

    async def known(world: World) -> list[tuple[SigningKey, bool]]:
        held = signing_keys(world.settings)
        return [(key, held.held(key.id)) for key in (await world.ledger.keys()).values()]

    keys = in_world(known)
    lines = [f"{key.id:<24} {','.join(key.may):<16} {_state(key)}{', here' if here else ''}" for key, here in keys]
    told = [{**msgspec.to_builtins(key), "id": key.id, "here": here} for key, here in keys]
    show(told, "\n".join(lines) or "No keys. pratique keys generate NAME --for review", as_json=as_json)


@command.command()
@click.argument("name")
@json_option
def rotate(name: str, *, as_json: bool) -> None:
    """Make a new key for a name and retire the one before; what that signed so far goes on to count."""

    async def rotated(world: World) -> tuple[SigningKey, SigningKey]:
        before = in_force(await world.ledger.keys(), name)
        public = signing_keys(world.settings).generate(before.name)
        key = await trust(world, public, before.may, person())
        return await retire(world, before.id, person()), key

    before, key = in_world(rotated)
    told = {"retired": before.id, "key": msgspec.to_builtins(key)}
    show(told, f"{before.id} is retired; {key.id} signs from now on\n  public  {key.key}", as_json=as_json)


@command.command(name="revoke")
@click.argument("name")
@click.option("--reason", required=True, help="Why.")
@json_option
def revoked(name: str, reason: str, *, as_json: bool) -> None:
    """Believe nothing any more that a key has ever signed: releases that stood on it are held again.

    NAME is a key's id, or the name under which one key signs now.
    """

    async def ended(world: World) -> SigningKey:
        keys = await world.ledger.keys()
        return await revoke(world, name if name in keys else in_force(keys, name).id, reason, person())

    key = in_world(ended)
    show(msgspec.to_builtins(key), f"{key.id} is revoked: {key.why}", as_json=as_json)


def _state(key: SigningKey) -> str:
    if key.revoked is not None:
        return f"revoked {key.revoked:%Y-%m-%d}: {key.why}"
    return "in force" if key.retired is None else f"retired {key.retired:%Y-%m-%d}"
