"""`pratique explain ID|CONDITION`."""

import click

from pratique.cli.running import in_world, json_option, show
from pratique.flow.recall import recall
from pratique.flow.world import World
from pratique.policy.pages import condition_ids, page
from pratique.render.refusal import Refusal, document, terminal


@click.command()
@click.argument("subject")
@json_option
def command(subject: str, *, as_json: bool) -> None:
    """Explain a decision by its id (7F3K2QXD), or a condition by its name (cooldown)."""
    if subject in condition_ids():
        text = page(subject)
        show({"condition": subject, "page": text}, text, as_json=as_json)
        return

    async def told(world: World) -> Refusal:
        return await recall(world, subject)

    refusal = in_world(told)
    show(document(refusal), terminal(refusal), as_json=as_json)
