"""A file comes into the own index: who may, whether its name is free, and on record before it is anywhere."""

from dataclasses import dataclass

from pratique.errors import Conflict, Forbidden, NotRecorded
from pratique.flow.ledger import NO_DOCUMENTS
from pratique.flow.own_index import OwnIndex
from pratique.flow.requester import Requester
from pratique.flow.world import World
from pratique.model.artifact import Artifact, Digest, ProjectName
from pratique.model.event import Published
from pratique.model.own_file import Offered, OwnFile
from pratique.policy.pattern import NamePattern, compile_name
from pratique.record.state import View, place_key


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes, and the projects whose files they may, by patterns of their names."""

    requester: Requester
    may: tuple[str, ...]

    def check(self, project: ProjectName) -> None:
        """Raises `Forbidden` for a project that is not among them."""
        if not any(compile_name(NamePattern(pattern)).fullmatch(project) for pattern in self.may):
            may = " and ".join(self.may)
            raise Forbidden(
                f"this token may publish {may}, and {project} is none of them",
                advice=f"pratique token LABEL --publish {project} issues one that may",
            )


def own_index(world: World) -> OwnIndex:
    """The index that this gate keeps. Raises `Forbidden` where it keeps none."""
    if world.own is None:
        raise Forbidden(
            "this gate takes no uploads",
            advice='publish to the index itself; or let the gate keep one: index = "internal" under [publish]',
        )
    return world.own


async def is_there(world: World, offered: Offered, digest: Digest) -> bool:
    """Whether this very file was published before. Raises `Conflict` where its place is taken by other bytes."""
    own = own_index(world)
    before = await own.ledger.own_file(own.name, offered.project, offered.filename)
    if before is None:
        return False
    if before.deleted:
        raise Conflict(
            f"{before.filename} was deleted from {own.name}, and its name is not given again: {before.deleted}",
            advice="publish another version",
        )
    if before.digest != digest:
        raise Conflict(
            f"{own.name} has {before.filename} with other bytes, and nothing is ever overwritten",
            advice="publish another version",
        )
    return True


async def publish(world: World, publisher: Publisher, offered: Offered, digest: Digest) -> bool:
    """Publish a file whose bytes are held among the others; whether it is new.

    Its metadata are read as a wheel's are, in the confinement of the scanner. Raises `Forbidden`, `Conflict`, `InvalidInput` for
    a wheel that says to be another, and `NotRecorded`: then it is not published.
    """
    own = own_index(world)
    publisher.check(offered.project)
    if await is_there(world, offered, digest):
        return False
    artifact = Artifact(own.ecosystem.kind, offered.project, offered.version, offered.filename, "", digest)
    if own.ecosystem.file(offered.filename, offered.project).kind == own.ecosystem.packed:
        own.ecosystem.check_metadata(await world.scanner.metadata(offered.filename, digest), artifact)
    size = await world.blobs.size(digest)
    await _keep(world, own, digest)
    file = OwnFile(
        offered.project, offered.version, offered.filename, digest, size, world.clock.now(), offered.requires
    )
    actor = await world.ledger.pseudonym(publisher.requester.actor)
    machine = await world.ledger.recorded_machine(publisher.requester.machine or world.ledger.machine)
    event = Published(
        at=file.at, actor=actor, machine=machine, artifact=artifact, index=own.name, place=offered.place, file=file
    )
    try:
        await world.ledger.append((event, NO_DOCUMENTS))
    except NotRecorded as error:
        taken = await world.store.rows(View.PLACE, place_key(own.name, offered.place, digest)[:1], most=1)
        if taken and taken[0][0] != place_key(own.name, offered.place, digest):
            raise Conflict(
                f"{own.name} has another file of this kind for {artifact.label}", advice="publish another version"
            ) from error
        raise
    return True


async def _keep(world: World, own: OwnIndex, digest: Digest) -> None:
    """Copy a file to where nothing makes room."""
    async with own.files.writer() as writer:
        async for chunk in world.blobs.read(digest):
            await writer.write(chunk)
        await writer.commit(digest)
