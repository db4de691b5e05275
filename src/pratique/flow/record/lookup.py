"""Tell a decision of the record again, in the words it was told in; and when files were first seen and last served."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from pratique.errors import InvalidInput, NotFound, Tampered
from pratique.flow.record.find import Found, Wanted, find, newest_decision
from pratique.flow.record.replay import decision_recorded, replay
from pratique.flow.world import World
from pratique.model.artifact import Artifact
from pratique.model.decision import Verdict
from pratique.model.event import Decided, Event, FileSeen, FirstSeen, Requested
from pratique.ports import Store
from pratique.record.entry import project_term, release_term
from pratique.render.refusal import Refusal

_FILES = msgspec.json.Decoder(tuple[FileSeen, ...])


async def recall(world: World, typed: str) -> Refusal:
    """The newest recorded decision with this id, or the one id that begins so.

    What today would say is added where it differs. Raises `NotFound` when the ledger holds none, and `InvalidInput` for what is
    no id, or the beginning of several.
    """
    found = await newest_decision(world.store, typed)
    if not isinstance(found.event, Decided):
        raise NotFound(f"entry {found.index} cannot be read by this engine", advice="update Pratique")
    decision = await decision_recorded(world.store, found.event)
    told = Refusal.of(decision, found.event.id)
    try:
        again = await replay(world.store, found.index)
    except (InvalidInput, NotFound, Tampered) as error:
        return msgspec.structs.replace(told, today=(f"it cannot be decided again: {error}",))
    return msgspec.structs.replace(told, today=again.differences + again.rewordings)


@dataclass(slots=True)
class Sighting:
    """A file of a release: when it was first seen, at which index, by which entry; and the entry that last let it in."""

    file: FileSeen
    index: str
    at: datetime
    entry: int
    last_served: Found | None = None


async def sightings(store: Store, release: Artifact) -> list[Sighting]:
    """The files of a release (of a project, where it has no version) that were ever seen: first sight and last serve of each.

    Reads the record only. Raises `Tampered` where a document is not what its entry names.
    """
    project = project_term(release.kind, release.name)
    seen: dict[tuple[str, str], Sighting] = {}
    async for found in find(store, Wanted(("type=first-seen", project))):
        event = found.event
        if not isinstance(event, FirstSeen):
            continue
        for line in _FILES.decode(await store.document(event.files)):
            if release.version in ("", line.version):  # older entries come later, and the first sight counts
                seen[event.index, line.filename] = Sighting(line, event.index, event.at, found.index)
    missing = {filename for _, filename in seen}
    terms = (project, release_term(project, release.version)) if release.version else (project,)
    async for found in find(store, Wanted((*terms, "type=decided"))):
        if not missing:
            break
        event = found.event
        if _served(event) and isinstance(event, Decided) and event.artifact.file in missing:
            missing.discard(event.artifact.file)
            for sighting in seen.values():
                if sighting.file.filename == event.artifact.file:
                    sighting.last_served = found
    return sorted(seen.values(), key=lambda each: (each.at, each.file.filename))


def _served(event: Event | None) -> bool:
    return isinstance(event, Decided) and event.enforced is Verdict.ALLOW and event.requested is Requested.FILE
