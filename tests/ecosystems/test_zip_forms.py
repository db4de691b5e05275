"""Zip files made by hand, right but for one thing: what all readers read alike is read, and nothing else is."""

import hashlib
import io
import struct
import tracemalloc
import zlib
from dataclasses import dataclass, field

import pytest

from pratique.ecosystems.archive import open_archive
from pratique.ecosystems.archive.zstd import zstd
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits

DATA = b"a = 1\n"
PACKED = zlib.compress(DATA, wbits=-15)
FRAME = zstd.compress(DATA)
ZSTD = 93
FULL = 0xFFFF_FFFF
Fields = dict[str, bytes | int]

LOCAL = (
    "<4s5H3L2H",
    ("magic", "version", "flags", "method", "time", "date", "crc", "packed", "size", "name", "extra"),
)
ENTRY = (
    "<4s6H3L5H2L",
    (
        "magic",
        "made",
        "version",
        "flags",
        "method",
        "time",
        "date",
        "crc",
        "packed",
        "size",
        "name",
        "extra",
        "comment",
        "disk",
        "inside",
        "attributes",
        "start",
    ),
)
END = "<4s4H2LH", ("magic", "disk", "first", "here", "count", "size", "start", "comment")
LONG = "<4sQ2H2L4Q", ("magic", "length", "made", "version", "one", "two", "here", "count", "size", "start")
LOCATOR = "<4sLQL", ("magic", "disk", "where", "disks")
LATER = 8


def packed(form: tuple[str, tuple[str, ...]], fields: Fields, wrong: Fields) -> bytes:
    assert wrong.keys() <= set(form[1])
    return struct.pack(form[0], *({**fields, **wrong}.get(name, 0) for name in form[1]))


@dataclass(frozen=True)
class Member:
    """What is told of a member in front of it (`local`) and in the directory (`entry`), where it differs from the truth."""

    name: bytes = b"a.py"
    body: bytes = DATA
    content: bytes = DATA
    both: Fields = field(default_factory=dict)
    local: Fields = field(default_factory=dict)
    entry: Fields = field(default_factory=dict)
    local_name: bytes | None = None
    local_extra: bytes = b""
    entry_extra: bytes = b""
    comment: bytes = b""
    behind: bytes = b""

    @property
    def truth(self) -> Fields:
        return {
            "method": 0 if self.body == self.content else 8,
            "crc": zlib.crc32(self.content),
            "packed": len(self.body),
            "size": len(self.content),
            "name": len(self.name),
            **self.both,
        }

    def front(self) -> bytes:
        fields = {"magic": b"PK\3\4", **self.truth, "extra": len(self.local_extra)}
        head = packed(LOCAL, fields, self.local)
        return head + (self.local_name or self.name) + self.local_extra + self.body + self.behind

    def told(self, start: int) -> bytes:
        fields = {"magic": b"PK\1\2", **self.truth, "extra": len(self.entry_extra), "start": start}
        fields["comment"] = len(self.comment)
        return packed(ENTRY, fields, self.entry) + self.name + self.entry_extra + self.comment


def zipped(
    *members: Member,
    before: bytes = b"",
    between: bytes = b"",
    in_front_of_end: bytes = b"",
    behind: bytes = b"",
    end: Fields | None = None,
    long: Fields | None = None,
    locator: Fields | None = None,
) -> bytes:
    """An archive, with a longer end record where `long` or `locator` says what is wrong with it ({} for nothing)."""
    front, directory = before, b""
    for member in members:
        directory += member.told(len(front))
        front += member.front()
    front += between
    truth: Fields = {"here": len(members), "count": len(members), "size": len(directory), "start": len(front)}
    body = front + directory + in_front_of_end
    if long is not None or locator is not None:
        where = len(body)
        body += packed(LONG, {"magic": b"PK\6\6", "length": 44, **truth}, long or {})
        body += packed(LOCATOR, {"magic": b"PK\6\7", "where": where, "disks": 1}, locator or {})
    return body + packed(END, {"magic": b"PK\5\6", **truth}, end or {}) + behind


def read(data: bytes) -> dict[str, bytes]:
    return {member.path: member.read() for member in open_archive("demo.zip", io.BytesIO(data))}


def follows(form: str, crc: int = zlib.crc32(DATA), size: int = len(DATA), short: int = len(PACKED)) -> bytes:
    return struct.pack(form, b"PK\7\x08", crc, short, size)


def later(behind: bytes, body: bytes = PACKED) -> Member:
    """A member whose sizes follow it."""
    return Member(body=body, both={"flags": LATER}, local={"crc": 0, "packed": 0, "size": 0}, behind=behind)


SHORT, LONGER = follows("<4sLLL"), follows("<4sLQQ")
NUMBERS = struct.pack("<2H2Q", 1, 16, len(DATA), len(DATA))
WIDE: Fields = {"packed": FULL, "size": FULL}
OTHER = Member(b"b.py")
GOOD = {
    "stored": zipped(Member()),
    "deflated": zipped(Member(body=PACKED)),
    "two": zipped(Member(), OTHER),
    "nothing": zipped(),
    "a comment at its end": zipped(Member(), end={"comment": 5}, behind=b"hello"),
    "the longest comment": zipped(Member(), end={"comment": 65_535}, behind=b"x" * 65_535),
    "a disk that is told elsewhere": zipped(Member(entry={"disk": 0xFFFF})),
    "nothing, a longer end": zipped(long={}),
    "sizes that follow, and do not fit in front": zipped(
        Member(body=PACKED, both={"flags": LATER}, local={"crc": 0, **WIDE}, behind=LONGER)
    ),
    "a comment of a member": zipped(Member(comment=b"hello"), OTHER),
    "a name in UTF-8": zipped(Member("é.py".encode(), both={"flags": 0x800})),
    "how hard was packed, told once": zipped(Member(body=PACKED, local={"flags": 2}, entry={"flags": 4})),
    "a time as an extra field": zipped(Member(local_extra=b"UT\1\0x", entry_extra=b"UT\1\0x")),
    "a mode of Unix": zipped(Member(entry={"made": 3 << 8, "attributes": 0o100_644 << 16})),
    "attributes of another system": zipped(Member(entry={"attributes": 0o120_777 << 16})),
    "a folder": zipped(Member(b"d/", b"", b"", entry={"made": 3 << 8, "attributes": 0o040_755 << 16}), OTHER),
    "sizes that follow": zipped(later(SHORT)),
    "sizes that follow, then a member": zipped(later(SHORT), OTHER),
    "long sizes that follow": zipped(later(LONGER)),
    "long sizes that follow, then a member": zipped(later(LONGER), OTHER),
    "nothing, sizes follow": zipped(
        Member(body=b"", content=b"", both={"flags": LATER}, behind=struct.pack("<4sLLL", b"PK\7\x08", 0, 0, 0))
    ),
    "long sizes": zipped(Member(local=WIDE, entry=WIDE, local_extra=NUMBERS, entry_extra=NUMBERS)),
    "long sizes nobody needs": zipped(Member(local_extra=NUMBERS, entry_extra=NUMBERS)),
    "a time, then long sizes": zipped(Member(entry=WIDE, local_extra=b"UT\1\0x", entry_extra=b"UT\1\0x" + NUMBERS)),
    "a long size in front only": zipped(Member(local=WIDE, local_extra=NUMBERS)),
    "a long place": zipped(
        Member(entry={"start": FULL}, entry_extra=struct.pack("<2HQ", 1, 8, 0)),
    ),
    "a longer end": zipped(Member(), long={}),
    "a longer end of no disk": zipped(Member(), locator={"disks": 0}),
    "sizes that follow, of which one is told in front": zipped(
        Member(body=PACKED, both={"flags": LATER}, local={"crc": 0, "packed": 0}, behind=SHORT), OTHER
    ),
    "Zstandard": zipped(Member(body=FRAME, both={"method": ZSTD}), OTHER),
    "Zstandard, sizes follow": zipped(
        Member(
            body=FRAME,
            both={"flags": LATER, "method": ZSTD},
            local={"crc": 0, "packed": 0, "size": 0},
            behind=follows("<4sLLL", short=len(FRAME)),
        ),
        OTHER,
    ),
    "a longer end alone": zipped(Member(), long={}, end={"here": 0xFFFF, "count": 0xFFFF, "size": FULL, "start": FULL}),
}
BAD = {
    "no member": b"PK\5\6",
    "an end that is cut off": bytes(30) + b"PK\5\6",
    "something in front": zipped(Member(), before=b"#!"),
    "something behind the members": zipped(Member(), between=b"x"),
    "something behind the directory": zipped(Member(), in_front_of_end=b"x"),
    "something behind the end": zipped(Member(), behind=b"x"),
    "a comment too short": zipped(Member(), end={"comment": 2}, behind=b"x"),
    "an end on another disk": zipped(Member(), end={"disk": 1}),
    "a directory on another disk": zipped(Member(), end={"first": 1}),
    "fewer entries here": zipped(Member(), end={"here": 0}),
    "an entry too many": zipped(Member(), end={"count": 2, "here": 2}),
    "an entry too few": zipped(Member(), OTHER, end={"count": 1, "here": 1}),
    "a directory elsewhere": zipped(Member(), end={"start": 1}),
    "a directory of another size": zipped(Member(), end={"size": 1}),
    "no entry": zipped(Member(entry={"magic": b"PK\1\3"})),
    "an entry on another disk": zipped(Member(entry={"disk": 1})),
    "a comment of a member too long": zipped(Member(entry={"comment": 1})),
    "a name too long": zipped(Member(entry={"name": 5})),
    "another place": zipped(Member(), Member(b"b.py", entry={"start": 0})),
    "encrypted": zipped(Member(both={"flags": 0x1})),
    "strongly encrypted": zipped(Member(both={"flags": 0x40})),
    "masked": zipped(Member(both={"flags": 0x2000})),
    "patched": zipped(Member(both={"flags": 0x20})),
    "packed otherwise": zipped(Member(both={"method": 12})),
    "a size in front that differs from what follows": zipped(
        Member(body=PACKED, both={"flags": LATER}, local={"crc": 0, "packed": 0, "size": 5}, behind=SHORT)
    ),
    "two frames of Zstandard": zipped(
        Member(body=zstd.compress(DATA[:3]) + zstd.compress(DATA[3:]), both={"method": ZSTD})
    ),
    "Zstandard and more": zipped(Member(body=FRAME + b"x", both={"method": ZSTD})),
    "Zstandard, cut": zipped(Member(body=FRAME[:-1], both={"method": ZSTD})),
    "no Zstandard": zipped(Member(body=PACKED, both={"method": ZSTD})),
    "Zstandard of another size": zipped(Member(body=FRAME, both={"method": ZSTD, "size": 3})),
    "Zstandard that ends before what follows": zipped(
        Member(
            body=FRAME + b"x",
            both={"flags": LATER, "method": ZSTD},
            local={"crc": 0, "packed": 0, "size": 0},
            behind=follows("<4sLLL", short=len(FRAME) + 1),
        )
    ),
    "a folder that leads out": zipped(Member(b"../d/", b"", b""), OTHER),
    "a colon, for which some write another sign": zipped(Member(b"at-17:00:00.py")),
    "no head": zipped(Member(local={"magic": b"PK\3\5"})),
    "another name in front": zipped(Member(local_name=b"b.py")),
    "another length of name": zipped(Member(local={"name": 3})),
    "another way to pack": zipped(Member(local={"method": 8})),
    "another checksum": zipped(Member(local={"crc": 1})),
    "another packed size": zipped(Member(local={"packed": 5})),
    "another size": zipped(Member(local={"size": 5})),
    "nothing told": zipped(Member(local={"crc": 0, "packed": 0, "size": 0})),
    "sizes that follow told nowhere": zipped(Member(body=PACKED, local={"flags": LATER}, behind=SHORT)),
    "a name in UTF-8, told once": zipped(Member(local={"flags": 0x800})),
    "stored in more": zipped(Member(both={"method": 0, "size": len(DATA) - 1})),
    "a member beyond its room": zipped(Member(both={"packed": 200, "size": 200})),
    "a checksum that is not": zipped(Member(both={"crc": 1})),
    "a size that is not": zipped(Member(body=PACKED, both={"size": 3})),
    "more behind what is packed": zipped(Member(body=PACKED + b"x")),
    "packed and cut": zipped(Member(body=PACKED[:-1])),
    "not packed": zipped(Member(body=b"\xff\xff\xff")),
    "two names": zipped(Member(entry_extra=struct.pack("<2H", 0x7075, 0))),
    "two names in front": zipped(Member(local_extra=struct.pack("<2H", 0x7075, 0))),
    "an extra field too long": zipped(Member(entry_extra=struct.pack("<2H", 9, 1))),
    "long sizes twice": zipped(Member(entry=WIDE, local=WIDE, local_extra=NUMBERS, entry_extra=NUMBERS * 2)),
    "long sizes that differ": zipped(
        Member(local_extra=NUMBERS, entry_extra=struct.pack("<2H2Q", 1, 16, len(DATA), len(DATA) + 1))
    ),
    "long sizes too short": zipped(Member(entry=WIDE, entry_extra=struct.pack("<2HQ", 1, 8, len(DATA)))),
    "long sizes with a rest": zipped(Member(entry_extra=struct.pack("<2HQB", 1, 9, len(DATA), 0))),
    "a checksum behind that differs": zipped(later(follows("<4sLLL", crc=1))),
    "a size behind that differs": zipped(later(follows("<4sLLL", size=1))),
    "a packed size behind that differs": zipped(later(follows("<4sLLL", short=1))),
    "a long size behind that differs": zipped(later(follows("<4sLQQ", size=1))),
    "nothing behind": zipped(later(b"")),
    "sizes behind without their mark": zipped(later(SHORT[4:])),
    "sizes behind, and more": zipped(later(SHORT + b"xx")),
    "stored, sizes follow": zipped(
        Member(
            both={"flags": LATER}, behind=follows("<4sLLL", short=len(DATA)), local={"crc": 0, "packed": 0, "size": 0}
        )
    ),
    "sizes follow what ends before": zipped(
        later(follows("<4sLLL", short=len(PACKED) + 1), body=PACKED + b"x"),
    ),
    "sizes follow what does not end": zipped(
        later(follows("<4sLLL", short=len(PACKED) - 1), body=PACKED[:-1]),
    ),
    "a link": zipped(Member(entry={"made": 3 << 8, "attributes": 0o120_777 << 16})),
    "a device": zipped(Member(entry={"made": 3 << 8, "attributes": 0o020_644 << 16})),
    "a folder called like a file": zipped(Member(entry={"made": 3 << 8, "attributes": 0o040_755 << 16})),
    "a folder with content": zipped(Member(b"d/")),
    "no name": zipped(Member(b"")),
    "a name in no known form": zipped(Member("é.py".encode("latin-1"))),
    "a name in UTF-8 that is not said to be": zipped(Member("é.py".encode())),
    "a name that is no UTF-8": zipped(Member("é.py".encode("latin-1"), both={"flags": 0x800})),
    "a longer end elsewhere": zipped(Member(), locator={"where": 0}),
    "a longer end on another disk": zipped(Member(), locator={"disk": 1}),
    "a longer end of two disks": zipped(Member(), locator={"disks": 2}),
    "no longer end": zipped(Member(), long={"magic": b"PK\6\x08"}),
    "a longer end too long": zipped(Member(), long={"length": 45}),
    "a longer end that is on disk one": zipped(Member(), long={"one": 1}),
    "a longer end whose directory is on disk one": zipped(Member(), long={"two": 1}),
    "fewer entries here, by the longer end": zipped(Member(), long={"here": 0}),
    "another count in the longer end": zipped(Member(), long={"here": 2, "count": 2}),
    "another size in the longer end": zipped(Member(), long={"size": 1}),
    "another start in the longer end": zipped(Member(), long={"start": 1}),
    "another count in the end": zipped(Member(), long={}, end={"count": 2}),
    "another size in the end": zipped(Member(), long={}, end={"size": 2}),
    "another start in the end": zipped(Member(), long={}, end={"start": 2}),
    "a longer end cut off": packed(LOCATOR, {"magic": b"PK\6\7"}, {}) + zipped(),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_all_readers_read_alike_is_read(name: str) -> None:
    found = read(GOOD[name])
    assert set(found.values()) <= {DATA, b""}
    assert DATA in found.values() or name.startswith("nothing")


@pytest.mark.parametrize("name", BAD)
def test_what_some_reader_reads_otherwise_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        read(BAD[name])


def large(content: bytes, **wrong: int) -> bytes:
    """A packed member whose sizes follow it; `wrong` is told of it behind it and in the directory."""
    body = zlib.compress(content, wbits=-15)
    fields = {"crc": zlib.crc32(content), "packed": len(body), "size": len(content), **wrong}
    behind = struct.pack("<4sLLL", b"PK\7\x08", fields["crc"], fields["packed"], fields["size"])
    local: Fields = {"crc": 0, "packed": 0, "size": 0}
    return zipped(Member(b"a.py", body, content, {"flags": LATER}, local, {**wrong}, behind=behind), OTHER)


LARGE = {
    "that hardly packs": b"".join(hashlib.sha256(b"%d" % place).digest() for place in range(10_000)),
    "that packs well": bytes(5 << 20),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_large_member_whose_size_follows_is_read_and_ends_where_it_says(name: str) -> None:
    content = LARGE[name]
    assert read(large(content)) == {"a.py": content, "b.py": DATA}
    for size in (0, 1, len(content) - 1, len(content) + 1):
        with pytest.raises(InvalidInput):
            list(open_archive("demo.zip", io.BytesIO(large(content, size=size))))


EMPTY_BLOCK = b"\0\0\0\xff\xff"
"""A stored block of nothing, of which a deflated stream may hold any number (RFC 1951, section 3.2.4)."""


@pytest.mark.parametrize("size", [10, 1 << 20])
def test_a_member_goes_on_behind_the_last_of_its_content(size: int) -> None:
    packer = zlib.compressobj(wbits=-15)
    body = packer.compress(bytes(size)) + packer.flush(zlib.Z_SYNC_FLUSH) + 20_000 * EMPTY_BLOCK + b"\3\0"
    behind = follows("<4sLLL", zlib.crc32(bytes(size)), size, len(body))
    local: Fields = {"crc": 0, "packed": 0, "size": 0}
    data = zipped(Member(b"a.py", body, bytes(size), {"flags": LATER}, local, behind=behind), OTHER)
    assert read(data) == {"a.py": bytes(size), "b.py": DATA}


def test_what_lies_behind_the_end_of_a_member_is_seen_wherever_it_begins() -> None:
    content = b"x" * (65_536 - 5)
    body = b"\1" + struct.pack("<HH", len(content), len(content) ^ 0xFFFF) + content + b"x"
    behind = follows("<4sLLL", zlib.crc32(content), len(content), len(body))
    local: Fields = {"crc": 0, "packed": 0, "size": 0}
    data = zipped(Member(b"a.py", body, content, {"flags": LATER}, local, behind=behind))
    with pytest.raises(InvalidInput):
        list(open_archive("demo.zip", io.BytesIO(data)))


def test_a_large_member_is_listed_unless_it_grows_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped(Member())  # stored, so that it grows by the factor 1
    for most, ratio, is_listed in (
        (len(DATA) - 1, 1, True),
        (len(DATA) - 1, 2, True),
        (len(DATA) - 1, 0, False),
        (len(DATA), 0, True),
    ):
        monkeypatch.setattr(limits, "ARCHIVE_MEMBER_BYTES_MAX", most)
        monkeypatch.setattr(limits, "ARCHIVE_RATIO_MAX", ratio)
        if is_listed:
            assert len(list(open_archive("demo.zip", io.BytesIO(data)))) == 1
        else:
            with pytest.raises(LimitExceeded):
                list(open_archive("demo.zip", io.BytesIO(data)))


@pytest.mark.parametrize("name", [name for name in BAD if name.startswith("sizes follow what")])
def test_members_that_end_elsewhere_are_refused_before_anybody_reads_them(name: str) -> None:
    with pytest.raises(InvalidInput):
        list(open_archive("demo.zip", io.BytesIO(BAD[name])))


def test_a_member_that_grows_beyond_what_it_says_takes_no_memory() -> None:
    content = bytes(16 << 20)
    body = zlib.compress(content, wbits=-15)
    bomb = zipped(Member(body=body, content=content, both={"size": 10}))
    tracemalloc.start()
    with pytest.raises(InvalidInput):
        read(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


@pytest.mark.parametrize(
    ("limit", "most"),
    [
        ("ARCHIVE_MEMBERS_MAX", 2),
        ("ARCHIVE_DIRECTORY_BYTES_MAX", 2 * (46 + len("b.py"))),
        ("ARCHIVE_UNPACKED_BYTES_MAX", 2 * len(DATA)),
        ("ARCHIVE_MEMBER_BYTES_MAX", len(DATA)),
        ("ARCHIVE_PATH_CHARACTERS_MAX", len("b.py")),
    ],
)
def test_an_archive_is_read_up_to_each_limit(limit: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = GOOD["two"]
    monkeypatch.setattr(limits, limit, most)
    assert read(data) == {"a.py": DATA, "b.py": DATA}
    monkeypatch.setattr(limits, limit, most - 1)
    with pytest.raises(LimitExceeded):
        read(data)


def test_nothing_is_unpacked_before_somebody_reads_it() -> None:
    data = zipped(Member(body=b"\xff\xff\xff"), OTHER)
    first, second = open_archive("demo.zip", io.BytesIO(data))
    assert second.read() == DATA
    with pytest.raises(InvalidInput):
        first.read()


def test_what_a_zip_has_before_an_error_is_kept() -> None:
    members = open_archive("demo.zip", io.BytesIO(zipped(Member(), Member(b"b.py", local_name=b"c.py"))))
    assert next(members).read() == DATA
    with pytest.raises(InvalidInput):
        next(members)
