"""Statements about a release of the own index: what is to be signed, and taking into the ledger what was."""

from collections.abc import Callable
from dataclasses import dataclass

from pratique.errors import InvalidInput, NotFound
from pratique.flow.own.keys import in_force
from pratique.flow.own.publish import own_index
from pratique.flow.own_index import OwnIndex
from pratique.flow.world import World
from pratique.model.artifact import Artifact, Digest, VersionText
from pratique.model.canonical import digest_of
from pratique.model.event import Stated
from pratique.model.own_file import OwnFile
from pratique.model.scope import Actor
from pratique.model.statement import Approval, CountsNot, Flaw, Predicate, Publish, Review, SigningKey
from pratique.record.statement import envelope_of, examine, payload_of


@dataclass(frozen=True, slots=True)
class Signed:
    """A statement that is on record: the file, and the digest of its envelope."""

    file: str
    statement: Digest


async def release_files(world: World, name: str, version: str) -> tuple[OwnFile, ...]:
    """The files of a release of the own index. Raises `NotFound` for one that has none, and `Forbidden` without such an index."""
    own = own_index(world)
    project = own.ecosystem.name(name)
    read = own.ecosystem.version(version)
    wanted = VersionText(version) if read is None else read.text
    published = [file for file in await world.ledger.own_files(own.name, project) if not file.deleted]
    files = tuple(file for file in published if file.version == wanted)
    if not files:
        others = ", ".join(dict.fromkeys(file.version for file in published[-5:]))
        raise NotFound(
            f"{own.name} has no release {project} {wanted}", advice=f"it has {others}" if others else "publish it first"
        )
    return files


async def sign(
    world: World,
    files: tuple[OwnFile, ...],
    said: Publish | Review,
    by: str,
    signer: Callable[[str], Callable[[bytes], bytes]],
    actor: Actor,
) -> tuple[SigningKey, tuple[Signed, ...]]:
    """Sign a statement about each file with the key that signs under the name `by`, and record all of them or none.

    `signer` gives the private half of a key by its id. What would not count is not recorded: raises `InvalidInput`, and as
    `keys.in_force`. Raises `NotRecorded`.
    """
    own = own_index(world)
    keys = await world.ledger.keys()
    key = in_force(keys, by)
    private, now, pseudonym = signer(key.id), world.clock.now(), await world.ledger.pseudonym(actor)
    predicate = Predicate.PUBLISH if isinstance(said, Publish) else Predicate.REVIEW
    recorded, signed = [], []
    for file in files:
        envelope = envelope_of(payload_of(file.filename, file.digest, said), key.id, private)
        found = examine(envelope, file.filename, file.digest, keys=keys, recorded=now, now=now)
        if isinstance(found, CountsNot) and not (found.flaw is Flaw.REFUSED and _refuses(said)):
            raise InvalidInput(f"what {key.id} would sign does not count: {found.why}", advice="pratique keys list")
        digest = digest_of(envelope)
        event = Stated(at=now, actor=pseudonym, artifact=artifact_of(own, file), predicate=predicate, statement=digest)
        recorded.append((event, {digest: envelope}))
        signed.append(Signed(file.filename, digest))
    await world.ledger.append(*recorded)
    return key, tuple(signed)


def artifact_of(own: OwnIndex, file: OwnFile) -> Artifact:
    """A file of the own index as it stands in the record."""
    return Artifact(own.ecosystem.kind, file.project, file.version, file.filename, "", file.digest)


def _refuses(said: Publish | Review) -> bool:
    return isinstance(said, Review) and said.decision is Approval.REFUSED
