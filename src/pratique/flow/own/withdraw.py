"""Yank a release of the own index, take that back, or delete it: recorded, and the record stays."""

import msgspec

from pratique.errors import InvalidInput
from pratique.flow.ledger import NO_DOCUMENTS
from pratique.flow.own.publish import own_index
from pratique.flow.own.sign import artifact_of, release_files
from pratique.flow.world import World
from pratique.model import limits
from pratique.model.event import Withdrew
from pratique.model.own_file import OwnFile
from pratique.model.scope import Actor


async def yank(world: World, name: str, version: str, why: str, actor: Actor) -> tuple[OwnFile, ...]:
    """Yank a release: only who asks for this very version goes on to take it (PEP 592). Without a reason it is taken back.

    Raises `NotFound`, and `InvalidInput` for a reason that is too long.
    """
    _check_reason(why)
    files = await release_files(world, name, version)
    return await _withdraw(world, [msgspec.structs.replace(file, yanked=why.strip()) for file in files], actor)


async def delete(world: World, name: str, version: str, why: str, actor: Actor) -> tuple[OwnFile, ...]:
    """Delete a release: its names are never given again. Raises as `yank`.

    Its bytes go once that is on record, unless another file has the same.
    """
    _check_reason(why)
    if not why.strip():
        raise InvalidInput("a release is deleted for a reason", advice='--reason "..."')
    files = await release_files(world, name, version)
    deleted = await _withdraw(world, [msgspec.structs.replace(file, deleted=why.strip()) for file in files], actor)
    left = {file.digest for file in await world.ledger.own_files(own_index(world).name) if not file.deleted}
    for file in deleted:
        if file.digest not in left:
            await world.blobs.remove(file.digest)
    return deleted


def _check_reason(why: str) -> None:
    if len(why) > limits.YANK_REASON_CHARACTERS_MAX or (why and not why.isprintable()):
        raise InvalidInput(f"a reason is one line of at most {limits.YANK_REASON_CHARACTERS_MAX} characters")


async def _withdraw(world: World, files: list[OwnFile], actor: Actor) -> tuple[OwnFile, ...]:
    own, pseudonym, now = own_index(world), await world.ledger.pseudonym(actor), world.clock.now()
    events = [
        Withdrew(at=now, actor=pseudonym, artifact=artifact_of(own, file), index=own.name, file=file) for file in files
    ]
    await world.ledger.append(*((event, NO_DOCUMENTS) for event in events))
    return tuple(files)
