"""What commands share: settings, a world for a coroutine, and one way to print."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from pratique.app import open_world, seen_checkpoint
from pratique.cli.exit_codes import Exit
from pratique.flow.gate.opening import announce
from pratique.flow.record.verify import continued
from pratique.flow.world import World
from pratique.here import person, settings_here
from pratique.model.decision import Decision, Verdict
from pratique.policy.conditions.unknowns import Unknowns

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


async def opened(world: World) -> None:
    """Check the ledger against the checkpoint this account remembers, record the opening, and remember the new one.

    Raises `Tampered` for a ledger that was rolled back, forked or damaged: the gate then stays shut.
    """
    if world.settings.store.kind == "memory":
        await announce(world, person())
        return
    seen = seen_checkpoint(world.settings)
    note = seen.read()
    if note is not None:
        await continued(world.store, world.verifier_key, note)
    await announce(world, person())
    seen.write(await world.ledger.checkpoint())


def answered(decision: Decision) -> Exit:
    """The exit code of a decision. Of several holds the one counts that takes most: a missing answer, then a person."""
    if decision.verdict is Verdict.ALLOW:
        return Exit.ALLOWED
    if decision.verdict is Verdict.DENY:
        return Exit.DENIED
    holds = [reason for reason in decision.reasons if reason.verdict is Verdict.HOLD]
    if any(reason.condition == Unknowns.id for reason in holds):
        return Exit.EVIDENCE_MISSING
    lasting = any(reason.remedy is None or reason.remedy.until is None for reason in holds)
    return Exit.WAITING if lasting else Exit.HELD
