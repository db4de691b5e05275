"""A real package client with a gate around it: the gate lives for one command, on a free loopback port."""

import asyncio
import signal
import sys

import click

from pratique.app import Wrapping, open_world, person, settings_here, wrapping
from pratique.cli.notices import Notices
from pratique.cli.session import answered, opened
from pratique.flow.observer import Notice
from pratique.flow.urls import GateUrls
from pratique.flow.world import World
from pratique.render.refusal import Refusal, terminal
from pratique.settings import IndexOptions
from pratique.web.serve import running

_REJECTED_LINES_MAX = 3


def wrap(client: str, arguments: tuple[str, ...]) -> int:
    """Run a client around a gate; its exit code, or ours where the gate's answer made it fail."""
    return asyncio.run(_wrap(client, arguments))


async def _wrap(client: str, arguments: tuple[str, ...]) -> int:
    around = wrapping(client, arguments)
    settings = settings_here()
    if not settings.index.get("public", IndexOptions()).url:
        settings = settings_here({"index.public.url": around.choice.url})
    if around.choice.ignored:
        places = ", ".join(around.choice.ignored)
        click.echo(f"pratique: not used here: {places}   (name indexes as [index.NAME] in the settings)", err=True)
    notices = Notices()
    async with open_world(settings, observer=notices) as world:
        await opened(world)
        async with running(world, "127.0.0.1", 0, person()) as url:
            code = await _run(around, world, url)
        return _end(notices, code)


async def _run(around: Wrapping, world: World, url: str) -> int:
    """Run the client in the foreground. An interrupt reaches it directly; the gate stays open until it has ended."""
    launch = around.launch(GateUrls(url, world))
    if launch.note:
        click.echo(click.style(f"pratique: {launch.note}", dim=True), err=True)
    loop = asyncio.get_running_loop()
    with launch.around:
        process = await asyncio.create_subprocess_exec(*launch.command, env=dict(launch.environment))
        loop.add_signal_handler(signal.SIGINT, lambda: None)
        loop.add_signal_handler(signal.SIGTERM, process.terminate)
        try:
            return await process.wait()
        finally:
            loop.remove_signal_handler(signal.SIGINT)
            loop.remove_signal_handler(signal.SIGTERM)


def _end(notices: Notices, code: int) -> int:
    """Say what was steered or refused, if anything was; the exit code."""
    stopped = list(notices.stopped.values())
    if code and not stopped:
        stopped = [notice for project, notice in notices.held_back.items() if not notices.taken.get(project)]
    sys.stdout.flush()
    if code:
        for project, rejected in list(notices.left_out.items())[:_REJECTED_LINES_MAX]:
            first = f"{rejected[0].filename}: {rejected[0].why}"
            click.echo(f"left out  {project}: {len(rejected)} files that cannot be read, such as {first}", err=True)
    if code and stopped:
        worst = max(stopped, key=lambda notice: notice.decision.verdict)
        click.echo(f"\n{terminal(_refusal(worst))}", err=True)
        others = [notice.decision.artifact.label for notice in stopped if notice.id != worst.id]
        if others:
            click.echo(f"  also refused: {', '.join(sorted(set(others))[:8])}   (pratique log tail)", err=True)
        return answered(worst.decision)
    for notice in list(notices.let_in.values())[:1]:
        click.echo(f"warning  {notice.decision.artifact.label}   {notice.decision.strictest.why}", err=True)
        click.echo(f"  {len(notices.let_in)} came in that would be kept out   pratique explain {notice.id}", err=True)
    swapped = {identity: (held, version) for held, identity, version in notices.swapped()}
    for identity, (held, version) in list(swapped.items())[:1]:
        click.echo(f"swapped  {held.artifact.label} -> {version}   {held.strictest.why}", err=True)
        more = f"{len(swapped) - 1} more were swapped: pratique log tail" if len(swapped) > 1 else "more"
        click.echo(f"  {more}   pratique explain {identity}", err=True)
    return code


def _refusal(notice: Notice) -> Refusal:
    return Refusal.of(notice.decision, notice.id)
