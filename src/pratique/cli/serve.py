"""`pratique serve`: run a gate for many."""

import asyncio
import contextlib
import logging
import signal

import click

from pratique.app import open_world
from pratique.cli.exit_codes import Exit
from pratique.cli.session import opened
from pratique.errors import InvalidInput, NotRecorded, PratiqueError
from pratique.flow.gate.opening import announce
from pratique.flow.investigate.recalls import recalls, rescan
from pratique.flow.world import World
from pratique.here import SystemClock, person, policy_in_force, settings_here
from pratique.policy.policy import Policy
from pratique.settings import ServerOptions, Settings
from pratique.web.forwarded import networks
from pratique.web.identity import everybody
from pratique.web.log import set_up, tell
from pratique.web.operations import Operations
from pratique.web.serve import Serving, serving


@click.command()
@click.option("--host", help="The address to listen on; the setting `server.host` by default.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port to listen on, 0 for any free one.")
def command(host: str | None, port: int | None) -> None:
    """Run a gate for many until it is interrupted. SIGHUP reads the policy again.

    Told to end, it listens no more and lets answers that are under way end; told once more, it ends at once. /-/ready and
    /-/health answer 503 when nothing can be recorded; /-/metrics counts in the text format of Prometheus; the log goes to stderr.
    """
    overrides: dict[str, object] = {
        name: value for name, value in (("server.host", host), ("server.port", port)) if value is not None
    }
    raise SystemExit(asyncio.run(_serve(settings_here(overrides))))


async def _serve(settings: Settings) -> Exit:
    networks(settings.server.trusted_proxies)
    set_up(settings.server.log)
    operations = Operations(SystemClock())
    host, port = settings.server.host, settings.server.port
    async with open_world(settings, observer=operations) as world:
        await opened(world)
        try:
            async with serving(world, host, port, everybody(), operations) as gate:
                stop = await _until_interrupted(gate, world)
                await _leave(gate, settings.server, operations, stop)
        except OSError as error:
            click.echo(f"pratique: {host}:{port} cannot be listened on: {error.strerror}", err=True)
            click.echo("  do  choose another port: pratique serve --port 0", err=True)
            return Exit.USAGE
    tell("closed")
    return Exit.ALLOWED


async def _leave(gate: Serving, server: ServerOptions, operations: Operations, again: asyncio.Event) -> None:
    """Say that the gate goes, then let answers end; at once when told to end once more."""
    operations.leaving = True
    again.clear()
    tell("leaving", {"finish_seconds": server.finish_seconds})
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(server.leave_seconds):
            await again.wait()
    left = await gate.finish(server.finish_seconds, again)
    if left:
        tell("cut off", {"connections": left}, level=logging.WARNING)


async def _until_interrupted(gate: Serving, world: World) -> asyncio.Event:
    """Wait for the end, and give back what is set when it is asked for again; read the policy whenever somebody asks for it."""
    stop, again = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number, event in ((signal.SIGINT, stop), (signal.SIGTERM, stop), (signal.SIGHUP, again)):
        loop.add_signal_handler(number, event.set)
    click.echo(f"The gate is open at {gate.url}/simple/   (Ctrl-C closes it)")  # whoever reads this may send a signal
    tell("opened", {"url": gate.url, "policy": world.policy.digest})
    _warn(world.policy)
    beside = [asyncio.create_task(_reload_whenever(again, gate, world)), asyncio.create_task(_look_again(world))]
    try:
        await stop.wait()
    finally:
        for task in beside:
            task.cancel()
    return stop


async def _look_again(world: World) -> None:
    """Look into what was let in with today's rules, beside the service, and say what turns out bad."""
    if not world.settings.scanner.enabled:
        return
    try:
        told = await rescan(world)
        found = await recalls(world)
    except PratiqueError as error:
        tell("not looked again", {"why": str(error)}, level=logging.ERROR)
        return
    if told.looked or found:
        tell(
            "looked again",
            {"served": told.served, "looked": told.looked, "unread": told.unread, "recalled": len(found)},
        )
    for each in found:
        file = each.served.artifacts[0].file
        tell("recalled", {"file": file, "digest": each.served.digest, "do": "pratique recalls"}, level=logging.WARNING)


async def _reload_whenever(again: asyncio.Event, gate: Serving, world: World) -> None:
    while True:
        await again.wait()
        again.clear()
        try:
            policy = await asyncio.to_thread(policy_in_force, world.settings)
            changed = world.under(policy)
            await announce(changed, person())
        except (InvalidInput, NotRecorded) as error:
            tell("policy not reloaded", {"why": str(error), "policy": world.policy.digest}, level=logging.ERROR)
            continue
        await gate.put_in_force(changed)
        tell("policy reloaded", {"policy": policy.digest, "before": world.policy.digest})
        _warn(policy)
        world = changed


def _warn(policy: Policy) -> None:
    """Log what the author of a policy may want to look at."""
    for warning in policy.warnings:
        tell("policy warning", {"line": warning.line, "why": warning.message}, level=logging.WARNING)
