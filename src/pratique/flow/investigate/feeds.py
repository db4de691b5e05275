"""Feeds of advisories, read and recorded: what changes by it is in force with its entry, and not before."""

from collections.abc import Iterable

from pratique.flow.ledger import NO_DOCUMENTS
from pratique.flow.world import World
from pratique.model.advisory import FeedForm
from pratique.model.event import AdvisoriesImported
from pratique.model.scope import Actor
from pratique.ports import FeedDocument, Imported


async def import_feed(
    world: World,
    feed: str,
    place: str,
    documents: Iterable[FeedDocument],
    actor: Actor,
    *,
    form: FeedForm = FeedForm.OSV,
) -> Imported:
    """Read a feed as a whole. It is recorded where anything in it is other than before. Raises as `Advisories.replacing`."""
    async with world.advisories.replacing(feed, place, documents, world.clock.now(), form=form) as imported:
        if imported.packages or imported.added or imported.changed or imported.removed:
            await _record(world, imported, actor)
    return imported


async def drop_feed(world: World, feed: str, actor: Actor) -> Imported:
    """Take back all that a feed said. Raises `NotFound`."""
    async with world.advisories.dropping(feed, world.clock.now()) as imported:
        await _record(world, imported, actor)
    return imported


async def _record(world: World, imported: Imported, actor: Actor) -> None:
    event = AdvisoriesImported(
        at=world.clock.now(),
        actor=await world.ledger.pseudonym(actor),
        feed=imported.feed,
        digest=imported.digest,
        records=imported.records,
        added=imported.added,
        changed=imported.changed,
        removed=imported.removed,
        unread=imported.unread_count,
    )
    await world.ledger.append((event, NO_DOCUMENTS))
