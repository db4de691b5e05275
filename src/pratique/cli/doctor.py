"""`pratique doctor`: what leads past the gate on this machine."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click

from pratique.app import (
    active_environment,
    client_setup,
    gate_answers,
    home,
    installed_clients,
    installed_in,
    is_poetry_project,
    is_this_gate,
    proxies_before,
    runs_in,
    seen_checkpoint,
    settings_here,
    sources_of,
    this_machine,
)
from pratique.cli.exit_codes import Exit
from pratique.cli.session import in_world, json_option, show
from pratique.errors import PratiqueError, Tampered
from pratique.flow.doctor import Finding, State, came_in, led, unserved
from pratique.flow.record.verify import continued
from pratique.flow.world import World
from pratique.settings import Settings, without_credentials

_CLIENTS: Final = ("pip", "uv", "pdm")


@click.command()
@click.option("--url", help="The Simple API of the gate; the one that setup was told, or that of these settings.")
@json_option
def command(url: str | None, *, as_json: bool) -> None:
    """Say what leads past the gate on this machine, whether gate and record are well, and what came in past them.

    Ends with 1 when something leads past, or is not well. Looks at variables, at the files of pip, uv, pdm and Poetry at every
    level, at requirement files and locks of the current folder, and at the active environment. Changes nothing.
    """
    settings = settings_here()
    simple = url or next((each.url for each in client_setup(settings).written()), f"{settings.server.url}/simple/")
    findings = [*_gate(simple, settings), *_record(settings), *_clients(simple, settings), *_runs(settings)]
    wrong = sum(finding.state is State.WRONG for finding in findings)
    last = "Nothing leads past the gate." if not wrong else f"{wrong} of these want something done."
    text = "\n".join([*(line for finding in findings for line in _lines(finding)), last])
    show({"gate": without_credentials(simple), "findings": [asdict(each) for each in findings]}, text, as_json=as_json)
    raise SystemExit(Exit.FAILED if wrong else Exit.ALLOWED)


def _gate(simple: str, settings: Settings) -> Iterator[Finding]:
    shown = without_credentials(simple)
    silent = asyncio.run(gate_answers(simple, settings.ca_bundle))
    if silent:
        yield Finding("gate", State.WRONG, f"{shown}: {silent}", "pratique serve")
    else:
        yield Finding("gate", State.FINE, f"{shown} answers")


def _record(settings: Settings) -> Iterator[Finding]:
    """What the record says of itself, and of what is installed here: nothing where the gate keeps it elsewhere."""
    folder = home(settings)
    if settings.store.kind == "memory" or not (folder / "ledger.sqlite").exists():
        yield Finding("record", State.NOTE, f"there is none in {_short(folder)}: what is installed cannot be compared")
        return
    environment = active_environment(this_machine())
    installed = [] if environment is None else installed_in(environment)

    async def looked_at(world: World) -> list[Finding]:
        note, size = seen_checkpoint(settings).read(), await world.store.size()
        if note is not None:
            await continued(world.store, world.verifier_key, note)
        since = "continues what this account saw last" if note is not None else "was never seen by this account before"
        told = [Finding("record", State.FINE, f"{size} entries; it {since}. pratique log verify checks all of it")]
        if environment is None:
            told.append(Finding("installed", State.NOTE, "no environment is active, and the folder has no .venv"))
        elif installed:
            told += came_in(_short(environment), installed, await unserved(world, installed))
        return told

    try:
        yield from in_world(looked_at)
    except Tampered as error:
        yield Finding(
            "record", State.WRONG, str(error), "keep the files as they are, tell security; pratique log verify"
        )
    except PratiqueError as error:
        yield Finding("record", State.NOTE, f"it cannot be read by this account: {error}", error.advice)


def _clients(simple: str, settings: Settings) -> Iterator[Finding]:
    machine = this_machine()
    clients = installed_clients(machine, _CLIENTS)
    if is_poetry_project(machine):
        clients += installed_clients(machine, ("poetry",))
    gate = urlsplit(simple)

    def is_gate(url: str) -> bool:
        parts = urlsplit(url)
        same = (parts.scheme, parts.hostname, parts.port) == (gate.scheme, gate.hostname, gate.port)
        return (same and parts.path.rstrip("/").endswith("/simple")) or is_this_gate(url, settings)

    yield from led(clients, [*sources_of(machine), *proxies_before(machine, simple)], is_gate)


def _runs(settings: Settings) -> Iterator[Finding]:
    for run in runs_in(home(settings)):
        if not run.alive:
            says = f"a wrapped command was killed and left something to put right: {_short(run.file)}"
            yield Finding("runs", State.WRONG, says, "the next pratique pip, uv or poetry puts it right")


def _lines(finding: Finding) -> Iterator[str]:
    mark = "!" if finding.state is State.WRONG else " "
    yield f"{mark} {finding.about:<10}{finding.says.replace(f'{this_machine().home}/', '~/')}"
    if finding.do:
        yield f"  {'':<10}do  {finding.do}"


def _short(path: Path) -> str:
    account = this_machine().home
    return f"~/{path.relative_to(account)}" if path.is_relative_to(account) else str(path)
