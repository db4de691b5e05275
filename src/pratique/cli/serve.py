"""`pratique serve`: run a gate for many."""

import asyncio
import signal

import click

from pratique.app import open_world, settings_here
from pratique.cli.exit_codes import Exit
from pratique.cli.session import opened
from pratique.web.identity import everybody
from pratique.web.serve import running


@click.command()
@click.option("--host", help="The address to listen on; the setting `host` by default.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port to listen on, 0 for any free one.")
def command(host: str | None, port: int | None) -> None:
    """Run a gate for many until it is interrupted."""
    overrides: dict[str, object] = {
        name: value for name, value in (("server.host", host), ("server.port", port)) if value is not None
    }
    raise SystemExit(asyncio.run(_serve(overrides)))


async def _serve(overrides: dict[str, object]) -> Exit:
    settings = settings_here(overrides)
    async with open_world(settings) as world:
        await opened(world)
        try:
            async with running(world, settings.server.host, settings.server.port, everybody()) as url:
                click.echo(f"The gate is open at {url}/simple/   (Ctrl-C closes it)")
                await _interrupted()
        except OSError as error:
            click.echo(
                f"pratique: {settings.server.host}:{settings.server.port} cannot be listened on: {error.strerror}",
                err=True,
            )
            click.echo("  do  choose another port: pratique serve --port 0", err=True)
            return Exit.USAGE
    return Exit.ALLOWED


async def _interrupted() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
