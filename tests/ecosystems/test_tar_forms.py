"""Tar files made by hand, right but for one thing: what all readers read alike is read, and nothing else is."""

import bz2
import gzip
import io
import lzma
import struct
import tracemalloc
import zipfile
import zlib

import pytest

from pratique.ecosystems.archive import open_archive
from pratique.ecosystems.archive.source import READ
from pratique.ecosystems.archive.zstd import zstd
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits

DATA = b"a = 1\n"
USTAR, GNU, OLD = b"ustar\x0000", b"ustar  \0", bytes(8)
END = bytes(1024)


def filled(data: bytes) -> bytes:
    return data + bytes(-len(data) % 512)


def head(
    name: bytes = b"demo/a.py",
    size: int | bytes = len(DATA),
    kind: bytes = b"0",
    magic: bytes = USTAR,
    prefix: bytes = b"",
    link: bytes = b"",
    off: int = 0,
) -> bytes:
    """A header; `off` is added to its checksum."""
    digits = b"%011o\0" % size if isinstance(size, int) else size.ljust(12, b"\0")
    front = name.ljust(100, b"\0") + b"0000644\0" + bytes(16) + digits + bytes(12)
    back = kind + link.ljust(100, b"\0") + magic + bytes(80) + prefix.ljust(155, b"\0") + bytes(12)
    return front + b"%06o\0 " % (sum(front) + sum(back) + 8 * 32 + off) + back


def member(name: bytes = b"demo/a.py", data: bytes = DATA, **told: bytes | int) -> bytes:
    return head(name, len(data), **told) + filled(data)  # type: ignore[arg-type]  # each as `head` has it


def said(kind: bytes, text: bytes, magic: bytes = USTAR) -> bytes:
    """A header that says something of the member behind it."""
    return head(b"said", len(text), kind, magic) + filled(text)


def padded(data: bytes) -> bytes:
    """The same with a byte in the last part of the first header, where no form has anything."""
    total = int(data[148:154], 8) + 1
    return data[:148] + b"%06o\0 " % total + data[156:500] + b"\1" + data[501:]


def record(key: bytes, value: bytes) -> bytes:
    """One record of a pax header, for lengths of two digits."""
    return b"%d %s=%s\n" % (len(key) + len(value) + 5, key, value)


def read(data: bytes) -> dict[str, str]:
    """The content of each file, and where each link leads."""
    members = open_archive("demo-1.0.tar", io.BytesIO(data))
    return {each.path: f"-> {each.link}" if each.link and not each.size else each.read().decode() for each in members}


SIZE = b"9 size=%d\n" % len(DATA)
PATH, LINK_PATH = record(b"path", b"demo/longer.py"), record(b"linkpath", b"demo/there")
TIME = record(b"mtime", b"1.5000")
A = {"demo/a.py": "a = 1\n"}
LONGER = {"demo/longer.py": "a = 1\n"}
GOOD = {
    "ustar": (member() + END, A),
    "GNU": (member(magic=GNU) + END, A),
    "of old": (member(magic=OLD) + END, A),
    "of old, of no kind": (member(magic=OLD, kind=b"\0") + END, A),
    "without an end": (member(), A),
    "a longer end": (member() + bytes(20 * 512), A),
    "two": (member() + member(b"demo/b.py", b"") + END, {**A, "demo/b.py": ""}),
    "a whole block": (
        member(data=b"x" * 512) + member(b"demo/b.py") + END,
        {"demo/a.py": "x" * 512, "demo/b.py": "a = 1\n"},
    ),
    "a prefix": (member(b"a.py", prefix=b"demo") + END, A),
    "no prefix of GNU": (member(magic=GNU, prefix=b"\0" + b"00000000000") + END, A),
    "from here": (member(b"././demo/a.py") + END, A),
    "a size with spaces": (head(size=b"          6 ") + filled(DATA) + END, A),
    "no size": (head(size=b"") + END, {"demo/a.py": ""}),
    "a folder": (head(b"demo", 0, b"5") + head(b"demo/b/", 0) + member() + END, A),
    "the folder itself": (head(b"./", 0, b"5") + member() + END, A),
    "a long name": (said(b"x", PATH) + member() + END, LONGER),
    "a long name of GNU": (said(b"L", b"demo/longer.py\0", GNU) + member() + END, LONGER),
    "a long name for one only": (said(b"x", PATH) + member() + member() + END, {**LONGER, **A}),
    "a long name of GNU for one only": (
        said(b"L", b"demo/longer.py", GNU) + member() + member() + END,
        {**LONGER, **A},
    ),
    "a name with a sign of equality": (
        said(b"x", record(b"path", b"demo/a=b.py")) + member() + END,
        {"demo/a=b.py": "a = 1\n"},
    ),
    "a name that ends in X": (said(b"L", b"demo/longerX", GNU) + member() + END, {"demo/longerX": "a = 1\n"}),
    "a target that ends in X": (said(b"K", b"thereX", GNU) + head(b"l", 0, b"2") + END, {"l": "-> thereX"}),
    "a target as long as its field": (head(b"l", 0, b"2", link=b"t" * 100) + END, {"l": "-> " + "t" * 100}),
    "a name and a target with high sums": (
        head("é".encode() * 50, 0, b"2", link="é".encode() * 50) + END,
        {"é" * 50: "-> " + "é" * 50},
    ),
    "something in the padding of old": (padded(member(magic=OLD)) + END, A),
    "something in the padding behind a prefix as long as its field": (
        padded(member(b"a.py", prefix=b"p" * 155)) + END,
        {"p" * 155 + "/a.py": "a = 1\n"},
    ),
    "a name as long as its field": (member(b"n" * 100) + END, {"n" * 100: "a = 1\n"}),
    "a time": (said(b"x", TIME) + member() + END, A),
    "a time, then a name": (said(b"x", TIME + PATH + TIME) + member() + END, LONGER),
    "a comment on all": (said(b"g", record(b"comment", b"0123456789")) + member() + END, A),
    "a comment on all within": (said(b"g", TIME) + said(b"x", PATH) + member() + END, LONGER),
    "nothing in particular": (said(b"x", b"") + member() + END, A),
    "a size of pax that is told again": (said(b"x", SIZE) + member() + END, A),
    "a size of pax among what npm said until 2016": (
        said(b"x", b"19 NODETAR.depth=1\n" + PATH + b"21 NODETAR.type=File\n" + SIZE) + member() + END,
        LONGER,
    ),
    "colons": (member(b"demo/at-17:00:00.json") + END, {"demo/at-17:00:00.json": "a = 1\n"}),
    "a file beside a link": (
        head(b"demo/l", 0, b"2", link=b"m") + member(b"demo/l2") + END,
        {"demo/l": "-> demo/m", "demo/l2": "a = 1\n"},
    ),
    "a file twice": (member() + member() + END, A),
    "a link": (head(b"demo/a/l", 0, b"2", link=b"../c") + END, {"demo/a/l": "-> demo/c"}),
    "a link beside": (head(b"demo/a/l", 0, b"2", link=b"c") + END, {"demo/a/l": "-> demo/a/c"}),
    "a link to here": (head(b"demo/l", 0, b"2", link=b"./") + END, {"demo/l": "-> demo"}),
    "a link to all": (head(b"demo/l", 0, b"2", link=b"..") + END, {"demo/l": "-> root"}),
    "a hard link": (head(b"demo/a/l", 0, b"1", link=b"./demo/c") + END, {"demo/a/l": "-> demo/c"}),
    "a hard link with a long target": (said(b"x", LINK_PATH) + head(b"l", 0, b"1") + END, {"l": "-> demo/there"}),
    "a link with a long target": (said(b"K", b"demo/there\0", GNU) + head(b"l", 0, b"2") + END, {"l": "-> demo/there"}),
    "a long name and a long target": (
        said(b"K", b"there", GNU) + said(b"L", b"demo/l", GNU) + head(b"x", 0, b"2", GNU) + END,
        {"demo/l": "-> demo/there"},
    ),
}
BAD = {
    "a damaged header": head(off=1) + filled(DATA) + END,
    "a device": head(size=0, kind=b"3") + END,
    "a sparse file": member(kind=b"S") + END,
    "a kind X": member(kind=b"X") + END,
    "a record that ends in the middle of a value": said(b"x", b"11 a=bcdefX" + PATH) + member() + END,
    "a zero in a comment": said(b"x", record(b"comment", b"0123\000456")) + member() + END,
    "an unknown form": member(magic=b"ustar\x0001") + END,
    "a prefix of old": member(magic=OLD, prefix=b"demo") + END,
    "one sign of a prefix of old": member(magic=OLD, prefix=b"d") + END,
    "a prefix of old in X": member(magic=OLD, prefix=b"X") + END,
    "a prefix of GNU in X": member(magic=GNU, prefix=b"X") + END,
    "a prefix of GNU": member(magic=GNU, prefix=b"demo") + END,
    "a size in base 256": head(size=b"\x80" + bytes(10) + b"\6") + filled(DATA) + END,
    "a size below nothing": head(size=b"-0000000006") + filled(DATA) + END,
    "a size in two parts": head(size=b"6 6") + filled(DATA) + END,
    "a folder with content": member(kind=b"5") + END,
    "a file called like a folder": member(b"demo/") + END,
    "a link with content": member(kind=b"2", link=b"b.py") + END,
    "a link whose content is a member": head(b"l", 512, b"2", link=b"x") + head(b"b.py", 0) + END,
    "a link that leads out": head(b"demo/l", 0, b"2", link=b"../../x") + END,
    "a link that leads far out": head(b"demo/l", 0, b"2", link=b"../../../x") + END,
    "a link to another place": head(b"demo/l", 0, b"2", link=b"/x") + END,
    "a hard link that leads out": head(b"demo/l", 0, b"1", link=b"../x") + END,
    "half a header": member() + head()[:300],
    "half a member": head() + DATA[:3],
    "a member without its padding": head() + DATA,
    "half a header of a header": head(b"said", len(PATH), b"x") + PATH[:5],
    "the name of nothing": member() + said(b"x", PATH) + END,
    "the GNU name of nothing": member() + said(b"L", b"demo", GNU) + END,
    "the target of nothing": member() + said(b"K", b"demo", GNU) + END,
    "a time of nothing": member() + said(b"x", TIME) + END,
    "something behind its end": member() + END + b"x",
    "an X behind its end": member() + END + b"X",
    "nothing but X": b"X" * 512,
    "a member behind its end": member() + END + member(),
    "two long names": said(b"x", PATH) + said(b"x", PATH) + member() + END,
    "a time and then a name": said(b"x", TIME) + said(b"x", PATH) + member() + END,
    "nothing and then a name": said(b"x", b"") + said(b"x", PATH) + member() + END,
    "two names of GNU": said(b"L", b"a", GNU) + said(b"L", b"a", GNU) + member() + END,
    "two targets of GNU": said(b"K", b"a", GNU) + said(b"K", b"a", GNU) + head(b"l", 0, b"2") + END,
    "a name of pax, then of GNU": said(b"x", PATH) + said(b"L", b"a", GNU) + member() + END,
    "a target of GNU, then a name of pax": said(b"K", b"a", GNU) + said(b"x", PATH) + head(b"l", 0, b"2") + END,
    "a name of GNU, then of pax": said(b"L", b"a", GNU) + said(b"x", PATH) + member() + END,
    "one name for all": said(b"g", PATH) + member() + END,
    "one target for all": said(b"g", LINK_PATH) + member() + END,
    "one size for all": said(b"g", record(b"size", b"000006")) + member() + END,
    "one sparse form for all": said(b"g", record(b"GNU.sparse.major", b"1")) + member() + END,
    "a size of pax": said(b"x", record(b"size", b"000006")) + member() + END,
    "another size of pax": said(b"x", b"9 size=7\n") + member() + END,
    "a size of pax in another form": said(b"x", b"10 size=+6\n") + member() + END,
    "a size of pax for a folder": said(b"x", SIZE) + head(b"demo", 0, b"5") + END,
    "a drive": member(b"demo/c:/a.py") + END,
    "a drive without a name": member(b"demo/:a.py") + END,
    "another name of a file on Windows": member(b"demo/a.py::$DATA") + END,
    "another name of a file on Windows, in full": member(b"demo/a.py:x:$DATA") + END,
    "a second part of a file on Windows without a name": member(b"demo/a.py::x") + END,
    "a folder that leads out": head(b"../x/", 0, b"5") + member() + END,
    "a folder with a name of a drive": head(b"c:/x", 0, b"5") + member() + END,
    "a folder that is a folder within": head(b"demo//a/", 0, b"5") + member() + END,
    "another name of a folder on Windows": member(b"demo/a:$I30:$INDEX_ALLOCATION/b.py") + END,
    "a colon at the end": member(b"demo/a.py:") + END,
    "a file behind a link": head(b"demo/l", 0, b"2", link=b".") + member(b"demo/l/a.py") + END,
    "a file far behind a link": head(b"demo/l", 0, b"2", link=b".") + member(b"demo/l/a/b/c.py") + END,
    "a file in the place of a link": head(b"demo/l", 0, b"1", link=b"demo/a.py") + member(b"demo/l") + END,
    "a link in the place of a link": head(b"demo/l", 0, b"2", link=b"m") * 2 + END,
    "a link in the place of a folder": member(b"demo/l/a.py") + head(b"demo/l", 0, b"2", link=b".") + END,
    "nothing": b"",
    "another set of characters": said(b"x", record(b"hdrcharset", b"BINARY")) + member() + END,
    "a sparse form of pax": said(b"x", record(b"GNU.sparse.major", b"1")) + member() + END,
    "two names in one": said(b"x", PATH + PATH) + member() + END,
    "two names in one, apart": said(b"x", PATH + TIME + PATH) + member() + END,
    "no length": said(b"x", b"path=demo/x\n") + member() + END,
    "a length too long": said(b"x", b"20 path=demo/x\n") + member() + END,
    "a length too short": said(b"x", b"14 path=demo/x\n") + member() + END,
    "a length of nothing": said(b"x", b"2 path=demo/x\n") + member() + END,
    "a record without a value": said(b"x", b"12 pathdemo\n") + member() + END,
    "a zero in a value": said(b"x", record(b"path", b"demo/a\0.py")) + member() + END,
    "a name that is no UTF-8": member(b"demo/\xff.py") + END,
    "a long name that is no UTF-8": said(b"x", record(b"path", b"demo/\xff.py")) + member() + END,
}


@pytest.mark.parametrize("name", GOOD)
def test_what_all_readers_read_alike_is_read(name: str) -> None:
    data, found = GOOD[name]
    assert read(data) == found


@pytest.mark.parametrize("name", BAD)
def test_what_some_reader_reads_otherwise_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        read(BAD[name])


def test_members_that_nobody_reads_are_passed_over() -> None:
    data = member(data=b"x" * 700) + member(b"demo/b.py") + END
    assert [each.path for each in open_archive("demo-1.0.tar", io.BytesIO(data))] == ["demo/a.py", "demo/b.py"]
    with pytest.raises(InvalidInput):
        list(open_archive("demo-1.0.tar", io.BytesIO(data[:600])))


@pytest.mark.parametrize(
    ("limit", "most"),
    [
        ("ARCHIVE_MEMBERS_MAX", 2),
        ("ARCHIVE_MEMBER_BYTES_MAX", len(DATA)),
        ("ARCHIVE_PATH_CHARACTERS_MAX", len("demo/b.py")),
    ],
)
def test_a_tar_is_read_up_to_each_limit(limit: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = member() + member(b"demo/b.py") + END
    monkeypatch.setattr(limits, limit, most)
    assert set(read(data)) == {"demo/a.py", "demo/b.py"}
    monkeypatch.setattr(limits, limit, most - 1)
    with pytest.raises(LimitExceeded):
        read(data)


def test_a_dictionary_that_is_too_large_is_not_made_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    data = lzma.compress(member() + END)
    assert read(data) == A
    monkeypatch.setattr(limits, "ARCHIVE_LZMA_BYTES_MAX", 1 << 20)
    with pytest.raises(InvalidInput):
        read(data)


def test_a_header_is_read_up_to_its_limit() -> None:
    most = b"demo".ljust(limits.ARCHIVE_HEADER_BYTES_MAX, b"\0")
    assert read(said(b"L", most, GNU) + member() + END) == {"demo": "a = 1\n"}
    with pytest.raises(LimitExceeded):
        read(said(b"L", most + b"\0", GNU) + member() + END)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress, zstd.compress])
def test_a_compressed_stream_ends_where_its_data_end(compress: object) -> None:
    data = bytes(compress(member(data=b"x" * 600_000) + END))  # type: ignore[operator]  # four functions of bytes
    assert read(data) == read(data + bytes(300_000)) == {"demo/a.py": "x" * 600_000}
    for bad in (data + b"x", data + b"X", data + bytes(300_000) + b"x", data + data, data[:-20], data[:40]):
        with pytest.raises(InvalidInput):
            read(bad)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress, zstd.compress, bytes])
def test_what_it_unpacks_to_is_bounded_also_behind_its_last_member(
    compress: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked = member() + END + bytes(2_000_000)
    data = bytes(compress(unpacked))  # type: ignore[operator]  # five functions of bytes
    monkeypatch.setattr(limits, "ARCHIVE_UNPACKED_BYTES_MAX", len(unpacked))
    assert read(data) == A
    monkeypatch.setattr(limits, "ARCHIVE_UNPACKED_BYTES_MAX", len(unpacked) - 1)
    with pytest.raises(LimitExceeded):
        read(data)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, zstd.compress])
def test_what_it_unpacks_to_is_never_held_whole(compress: object) -> None:
    data = bytes(compress(member() + END + bytes(24 << 20)))  # type: ignore[operator]  # three functions of bytes
    tracemalloc.start()
    assert read(data) == A
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12 << 20


def compressed_to(size: int) -> bytes:
    """A tar compressed with gzip to exactly `size` bytes: the header of gzip has a comment of any length (RFC 1952)."""
    packer = zlib.compressobj(wbits=-15)
    body = packer.compress(member() + END) + packer.flush()
    ending = struct.pack("<2L", zlib.crc32(member() + END), len(member() + END))
    return b"\x1f\x8b\x08\x10" + bytes(6) + b"x" * (size - 11 - len(body) - len(ending)) + b"\0" + body + ending


@pytest.mark.parametrize("size", [READ - 1, READ, READ + 1, 2 * READ])
def test_what_lies_behind_a_compressed_stream_is_seen_wherever_that_ends(size: int) -> None:
    data = compressed_to(size)
    assert len(data) == size
    assert read(data) == read(data + bytes(10)) == A
    for more in (b"x", compressed_to(1_000), bytes(READ) + b"x"):
        with pytest.raises(InvalidInput, match="something behind"):
            read(data + more)


@pytest.mark.parametrize("place", ["before", "behind"])
def test_frames_of_zstd_that_readers_pass_over_are_refused(place: str) -> None:
    skipped = struct.pack("<2L", 0x184D2A50, 4) + b"demo"
    data = zstd.compress(member() + END)
    with pytest.raises(InvalidInput):
        read(skipped + data if place == "before" else data + skipped)


def test_a_window_that_is_too_large_is_not_made_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    packer = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 24})
    data = packer.compress(member() + END) + packer.flush()
    assert read(data) == A
    monkeypatch.setattr(limits, "ARCHIVE_ZSTD_WINDOW_BYTES_MAX", 1 << 24)
    assert read(data) == A
    monkeypatch.setattr(limits, "ARCHIVE_ZSTD_WINDOW_BYTES_MAX", (1 << 24) - 1)
    with pytest.raises(InvalidInput, match="memory"):
        read(data)


def test_a_frame_that_needs_a_dictionary_is_refused() -> None:
    words = zstd.ZstdDict(b"a = 1\n" * 100, is_raw=True)
    packed = zstd.compress(member() + END, zstd_dict=words)
    with pytest.raises(InvalidInput):
        read(packed)


def test_headers_are_counted_and_their_texts_are_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    data = (head(b"demo", 0, b"5") + said(b"x", TIME) + member()) * 2 + END
    monkeypatch.setattr(limits, "ARCHIVE_HEADERS_MAX", 6)
    monkeypatch.setattr(limits, "ARCHIVE_HEADER_RECORDS_MAX", 2)
    monkeypatch.setattr(limits, "ARCHIVE_DIRECTORY_BYTES_MAX", 2 * len(TIME))
    assert read(data) == A
    for limit in ("ARCHIVE_HEADERS_MAX", "ARCHIVE_HEADER_RECORDS_MAX", "ARCHIVE_DIRECTORY_BYTES_MAX"):
        with monkeypatch.context() as less:
            less.setattr(limits, limit, getattr(limits, limit) - 1)
            with pytest.raises(LimitExceeded):
                read(data)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress, zstd.compress])
def test_a_tar_may_grow_by_a_factor_beyond_the_size_of_one_member(
    compress: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bytes(compress(member() + END + bytes(1 << 20)))  # type: ignore[operator]  # four functions of bytes
    assert len(data) * limits.ARCHIVE_RATIO_MAX < 1 << 20
    assert read(data) == A
    monkeypatch.setattr(limits, "ARCHIVE_MEMBER_BYTES_MAX", 1 << 19)
    with pytest.raises(LimitExceeded, match="grows"):
        read(data)


def test_a_member_is_read_in_its_turn_and_once() -> None:
    members = open_archive("demo-1.0.tar", io.BytesIO(member() + member(b"demo/b.py") + END))
    first = next(members)
    assert first.read() == DATA
    with pytest.raises(InvalidInput, match="once"):
        first.read()
    second = next(members)
    with pytest.raises(InvalidInput, match="before the next"):
        first.read()
    assert second.read() == DATA
    assert list(members) == []
    first, _ = open_archive("demo-1.0.tar", io.BytesIO(member() + member(b"demo/b.py") + END))
    with pytest.raises(InvalidInput, match="before the next"):
        first.read()


def test_what_came_before_an_error_is_kept() -> None:
    members = open_archive("demo-1.0.tar", io.BytesIO(member() + END + b"x"))
    assert next(members).path == "demo/a.py"
    with pytest.raises(InvalidInput, match="behind its end"):
        next(members)


def test_a_tar_that_is_a_zip_to_pip_is_refused() -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("demo/b.py", DATA)
    data = member() + member(b"demo/b.zip", inner.getvalue()) + END
    assert zipfile.is_zipfile(io.BytesIO(data))
    with pytest.raises(InvalidInput, match="zip"):
        read(data)
    assert list(read_paths(gzip.compress(data))) == ["demo/a.py", "demo/b.zip"]
    with pytest.raises(InvalidInput, match="zip"):
        read(gzip.compress(data, 0))
    assert list(read_paths(data + bytes(70_000))) == ["demo/a.py", "demo/b.zip"]


def test_the_sign_of_an_end_alone_is_no_zip() -> None:
    data = member(data=b"PK\5\6" + b"x" * 18) + member(data=b"PK\5\6") + END
    assert zipfile.is_zipfile(io.BytesIO(data))
    assert list(read_paths(data)) == ["demo/a.py", "demo/a.py"]


def read_paths(data: bytes) -> list[str]:
    return [each.path for each in open_archive("demo-1.0.tar", io.BytesIO(data))]
