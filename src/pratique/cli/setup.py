"""`pratique setup`: point this account's clients at a gate that stands, and take that back."""

import asyncio
import difflib
import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final
from urllib.parse import urlsplit

import click

from pratique.app import ClientSetup, Step, client_setup, gate_answers, installed_clients, is_this_gate, this_machine
from pratique.cli.exit_codes import Exit
from pratique.cli.session import json_option, show
from pratique.cli.standing_gate import clients_led, lines_of, short
from pratique.errors import InvalidInput
from pratique.flow.doctor import Finding, State
from pratique.here import indexes_of, settings_here
from pratique.settings import Settings, without_credentials

_CLIENTS: Final = ("pip", "uv", "pipx", "pdm", "poetry")
_POETRY: Final = "has no such setting of its own: pratique poetry ... puts a gate around each command"
_URL: Final = re.compile(r"https?://[A-Za-z0-9._~:/@%\[\]!$&()*+,=-]+")
_WIDTH: Final = 8


@click.command()
@click.argument("clients", nargs=-1, metavar="[CLIENT]...")
@click.option("--url", help="The Simple API of the gate; that of these settings by default.")
@click.option("--undo", is_flag=True, help="Take back what setup wrote, and only that.")
@click.option("--dry-run", "dry", is_flag=True, help="Show what would be written, and write nothing.")
@json_option
def command(clients: tuple[str, ...], url: str | None, *, undo: bool, dry: bool, as_json: bool) -> None:
    """Point pip, uv, pipx and pdm at a gate that stands: those that are installed, or those that are named.

    Only these clients' own files of this account are written, never a project's. All else in them stays: comments, other keys.
    """
    settings = settings_here()
    if undo:
        if clients or url is not None:
            raise InvalidInput("--undo takes back all that setup wrote", advice="pratique setup --undo")
        raise SystemExit(_undo(client_setup(settings), dry=dry, as_json=as_json))
    simple = _simple(url, settings)
    chosen = _chosen(clients)
    ours = is_this_gate(simple, settings)
    before = indexes_of(settings)["public"] if ours else ""
    steps = client_setup(settings).set_up([each for each in chosen if each != "poetry"], simple, before, dry=dry)
    silent = asyncio.run(gate_answers(simple, settings.ca_bundle))
    past = [] if dry else _past(chosen, simple, settings)
    told = {
        "gate": without_credentials(simple),
        "gate_answers": not silent,
        "files": [_told(step, dry=dry) for step in steps],
        "leads_past": [asdict(each) for each in past],
    }
    show(told, _text(simple, silent, steps, chosen, past, dry=dry), as_json=as_json)
    raise SystemExit(Exit.ALLOWED)


def _chosen(named: Sequence[str]) -> list[str]:
    """The clients to set up. Raises `InvalidInput` for one that cannot be."""
    for name in named:
        if name == "poetry":
            raise InvalidInput(f"poetry {_POETRY.partition(':')[0]}", advice="pratique poetry install, and so on")
        if name not in _CLIENTS:
            raise InvalidInput(f"setup does not know {name}", advice=f"it knows {', '.join(_CLIENTS[:-1])}")
    chosen = list(named) or installed_clients(this_machine(), _CLIENTS)
    if not chosen:
        raise InvalidInput("none of the clients that setup knows is on the PATH", advice="name one: pratique setup pip")
    return chosen


def _simple(told: str | None, settings: Settings) -> str:
    """The Simple API of the gate, with a slash at the end. Raises `InvalidInput` for what clients would not ask."""
    url = (told or settings.server.url).rstrip("/")
    url = url if url.endswith("/simple") else f"{url}/simple"
    parts = urlsplit(url) if _URL.fullmatch(url) else None
    if parts is None or not parts.hostname:
        raise InvalidInput(f"{without_credentials(url)} is no URL of a gate", advice="as https://gate.example/simple/")
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise InvalidInput(
            f"pip takes no plain http from {parts.hostname}",
            advice="let a proxy with TLS stand in front (docs/how-to/behind-a-proxy.md), and name its https URL",
        )
    return f"{url}/"


def _text(
    simple: str, silent: str, steps: Sequence[Step], chosen: Sequence[str], past: Sequence[Finding], *, dry: bool
) -> str:
    lines = [f"The gate is {without_credentials(simple)}" + (f"; {silent}" if silent else ", and it answers.")]
    if silent and not dry:
        lines.append("  do  pratique serve; until then these clients install nothing")
    for step in steps:
        done = "already so" if step.before == step.after else "would be written" if dry else "written"
        lines.append(f"  {step.client:<{_WIDTH}}{short(step.path)}   {done}")
        lines += [f"  {'':<{_WIDTH}}it asked {without_credentials(each)} before" for each in step.replaced]
    if "pipx" in chosen:
        lines.append(f"  {'pipx':<{_WIDTH}}asks what pip and uv ask")
    if "poetry" in chosen:
        lines.append(f"  {'poetry':<{_WIDTH}}{_POETRY}")
    if "uv" in chosen:
        lines.append(
            f"  {'':<{_WIDTH}}in a project that is shared, lock with pratique uv lock: uv.lock names the index"
        )
    if dry:
        return "\n".join([*lines, "", *(_diff(step) for step in steps if step.before != step.after)]).rstrip()
    if past:
        lines += [
            "Stronger than what was written, and past the gate:",
            *(line for each in past for line in lines_of(each)),
        ]
    return "\n".join([*lines, "Try it:    pip install pratique-test-refused", "Undo it:   pratique setup --undo"])


def _past(chosen: Sequence[str], simple: str, settings: Settings) -> list[Finding]:
    """What leads these clients past the gate all the same."""
    clients = [name for name in ("pip", "uv", "pdm") if name in chosen or ("pipx" in chosen and name != "pdm")]
    found = clients_led(clients, simple, settings, account_only=True)
    return [each for each in found if each.state is State.WRONG]


def _undo(setup: ClientSetup, *, dry: bool, as_json: bool) -> Exit:
    steps = setup.undo(dry=dry)
    lines = []
    for step in steps:
        if step.stuck:
            lines.append(f"  {step.client:<{_WIDTH}}{short(step.path)}   left: somebody has changed what setup wrote")
            lines.append(f"  {'':<{_WIDTH}}do  take out its lines by hand, then pratique setup --undo")
            continue
        gone = (
            "removed" if step.after is None else "as it was" if step.before != step.after else "nothing of it is left"
        )
        lines.append(f"  {step.client:<{_WIDTH}}{short(step.path)}   {'would be ' if dry else ''}{gone}")
    text = "\n".join(lines) or "Nothing that setup wrote is remembered."
    if dry:
        text = "\n".join([text, "", *(_diff(step) for step in steps if step.before != step.after)]).rstrip()
    show({"files": [_told(step, dry=dry) for step in steps]}, text, as_json=as_json)
    return Exit.FAILED if any(step.stuck for step in steps) else Exit.ALLOWED


def _told(step: Step, *, dry: bool) -> dict[str, object]:
    changed = step.before != step.after
    return {
        "client": step.client,
        "file": str(step.path),
        "changed": changed and not dry,
        "would_change": changed,
        "index_before": [without_credentials(each) for each in step.replaced],
        "by_hand": step.stuck,
    }


def _diff(step: Step) -> str:
    """What changes in a file, without the credentials in it."""
    before, after = (_shown(text) for text in (step.before, step.after))
    return "\n".join(difflib.unified_diff(before, after, short(step.path), short(step.path), lineterm=""))


def _shown(text: str | None) -> list[str]:
    return re.sub(r"(?<=://)[^\s/@]*@", "***@", text or "").splitlines()
