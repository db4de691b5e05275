"""Files made to use up whoever opens them: in a child with little memory, each is refused, and soon."""

import bz2
import gzip
import io
import json
import lzma
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from pratique.ecosystems.archive.zstd import zstd

MEMORY_BYTES: Final = 512 << 20
SECONDS: Final = 8.0
"""Of processor time, for each file."""
MEGABYTE: Final = bytes(1 << 20)

CHILD: Final = """
import json, resource, sys, time
from pathlib import Path
from pratique.ecosystems.archive import open_artifact
from pratique.errors import InvalidInput, LimitExceeded
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
told = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    members, unread, began = 0, 0, time.process_time()
    with path.open("rb") as stream:
        try:
            for member in open_artifact(path.name, stream):
                members += 1
                try:
                    member.link or member.read()
                except LimitExceeded:
                    unread += 1
            outcome = "unread" if unread else "read"
        except InvalidInput as error:
            outcome = f"{type(error).__name__}: {error}"
        except BaseException as error:
            outcome = f"not one of ours: {error!r}"
    told[path.name] = (outcome, members, time.process_time() - began)
print(json.dumps(told))
"""


def head(name: str = "demo/a", size: int = 0, kind: bytes = b"0", link: str = "b") -> bytes:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    block = bytearray(member.tobuf(tarfile.USTAR_FORMAT))
    block[124:136] = b"%011o\0" % size
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def repeated(packed: bytes, times: int, first: bytes = b"", wbits: int = 31) -> bytes:
    """What unpacks to `first` and many times `packed`, made in no time: each is flushed so that it stands for itself."""
    packer = zlib.compressobj(9, wbits=wbits)
    start = packer.compress(first) + packer.flush(zlib.Z_FULL_FLUSH)
    piece = zlib.compressobj(9, wbits=-15)
    body = piece.compress(packed) + piece.flush(zlib.Z_FULL_FLUSH)
    return start + body * times + b"\3\0" + bytes(8)


def entry(name: bytes, start: int, packed: int, size: int, method: int = 8, crc: int = 0) -> bytes:
    fields = (b"PK\1\2", 20, 20, 0, method, 0, 0, crc, packed, size, len(name), 0, 0, 0, 0, 0, start)
    return struct.pack("<4s6H3L5H2L", *fields) + name


def local(name: bytes, packed: int, size: int, method: int = 8, crc: int = 0) -> bytes:
    return struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, method, 0, 0, crc, packed, size, len(name), 0) + name


def ended(front: bytes, directory: bytes, count: int) -> bytes:
    return front + directory + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), len(front), 0)


def zip_of(body: bytes, size: int) -> bytes:
    front = local(b"a", len(body), size) + body
    return ended(front, entry(b"a", 0, len(body), size), 1)


def overlapping() -> bytes:
    body = repeated(MEGABYTE, 30, wbits=-15)[:-8]
    front = local(b"a", len(body), 30 << 20) + body
    return ended(front, entry(b"a", 0, len(body), 30 << 20) * 40_000, 40_000)


def million() -> bytes:
    directory = entry(b"a", 0, 0, 0) * 1_000_000
    long = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1_000_000, 1_000_000, len(directory), 0)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(directory), 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFF_FFFF, 0, 0)
    return directory + long + locator + end


def nested() -> bytes:
    inner = zip_of(repeated(MEGABYTE, 4_000, wbits=-15)[:-8], 4_000 << 20)
    for _ in range(3):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in "abcd":
                archive.writestr(f"{name}.zip", inner)
        inner = buffer.getvalue()
    return inner


def large_dictionary() -> bytes:
    """An xz stream whose header asks for a dictionary of 1.5 GiB (size byte 39 of LZMA2), with its checksum."""
    data = bytearray(lzma.compress(head()))
    size = (data[12] + 1) * 4
    place = data.index(b"\x21\x01", 12) + 2
    data[place] = 39
    data[12 + size - 4 : 12 + size] = struct.pack("<L", zlib.crc32(data[12 : 12 + size - 4]))
    return bytes(data)


def conda(part: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("info-demo-1-0.tar.zst", part)
    return buffer.getvalue()


def pax(text: bytes) -> bytes:
    return head(size=len(text), kind=b"x") + text + bytes(-len(text) % 512)


def deep(start: int) -> bytes:
    """Members that share no folder but the first, as deep as a path may be."""
    paths = (b"/".join(b"%x" % (start * 20 + number) for _ in range(150)) for number in range(20))
    records = (b" path=" + path + b"\n" for path in paths)
    return b"".join(pax(b"%d" % (len(each) + 3) + each) + head() for each in records)


BOMBS: Final[dict[str, Callable[[], bytes]]] = {
    "10 GB of zeros.tar.gz": lambda: repeated(MEGABYTE, 10_240),
    "10 GB of one member.tar.gz": lambda: repeated(MEGABYTE, 10_240, head(size=(8 << 30) - 1)),
    "a member of 30 MB and more.tar.gz": lambda: repeated(MEGABYTE, 2_000, head(size=30 << 20)),
    "zeros.tar.bz2": lambda: bz2.compress(bytes(40 << 20)),
    "zeros.tar.xz": lambda: lzma.compress(bytes(64 << 20), preset=0),
    "zeros.tar.zst": lambda: zstd.compress(bytes(256 << 20)),
    "a window of 2 GiB.tar.zst": lambda: b"\x28\xb5\x2f\xfd\0\xa8" + b"\3\0\0x",
    "a frame of 4 GiB in one.tar.zst": lambda: b"\x28\xb5\x2f\xfd\xe0" + struct.pack("<Q", 4 << 30) + b"\3\0\0x",
    "a dictionary of 1.5 GiB.tar.xz": large_dictionary,
    "a million members.tar.gz": lambda: repeated(head() * 1_000, 1_000),
    "a million folders.tar.gz": lambda: repeated(head(kind=b"5") * 1_000, 1_000),
    "links over links.tar.gz": lambda: repeated(head(kind=b"2") * 1_000, 1_000),
    "a link behind a link.tar": lambda: head("l", kind=b"2", link=".") + head("l/setup.py"),
    "headers of headers.tar.gz": lambda: repeated(pax(b"5 a=\n" * 13_000) + head(), 20_000),
    "a header of 8 GiB.tar": lambda: head(size=(8 << 30) - 1, kind=b"x") + MEGABYTE,
    "a member of 8 GiB.tar": lambda: head(size=(8 << 30) - 1) + MEGABYTE,
    "deep folders.tar": lambda: b"".join(map(deep, range(60))),
    "a long path.tar": lambda: pax(b"9011 path=" + b"a" * 9_000 + b"\n") + head(),
    "a link that leads out.tar": lambda: head("demo/l", kind=b"2", link="../../etc"),
    "a name in no UTF-8.tar": lambda: head("a\udcff"),
    "ratio.zip": lambda: zip_of(repeated(MEGABYTE, 1_024, wbits=-15)[:-8], 1 << 30),
    "a size that is not.zip": lambda: zip_of(repeated(MEGABYTE, 1_024, wbits=-15)[:-8], 1 << 20),
    "members over each other.zip": overlapping,
    "a million members.zip": million,
    "too many members.whl": lambda: ended(b"", entry(b"a", 0, 0, 0) * 65_534, 65_534),
    "a long name.zip": lambda: ended(local(b"a" * 60_000, 0, 0, 0), entry(b"a" * 60_000, 0, 0, 0, 0), 1),
    "a name in no UTF-8.zip": lambda: ended(local(b"\xff", 0, 0, 0), entry(b"\xff", 0, 0, 0, 0), 1),
    "zeros in a part.conda": lambda: conda(zstd.compress(bytes(256 << 20))),
    "a window of 2 GiB in a part.conda": lambda: conda(b"\x28\xb5\x2f\xfd\0\xa8" + b"\3\0\0x"),
    "10 GB of zeros.rds": lambda: repeated(MEGABYTE, 10_240),
    "10 GB of zeros.py": lambda: repeated(MEGABYTE, 10_240),
    "ratio.pt": lambda: zip_of(repeated(MEGABYTE, 1_024, wbits=-15)[:-8], 1 << 30),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of each file, how many members it gave before, and the seconds that it took."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    for name, make in BOMBS.items():
        (folder / name).write_bytes(make())
    (folder / "nested.zip").write_bytes(nested())
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(folder), str(MEMORY_BYTES)],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_that_is_made_to_hurt_is_refused_soon(name: str, told: dict[str, Any]) -> None:
    outcome, _, seconds = told[name]
    assert outcome.startswith(("InvalidInput: ", "LimitExceeded: ", "unread"))
    assert seconds < SECONDS


def test_archives_within_archives_are_files_like_any(told: dict[str, Any]) -> None:
    outcome, members, seconds = told["nested.zip"]
    assert (outcome, members) == ("read", 4)
    assert seconds < SECONDS


def test_members_up_to_the_limit_are_given_before_it_is_met(told: dict[str, Any]) -> None:
    outcome, members, _ = told["a million members.tar.gz"]
    assert outcome.startswith("LimitExceeded")
    assert members == 50_000


def test_the_bombs_are_as_large_as_they_say() -> None:
    with gzip.open(io.BytesIO(BOMBS["10 GB of zeros.tar.gz"]())) as stream:
        assert all(stream.read(1 << 24) == bytes(1 << 24) for _ in range(8))
