"""What commands share: settings, a world for a coroutine, and one way to print."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from pratique.app import open_world, settings_here
from pratique.flow.world import World

Result = TypeVar("Result")

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def in_world(verb: Callable[[World], Awaitable[Result]], *, asks_indexes: bool = False) -> Result:
    """Open the world of this machine's settings, run a verb in it, and close it again.

    Only a verb that asks an index pays for finding out which one that is: a client has to be run for it.
    """

    async def run() -> Result:
        async with open_world(settings_here(), upstreams=None if asks_indexes else {}) as world:
            return await verb(world)

    return asyncio.run(run())


def show(value: object, text: str, *, as_json: bool) -> None:
    """Print for a program, or for a person."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False) if as_json else text)
