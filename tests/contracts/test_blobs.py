"""What every holder of files promises (`ports.Blobs`), asked of each of them."""

import asyncio

import pytest

from pratique.errors import NotFound
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.canonical import digest_of
from pratique.ports import Blobs

LARGE = bytes(range(256)) * 4_000


async def put(blobs: Blobs, *chunks: bytes) -> Digest:
    async with blobs.writer() as writer:
        for chunk in chunks:
            await writer.write(chunk)
        return await writer.commit()


async def get(blobs: Blobs, digest: Digest, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in blobs.read(digest, start=start, end=end)])


@pytest.mark.parametrize("chunks", [(), (b"",), (b"one",), (b"one", b"", b"two"), (LARGE, b"tail")])
async def test_what_was_written_is_read_under_its_digest(blobs: Blobs, chunks: tuple[bytes, ...]) -> None:
    digest = await put(blobs, *chunks)
    assert digest == digest_of(b"".join(chunks))
    assert await blobs.size(digest) == len(b"".join(chunks))
    assert await get(blobs, digest) == b"".join(chunks)


@pytest.mark.parametrize(("start", "end"), [(0, 10), (5, 6), (5, None), (1_000, 300_000), (1_023_999, None)])
async def test_a_range_is_the_slice_of_the_bytes(blobs: Blobs, start: int, end: int | None) -> None:
    digest = await put(blobs, LARGE)
    assert await get(blobs, digest, start, end) == LARGE[start:end]


@pytest.mark.parametrize(("start", "end"), [(5, 5), (9, 3), (len(LARGE), None), (len(LARGE) + 9, None)])
async def test_a_range_of_nothing_is_empty(blobs: Blobs, start: int, end: int | None) -> None:
    digest = await put(blobs, LARGE)
    assert await get(blobs, digest, start, end) == b""


async def test_a_held_file_can_be_handed_over_open(blobs: Blobs) -> None:
    digest = await put(blobs, LARGE)
    for _ in range(2):
        with await blobs.file(digest) as file:
            assert file.fileno() > 2
            assert file.read() == LARGE
    with pytest.raises(NotFound):
        await blobs.file(digest_of(b"not held"))


async def test_what_is_not_committed_was_never_there(blobs: Blobs) -> None:
    async with blobs.writer() as writer:
        await writer.write(b"half")
    with pytest.raises(NotFound):
        await blobs.size(digest_of(b"half"))


async def test_a_transfer_that_breaks_leaves_nothing(blobs: Blobs) -> None:
    async def breaking() -> None:
        async with blobs.writer() as writer:
            await writer.write(b"half")
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await breaking()
    with pytest.raises(NotFound):
        await blobs.size(digest_of(b"half"))


async def test_what_is_not_held_is_not_found(blobs: Blobs) -> None:
    missing = digest_of(b"missing")
    with pytest.raises(NotFound):
        await blobs.size(missing)
    with pytest.raises(NotFound):
        await get(blobs, missing)
    await blobs.remove(missing)


async def test_a_removed_file_is_gone_and_can_come_back(blobs: Blobs) -> None:
    digest = await put(blobs, b"content")
    await blobs.remove(digest)
    with pytest.raises(NotFound):
        await get(blobs, digest)
    assert await put(blobs, b"content") == digest
    assert await get(blobs, digest) == b"content"


async def test_what_has_another_digest_than_expected_is_not_kept(blobs: Blobs) -> None:
    for content, expected, held in ((b"right", digest_of(b"right"), True), (b"wrong", digest_of(b"right"), False)):
        async with blobs.writer() as writer:
            await writer.write(content)
            assert await writer.commit(expected) == digest_of(content)
        if held:
            assert await get(blobs, expected) == content
    with pytest.raises(NotFound):
        await blobs.size(digest_of(b"wrong"))


async def test_the_same_file_received_many_times_at_once_is_held_once(blobs: Blobs) -> None:
    digests = await asyncio.gather(*(put(blobs, LARGE[:70_000], LARGE[70_000:]) for _ in range(8)))
    assert set(digests) == {digest_of(LARGE)}
    assert await get(blobs, digests[0]) == LARGE


async def test_a_sound_file_is_what_was_read_whole_before(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BLOB_SETTLED_SECONDS", -1.0)
    digest = await put(blobs, LARGE)
    assert await get(blobs, digest) == LARGE
    sound = await blobs.sound(digest)
    if sound is not None:
        with sound.file:
            assert sound.file.read() == LARGE
            assert await sound.still_sound()
    await blobs.remove(digest)
    with pytest.raises(NotFound):
        await blobs.sound(digest)
