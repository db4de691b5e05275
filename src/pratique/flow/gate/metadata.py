"""The metadata beside a file (PEP 658): what the index states a digest of, or what the wheel holds that was let in.

Nothing foreign is passed on unchecked. Metadata with a digest on the page come from the index and must have it; then the file
itself is not fetched. Without one they are read, in the scanner's confinement, from the wheel, once that was judged by its bytes.
In both cases they must be core metadata of the very release. They are kept by digest, and fetched once for all who ask.
"""

from pratique.errors import InvalidInput, NotFound, Unavailable
from pratique.flow.gate.admit import Admission, admit
from pratique.flow.gate.file_evidence import FileEvidence
from pratique.flow.requester import FileRequest
from pratique.flow.world import World
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.canonical import digest_of


async def metadata_beside(world: World, ask: FileRequest) -> tuple[Admission, bytes]:
    """The answer to a request for the metadata of a file, beside the metadata; empty when it is refused.

    Raises `NotFound` for a file that has none, `Unavailable` when the index keeps silent or sends other metadata than its page
    announces, and what `admit` raises.
    """
    admission = await admit(world, ask)
    if admission.refused:
        return admission, b""
    file = admission.file
    stated = None if file.entry is None else file.entry.metadata_digest
    if stated is not None:
        try:
            return admission, await _once(world, stated, file)
        except NotFound:
            if file.entry is None or file.entry.kind != world.ecosystem.packed:
                raise
    if file.entry is None or file.entry.kind != world.ecosystem.packed:
        raise NotFound(f"{file.artifact.file} has no metadata beside it")
    admission = await admit(world, ask, look_inside=True)
    if admission.refused:
        return admission, b""
    if admission.file.blob is None:
        raise Unavailable(f"{file.artifact.file} could not be fetched to read its metadata")
    return admission, await _once(world, admission.file.blob, admission.file)


async def _once(world: World, digest: Digest, file: FileEvidence) -> bytes:
    """Metadata by the digest of themselves, or of the wheel they are in, for one release."""
    key = (digest, file.artifact.name, file.artifact.version)
    kept = world.metadata.get(key)
    if kept is not None:
        return kept
    read = _from_wheel if file.blob == digest else _stated
    content = await world.reading.run(key, lambda: read(world, digest, file))
    world.metadata.put(key, content, len(content))
    return content


async def _stated(world: World, stated: Digest, file: FileEvidence) -> bytes:
    entry, project = file.entry, file.project
    if entry is None or project is None:
        raise NotFound(f"{file.artifact.file} has no metadata beside it")
    url = entry.metadata_url
    fetched = await world.upstreams[project.index].get(url, accept="*/*", bytes_max=limits.METADATA_BYTES_MAX)
    if digest_of(fetched.body) != stated:
        raise Unavailable(f"index {project.index} sent other metadata for {entry.filename} than its page announces")
    _check(world, fetched.body, file)
    return fetched.body


async def _from_wheel(world: World, blob: Digest, file: FileEvidence) -> bytes:
    content = await world.scanner.metadata(file.artifact.file, blob)
    _check(world, content, file)
    return content


def _check(world: World, content: bytes, file: FileEvidence) -> None:
    try:
        world.ecosystem.check_metadata(content, file.artifact)
    except InvalidInput as error:
        raise Unavailable(f"the metadata of {file.artifact.file} cannot be used: {error}") from error
