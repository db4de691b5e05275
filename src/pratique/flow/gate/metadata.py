"""The metadata beside a file (PEP 658): from the index where it keeps any, from the wheel itself where it does not.

Indexes are known to serve `.metadata` without announcing it, and to announce nothing at all; a gate that always has it spares
clients the download of every wheel they merely consider.
"""

from pratique.errors import NotFound, Unavailable
from pratique.flow.gate.file_evidence import FileEvidence, read
from pratique.flow.world import World
from pratique.model import limits
from pratique.model.canonical import digest_of


async def core_metadata(world: World, material: FileEvidence) -> bytes:
    """The METADATA file of a wheel.

    Raises `NotFound` for a file that has none, `Unavailable` when the index keeps silent or sends bytes other than announced,
    and `InvalidInput` for a wheel that cannot be read.
    """
    entry, project = material.entry, material.project
    if entry is None or project is None or not entry.filename.endswith(".whl"):
        raise NotFound(f"{material.artifact.file} has no metadata beside it")
    try:
        fetched = await world.upstreams[project.index].get(
            f"{entry.url}.metadata", accept="*/*", bytes_max=limits.METADATA_BYTES_MAX
        )
    except NotFound:
        return await _from_wheel(world, material)
    if entry.metadata_sha256 is not None and digest_of(fetched.body) != entry.metadata_sha256:
        raise Unavailable(f"index {project.index} sent other metadata for {entry.filename} than its page announces")
    return fetched.body


async def _from_wheel(world: World, material: FileEvidence) -> bytes:
    material = await read(world, material)
    if material.blob is None:
        raise Unavailable(f"{material.artifact.file} could not be fetched to read its metadata")
    return await world.scanner.metadata(material.artifact.file, material.blob)
