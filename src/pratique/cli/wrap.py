"""A real package client with a gate around it: the gate lives for one command, on a free loopback port."""

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from typing import IO, NoReturn

import click

from pratique.cli.exit_codes import Exit
from pratique.cli.notices import Notices
from pratique.cli.opening import OneGate
from pratique.flow.observer import Notice
from pratique.flow.requester import Requester
from pratique.flow.urls import GateUrls
from pratique.flow.world import World
from pratique.here import (
    Child,
    Meeting,
    Run,
    States,
    SystemClock,
    Wrapping,
    home,
    left_behind,
    made_by_client,
    person,
    policy_in_force,
    runs_in,
    settings_file,
    settings_here,
    shown_indexes,
    wrapping,
)
from pratique.model.decision import Verdict
from pratique.model.scope import Scope, ScopeName
from pratique.render.refusal import Refusal, terminal
from pratique.settings import IndexOptions

_LINES_MAX = 3
_NO_WALL = (
    "this system cannot close ports to a client (Landlock, Linux 6.7), so its proxy settings alone keep it to the gate"
)
_NOT_FOUND = 127
"""The exit code of shells for a command that is not there."""


def wrap(client: str, arguments: tuple[str, ...]) -> int:
    """Run a client around a gate; its exit code, or ours where the gate's answer made it fail."""
    return asyncio.run(_wrap(client, arguments))


async def _wrap(client: str, arguments: tuple[str, ...]) -> int:
    settings = settings_here()
    if any(not run.alive for run in runs_in(home(settings))):
        from pratique.app import open_world

        async with open_world(settings) as world:
            await put_right(world)
    around = wrapping(client, arguments)
    if not settings.index.get("public", IndexOptions()).url:
        settings = settings_here({"index.public.url": around.errand.index})
    policy = policy_in_force(settings)
    scope = ScopeName(settings.scope) or policy.default_scope
    policy.mode(scope)  # one that it does not know is told here: clients show nothing of it
    indexes = {name: options.url for name, options in settings.index.items() if name != "public"}
    indexes["public"] = around.errand.index
    notices = Notices()
    async with OneGate(settings, policy, notices) as gate:
        urls = GateUrls(shown_indexes(settings), indexes, gate.world)
        around.refuse_others(urls, policy.elsewhere.hosts, str(settings_file()))
        now = int(SystemClock().now().timestamp() * 1e9)
        run = Run.begin(home(settings), now, indexes, around.errand.writes)
        try:
            return await _gated(around, run, urls, gate, notices)
        finally:
            run.end()


async def put_right(world: World) -> None:
    """Put right what a run that was killed left behind, and say so."""
    for run in left_behind(home(world.settings)):
        for path in await run.put_right(GateUrls.of(world, run.indexes)):
            click.echo(f"pratique: put right what a run that was killed left in {path}", err=True)
        run.end()


async def _past(around: Wrapping, before: States, run: Run, gate: OneGate, notices: Notices) -> int:
    """Judge, record and name what was installed past the gate; the exit code for that."""
    past = around.installed_past(before, run, notices.releases)
    if not past:
        return Exit.ALLOWED
    from pratique.flow.elsewhere import judge_brought

    world = await gate.world()
    verdict, enforced = await judge_brought(world, Requester(Scope(world.scope), person()), past)
    named = [each for each in past if world.policy.elsewhere.verdict(each.kind) is not Verdict.ALLOW]
    for each in named[:_LINES_MAX]:
        source = f" from {each.source}" if each.source else ""
        click.echo(f"past the gate  {each.name} {each.version}   a {each.kind}{source}: nobody has judged it", err=True)
    if verdict is Verdict.ALLOW:
        return Exit.ALLOWED
    more = f"{len(named)} packages were installed so" if len(named) > 1 else "it is installed all the same"
    way = f'the policy lets such in with {named[0].kind} = "allow" under [elsewhere]'
    click.echo(f"  {more}; {way}   pratique log tail", err=True)
    if enforced is Verdict.ALLOW:
        return Exit.ALLOWED
    return Exit.DENIED if enforced is Verdict.DENY else Exit.WAITING


async def _gated(around: Wrapping, run: Run, urls: GateUrls, gate: OneGate, notices: Notices) -> int:
    """Run the client behind the wall, then the foreign command it was asked to run, if any."""
    if around.errand.note:
        click.echo(click.style(f"pratique: {around.errand.note}", dim=True), err=True)
    launch = around.launch(urls, gate.port, run)
    foreign = launch.foreign
    if foreign is not None:
        run.remove_after(foreign.beside)
    async with contextlib.AsyncExitStack() as stack:
        meeting = None
        if foreign is not None and foreign.met is not None:
            meeting = await stack.enter_async_context(Meeting(foreign.met))
        serving = asyncio.ensure_future(gate.serve())
        stack.push_async_callback(_stopped, serving)
        try:
            run.speak(around.errand.reads, urls)
            before = around.installed()
            child = Child()
            piped = None if sys.stdout.isatty() or foreign is not None else subprocess.PIPE
            output = await child.start(launch.command, launch.environment, gate.port, stdout=piped)
            if not child.walled and run.first_without_wall():
                click.echo(click.style(f"pratique: {_NO_WALL}", dim=True), err=True)
            with _passed_on(child.terminate):
                ended = asyncio.ensure_future(_ended(child, output, urls))
                waits = {ended} if meeting is None else {ended, asyncio.ensure_future(meeting.environment())}
                await asyncio.wait({*waits, serving}, return_when=asyncio.FIRST_COMPLETED)
                if serving.done():  # the gate cannot open: nothing is given out, and why is said in the end
                    child.terminate()
                    await ended
        finally:
            await run.put_right(urls)
        if serving.done():
            serving.result()
        past = await _past(around, before, run, gate, notices)
        if foreign is None or (ended.done() and (meeting is not None or ended.result())):
            return _end(notices, await ended) or past
        if _end(notices, past):
            return past
        environment = dict(around.environment)
        if meeting is not None:
            environment = made_by_client(environment, launch.environment, await meeting.environment())
        code = await _outside(foreign.command, environment)
    await ended
    return code


async def _stopped(task: "asyncio.Future[NoReturn]") -> None:
    """Cancel a task and wait until it has ended. What it failed with at that moment concerns nobody any more."""
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()


async def _ended(child: Child, output: IO[bytes] | None, urls: GateUrls) -> int:
    """Wait for the client, and pass its output on as a direct run would have written it."""
    if output is not None:
        with output:
            while line := await asyncio.to_thread(output.readline):
                await urls.learn(line)
                sys.stdout.buffer.write(urls.turned_back(line))
                sys.stdout.buffer.flush()
    return await child.wait()


async def _outside(command: tuple[str, ...], environment: dict[str, str]) -> int:
    """Run a command as if nobody stood around it."""
    try:
        process = await asyncio.create_subprocess_exec(*command, env=environment)
    except OSError as error:
        click.echo(f"pratique: {command[0]} cannot be run: {error.strerror}", err=True)
        return _NOT_FOUND
    with _passed_on(process.terminate):
        return await process.wait()


@contextlib.contextmanager
def _passed_on(terminate: Callable[[], None]) -> Iterator[None]:
    """An interrupt reaches a process in the foreground directly, and leaves us waiting.

    A request to end is passed on, and so is the end of the terminal unless it is to be ignored (`nohup`).
    """
    loop = asyncio.get_running_loop()
    handlers: dict[signal.Signals, Callable[[], None]] = {signal.SIGINT: lambda: None, signal.SIGTERM: terminate}
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        handlers[signal.SIGHUP] = terminate
    for each, handler in handlers.items():
        loop.add_signal_handler(each, handler)
    try:
        yield
    finally:
        for each in handlers:
            loop.remove_signal_handler(each)


def _end(notices: Notices, code: int) -> int:
    """Say what was steered or refused, if anything was; the exit code."""
    stopped = list(notices.stopped.values())
    if code and not stopped:
        stopped = [notice for project, notice in notices.held_back.items() if not notices.taken.get(project)]
    sys.stdout.flush()
    if code:
        for project, rejected in list(notices.left_out.items())[:_LINES_MAX]:
            first = f"{rejected[0].filename}: {rejected[0].why}"
            click.echo(f"left out  {project}: {len(rejected)} files that cannot be read, such as {first}", err=True)
    if code and stopped:
        worst = max(stopped, key=lambda notice: notice.decision.verdict)
        click.echo(f"\n{terminal(_refusal(worst))}", err=True)
        others = [notice.decision.artifact.label for notice in stopped if notice.id != worst.id]
        if others:
            click.echo(f"  also refused: {', '.join(sorted(set(others))[:8])}   (pratique log tail)", err=True)
        from pratique.cli.session import answered

        return answered(worst.decision)
    if code:
        return _silences(notices, code)
    if notices.passed:
        click.echo(f"let through  {_few(notices.passed)}: nobody has looked at what came", err=True)
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


def _silences(notices: Notices, code: int) -> int:
    """Say why a client may have failed although nothing was refused; the exit code."""
    if notices.quiet:
        for index, why in list(notices.quiet.items())[:_LINES_MAX]:
            click.echo(f"\nindex {index}: {why}", err=True)
        click.echo("  do  try again once it answers; pratique settings says where it is", err=True)
        return Exit.EVIDENCE_MISSING
    if notices.kept_out:
        click.echo(
            f"\nkept out  {_few(notices.kept_out)}: no index of the settings, no host that the policy names", err=True
        )
        click.echo("  do  name an index as [index.NAME], any other host in the policy under [elsewhere]", err=True)
        return Exit.DENIED
    return code


def _few(names: Collection[str]) -> str:
    return ", ".join(list(names)[:_LINES_MAX])
