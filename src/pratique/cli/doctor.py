"""`pratique doctor`: what leads past the gate on this machine."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

import click

from pratique.app import (
    active_environment,
    client_setup,
    gate_answers,
    installed_clients,
    installed_in,
    is_poetry_project,
    seen_checkpoint,
    this_machine,
)
from pratique.cli.exit_codes import Exit
from pratique.cli.session import in_world, json_option, show
from pratique.cli.standing_gate import clients_led, lines_of, short
from pratique.cli.wrap import put_right
from pratique.errors import PratiqueError, Tampered
from pratique.flow.doctor import Finding, State, came_in, unserved
from pratique.flow.record.verify import continued
from pratique.flow.world import World
from pratique.here import home, runs_in, settings_here
from pratique.settings import Settings, without_credentials

_CLIENTS: Final = ("pip", "uv", "pdm")


@click.command()
@click.option("--url", help="The Simple API of the gate; the one that setup was told, or that of these settings.")
@click.option(
    "--put-right", "puts_right", is_flag=True, help="Put right first what wrapped commands left that were killed."
)
@json_option
def command(url: str | None, *, puts_right: bool, as_json: bool) -> None:
    """Say what leads past the gate on this machine, whether gate and record are well, and what came in past them.

    Ends with 1 when something leads past, or is not well. Looks at variables, at the files of pip, uv, pdm and Poetry at every
    level, at requirement files and locks of the current folder, and at the active environment. Changes nothing
    unless it is told to.
    """
    settings = settings_here()
    if puts_right and any(not run.alive for run in runs_in(home(settings))):
        in_world(put_right, asks_indexes=True)
    simple = url or next((each.url for each in client_setup(settings).written()), f"{settings.server.url}/simple/")
    findings = [*_gate(simple, settings), *_record(settings), *_clients(simple, settings), *_runs(settings)]
    wrong = sum(finding.state is State.WRONG for finding in findings)
    last = "Nothing leads past the gate." if not wrong else f"{wrong} of these want something done."
    text = "\n".join([*(line for finding in findings for line in lines_of(finding)), last])
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
        yield Finding("record", State.NOTE, f"there is none in {short(folder)}: what is installed cannot be compared")
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
            told += came_in(short(environment), installed, await unserved(world, installed))
        return told

    try:
        yield from in_world(looked_at)
    except Tampered as error:
        yield Finding(
            "record", State.WRONG, str(error), "keep the files as they are, tell security; pratique log verify"
        )
    except PratiqueError as error:
        yield Finding("record", State.NOTE, f"it cannot be read by this account: {error}", error.advice)


def _clients(simple: str, settings: Settings) -> list[Finding]:
    machine = this_machine()
    clients = installed_clients(machine, _CLIENTS)
    if is_poetry_project(machine):
        clients += installed_clients(machine, ("poetry",))
    return clients_led(clients, simple, settings)


def _runs(settings: Settings) -> Iterator[Finding]:
    for run in runs_in(home(settings)):
        if not run.alive:
            says = f"a wrapped command was killed before it had tidied up: {short(run.journal)}"
            do = "pratique doctor --put-right; the next wrapped command does it as well"
            yield Finding("runs", State.WRONG, says, do)
