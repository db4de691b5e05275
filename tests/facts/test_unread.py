"""Unread is not clean: a file that cannot be read, or that two readers read differently, waits under the policy that ships."""

import bz2
import gzip
import io
import struct
import sys
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest

from pratique.adapters.scan_child import look_into
from pratique.adapters.scan_protocol import Asked, Seen
from pratique.model.artifact import Artifact, Digest, Ecosystem, ProjectName, VersionText
from pratique.model.decision import Decision, Verdict
from pratique.model.evidence import Scan, Unknown
from pratique.model.scope import Scope, ScopeName
from pratique.policy.decide import decide
from pratique.policy.load import default_policy
from pratique.policy.policy_tests import benign

NOW = datetime(2026, 6, 1, tzinfo=UTC)
WHEEL, SDIST = "demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"
DANGER = "import base64\nexec(base64.b64decode(TEXT))\n"
"""Names that a rule looks for; what it would look at stands in what cannot be read."""
NAMES = b"import base64\nprint base64.b64decode(TEXT), eval(OTHER)\n"
"""The same in Python 2, with nothing that a rule would find: old code is looked at, and is no more read for that."""


def scanned(filename: str, data: bytes) -> Scan | Unknown:
    seen = look_into(Asked("scan", filename, Digest("")), io.BytesIO(data))
    return seen.scan if isinstance(seen, Seen) else seen


def judged(filename: str, data: bytes) -> Decision:
    found = scanned(filename, data)
    evidence = msgspec.structs.replace(benign(NOW), scan=found)
    artifact = Artifact(Ecosystem.PYPI, ProjectName("demo"), VersionText("1.0"), filename)
    return decide(default_policy(), artifact, evidence, Scope(ScopeName("workstation")), NOW, waivers=())


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for path, data in members:
            archive.writestr(zipfile.ZipInfo(path), data, method)
    return buffer.getvalue()


def tarred(*members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for member, data in members:
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def info(path: str, **more: object) -> tarfile.TarInfo:
    member = tarfile.TarInfo(path)
    for name, value in more.items():
        setattr(member, name, value)
    return member


def module(text: str | bytes, path: str = "demo/a.py") -> tuple[str, bytes]:
    data = text if isinstance(text, bytes) else (text + "\n" + DANGER).encode()
    return WHEEL, zipped((path, data))


def source(text: str | bytes, path: str = "demo-1.0/setup.py") -> tuple[str, bytes]:
    data = text if isinstance(text, bytes) else (text + "\n" + DANGER).encode()
    return SDIST, gzip.compress(tarred((info(path), data)))


TWO = zipped(("a.py", b"a = 1\n"), ("b.txt", b"b" * 100))
LOCAL, ENTRY, END = TWO.index(b"PK\3\4"), TWO.index(b"PK\1\2"), TWO.index(b"PK\5\6")
SECOND = TWO.index(b"PK\3\4", 4)


def patched(place: int, new: bytes, data: bytes = TWO) -> tuple[str, bytes]:
    return WHEEL, data[:place] + new + data[place + len(new) :]


def moved(end: bytes, *, before: int = 0) -> bytes:
    """An end record whose directory starts `before` bytes later."""
    fields = list(struct.unpack("<4s4H2LH", end[:22]))
    fields[6] += before
    return struct.pack("<4s4H2LH", *fields) + end[22:]


def inserted(place: int, new: bytes) -> tuple[str, bytes]:
    """Bytes put in between, with the directory's own place kept right."""
    return WHEEL, TWO[:place] + new + TWO[place:END] + moved(TWO[END:], before=len(new))


def renamed(path: bytes, flags: int = 0) -> tuple[str, bytes]:
    """A member whose name is these bytes in both tellings."""
    data = bytearray(zipped(("x" * len(path), b"a = 1\n")).replace(b"x" * len(path), path))
    for magic, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = data.index(magic) + offset
        data[place : place + 2] = struct.pack("<H", flags)
    return WHEEL, bytes(data)


def streamed(method: int, *, spoil: bool = False, early: bool = False) -> tuple[str, bytes]:
    """A zip written without seeking, so that sizes follow the members."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            super().__init__()
            self.written = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]  # bytes are all that zipfile writes
            self.written += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", method) as archive:
        archive.writestr("a.py", b"a = 1\n" * 10)
    data = bytes(pipe.written)
    if spoil:
        data = data.replace(b"PK\7\x08", b"PK\7\x08"[:3] + b"\x09")
    if early:
        place = data.index(b"PK\1\2") + 24
        data = data[:place] + struct.pack("<L", 59) + data[place + 4 :]
    return WHEEL, data


def extra(kind: int, content: bytes) -> tuple[str, bytes]:
    member = zipfile.ZipInfo("a.py")
    member.extra = struct.pack("<HH", kind, len(content)) + content
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(member, b"a = 1\n")
    return WHEEL, buffer.getvalue()


def end64(count: int) -> tuple[str, bytes]:
    """A longer end record that counts other entries than the short one."""
    size = END - ENTRY
    long = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, ENTRY)
    return WHEEL, TWO[:END] + long + struct.pack("<4sLQL", b"PK\6\7", 0, END, 1) + TWO[END:]


def linked_zip() -> tuple[str, bytes]:
    member = zipfile.ZipInfo("a.py")
    member.external_attr = 0o120_777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(member, b"b.txt")
    return WHEEL, buffer.getvalue()


def renamed_twice() -> tuple[str, bytes]:
    return WHEEL, zipped(("a.py", b"a = 1\n"), ("b.py", b"a = 2\n")).replace(b"b.py", b"a.py")


def overlapping() -> tuple[str, bytes]:
    """Two entries of the directory that point at one member."""
    one = zipped(("a.py", b"a = 1\n"))
    start, end = one.index(b"PK\1\2"), one.index(b"PK\5\6")
    entry = one[start:end]
    fields = list(struct.unpack("<4s4H2LH", one[end:]))
    fields[3] = fields[4] = 2
    fields[5] = 2 * len(entry)
    return WHEEL, one[:start] + entry * 2 + struct.pack("<4s4H2LH", *fields)


def hidden() -> tuple[str, bytes]:
    """A packed text that ends before the bytes that belong to it, with a header in the rest that a streaming reader takes."""
    data = bytearray(streamed(zipfile.ZIP_DEFLATED)[1])
    descriptor, entry = data.index(b"PK\7\x08"), data.index(b"PK\1\2")
    inner = zipped(("evil.pth", b"import evil\n"))
    inner = inner[: inner.index(b"PK\1\2")]
    packed = struct.unpack_from("<L", data, descriptor + 8)[0] + len(inner)
    for place in (descriptor + 8, entry + 20):
        data[place : place + 4] = struct.pack("<L", packed)
    whole = bytes(data[:descriptor]) + inner + bytes(data[descriptor:])
    end = whole.index(b"PK\5\6")
    return WHEEL, whole[:end] + moved(whole[end:], before=len(inner))


def headers(
    block: Callable[[bytearray], None], form: int = tarfile.USTAR_FORMAT, *, sum_right: bool = True
) -> tuple[str, bytes]:
    """A tar whose first header was changed, with its checksum made right again."""
    data = bytearray(tarred((info("demo-1.0/a.py"), b"a = 1\n"), form=form))
    head = bytearray(data[:512])
    block(head)
    if sum_right:
        head[148:156] = b" " * 8
        head[148:156] = b"%06o\0 " % sum(head)
    return SDIST, gzip.compress(bytes(head) + bytes(data[512:]))


def set_at(place: int, new: bytes) -> Callable[[bytearray], None]:
    def change(block: bytearray) -> None:
        block[place : place + len(new)] = new

    return change


def told(kind: bytes, *records: tuple[str, str], again: bytes = b"") -> tuple[str, bytes]:
    """A tar with a header in front of a member that says something else of it."""
    text = b"".join(_record(key, value) for key, value in records)
    front = _front(kind, text) + again
    return SDIST, gzip.compress(front + tarred((info("demo-1.0/a.py"), b"a = 1\n"), form=tarfile.USTAR_FORMAT))


def _record(key: str, value: str) -> bytes:
    body = f" {key}={value}\n".encode()
    length = len(body) + 2
    return f"{length}".encode() + body if len(f"{length}") + len(body) == length else f"{len(body) + 1}".encode() + body


def _front(kind: bytes, text: bytes) -> bytes:
    member = info("header")
    member.size, member.type = len(text), kind
    return member.tobuf(tarfile.USTAR_FORMAT) + text + bytes(-len(text) % 512)


PLAIN = tarred((info("demo-1.0/a.py"), b"a = 1\n"))
LINK = info("demo-1.0/setup.py", type=tarfile.SYMTYPE, linkname="data.txt")
HARD = info("demo-1.0/setup.py", type=tarfile.LNKTYPE, linkname="demo-1.0/data.txt")
DATA = (info("demo-1.0/data.txt"), DANGER.encode())

WAYS: dict[str, Callable[[], tuple[str, bytes]]] = {
    # Python that is there and cannot be read.
    "a script padded beyond what is read": lambda: source(DANGER + "#" * (33 * 1024 * 1024)),
    "nesting too deep for the parser": lambda: module("(" * 5_000 + ")" * 5_000),
    "more digits than the parser takes": lambda: module("x = " + "1" * 5_000),
    "a character that a later Unicode names": lambda: module('x = "\\N{NO SUCH NAME YET}"'),
    "f-strings of 3.12": lambda: module('x = f"{d["a"]}"'),
    "type parameters of 3.12": lambda: module("def f[T](x: T) -> T: return x"),
    "a type statement of 3.12": lambda: module("type A = int"),
    "type defaults of 3.13": lambda: module("class A[T = int]: pass"),
    "several exceptions without parentheses, of 3.14": lambda: module("try: pass\nexcept A, B: pass"),
    "t-strings of 3.14": lambda: module("x = t'{a}'"),
    "unpacking in comprehensions, of 3.15": lambda: module("x = [*y for y in z]"),
    "lazy imports of 3.15": lambda: module("lazy import os"),
    "newer syntax behind what looks like old code": lambda: module("print -1\nx = t'{a}'"),
    "old code in a text of a newer string": lambda: module("x = f'{d[' print ']}'"),
    "UTF-16 with a byte order mark": lambda: module(DANGER.encode("utf-16")),
    "UTF-16 without one": lambda: module(DANGER.encode("utf-16-le")),
    "null bytes": lambda: module(DANGER.encode() + b"\0"),
    "a letter that a later Unicode has": lambda: module("\U00011de0 = 1"),
    "bytes that are not in the declared encoding": lambda: module(b"# coding: shift_jis\n\x81\n" + DANGER.encode()),
    "an encoding that the archive brings along": lambda: (
        WHEEL,
        zipped(("a.py", b"# coding: lala\nrkrp\n"), ("b.py", b"import codecs\ncodecs.register(f)\n")),
    ),
    "a script for Python 2 that an installer runs": lambda: source(NAMES),
    "Python 2 in a wheel for Python 2": lambda: ("demo-1.0-py2-none-any.whl", module(NAMES)[1]),
    "start-up lines beyond what is read": lambda: module(b"/srv\n" * 7_000_000 + b"import evil\n", "evil.pth"),
    "a link that gives a script another content": lambda: (SDIST, gzip.compress(tarred((LINK, b""), DATA))),
    "a hard link that does": lambda: (SDIST, gzip.compress(tarred(DATA, (HARD, b"")))),
    # Zip files that two readers read differently.
    "another name in front of a member": lambda: patched(LOCAL + 30, b"c.py"),
    "another name in front of one that no rule opens": lambda: patched(SECOND + 30, b"e.pth"),
    "another size in front": lambda: patched(SECOND + 22, struct.pack("<L", 7)),
    "another packing in front": lambda: patched(SECOND + 8, struct.pack("<H", 0)),
    "other flags in front": lambda: patched(SECOND + 6, struct.pack("<H", 0x800)),
    "another checksum in front": lambda: patched(SECOND + 14, b"\1\2\3\4"),
    "something before the first member": lambda: (WHEEL, b"#!/bin/sh\n" + TWO),
    "something before the first member, directory adjusted": lambda: inserted(0, b"#!/bin/sh\n"),
    "something behind the end": lambda: (WHEEL, TWO + b"PK"),
    "something between two members": lambda: inserted(SECOND, b"PK\3\4 hidden"),
    "something before the directory": lambda: inserted(ENTRY, zipped(("evil.pth", b"import evil\n"))[:60]),
    "a second end in the comment of the first": lambda: (
        WHEEL,
        TWO[:-2] + struct.pack("<H", 22) + moved(TWO[END:], before=-1),
    ),
    "a longer end record with another count": lambda: end64(1),
    "a longer end record of a disk elsewhere": lambda: patched(END + 4, struct.pack("<H", 1)),
    "fewer entries than the directory has": lambda: patched(END + 8, struct.pack("<HH", 1, 1)),
    "a second name in a Unicode field": lambda: extra(0x7075, b"\1" + bytes(4) + b"evil.pth"),
    "a second size in a field for long ones": lambda: extra(0x0001, struct.pack("<Q", 7)),
    "no size in front of a stored member": lambda: streamed(zipfile.ZIP_STORED),
    "no size behind a member either": lambda: streamed(zipfile.ZIP_DEFLATED, spoil=True),
    "a size behind a member that is not the directory's": lambda: streamed(zipfile.ZIP_DEFLATED, early=True),
    "a member hidden in the rest of another": hidden,
    "two entries for one member": overlapping,
    "two members of one name": renamed_twice,
    "a stored member with two sizes": lambda: patched(
        zipped(("a.py", b"a = 1\n"), method=0).index(b"PK\1\2") + 24, b"\7", zipped(("a.py", b"a = 1\n"), method=0)
    ),
    "backslashes": lambda: renamed(b"a\\b.py"),
    "a null byte in a name": lambda: renamed(b"evil.pth\0.txt"),
    "a path that climbs": lambda: renamed(b"../evil.py"),
    "an absolute path": lambda: renamed(b"/tmp/evil.py"),
    "a dot at the end of a name": lambda: renamed(b"setup.py."),
    "a stream of a file": lambda: renamed(b"setup.txt:a.py"),
    "a name in no declared encoding": lambda: renamed(b"\x82vil.py"),
    "a name that is no UTF-8 and says it is": lambda: renamed(b"\x82vil.py", 0x800),
    "a direction mark in a name": lambda: renamed("a\u202eyp.txt".encode(), 0x800),
    "a link in a zip": linked_zip,
    "an encrypted member": lambda: patched(
        ENTRY + 8, struct.pack("<H", 1), patched(LOCAL + 6, struct.pack("<H", 1))[1]
    ),
    "a member in a rare packing": lambda: (WHEEL, zipped(("a.py", b"a = 1\n"), method=zipfile.ZIP_BZIP2)),
    "a folder with content": lambda: renamed(b"folder/"),
    "a broken member": lambda: patched(LOCAL + 34, b"\xff\xff\xff"),
    "a member that grows beyond reason": lambda: (WHEEL, zipped(("a.bin", bytes(40 * 1024 * 1024)))),
    "no zip at all": lambda: (WHEEL, b"GIF89a"),
    "nothing in it": lambda: (WHEEL, zipped()),
    # Tar files that two readers read differently.
    "a size that overrides the header's": lambda: told(b"x", ("size", "600")),
    "a name said twice": lambda: told(b"x", ("path", "demo-1.0/b.py"), ("path", "demo-1.0/c.py")),
    "a name in two forms": lambda: told(b"x", ("path", "demo-1.0/b.py"), again=_front(b"L", b"demo-1.0/c.py\0")),
    "one name for all members": lambda: told(b"g", ("path", "demo-1.0/b.py")),
    "a sparse member of pax": lambda: told(b"x", ("GNU.sparse.name", "demo-1.0/b.py")),
    "names in an encoding of their own": lambda: told(b"x", ("hdrcharset", "BINARY")),
    "a sparse member of GNU": lambda: headers(set_at(156, b"S"), tarfile.GNU_FORMAT),
    "a label": lambda: headers(set_at(156, b"V"), tarfile.GNU_FORMAT),
    "a size in a form of GNU's": lambda: headers(set_at(124, b"\x80" + bytes(10) + b"\6")),
    "a number that only some read": lambda: headers(set_at(124, b"0o000000006\0")),
    "a prefix where there is none": lambda: headers(set_at(345, b"evil"), tarfile.GNU_FORMAT),
    "a checksum that is wrong": lambda: headers(set_at(0, b"evil"), sum_right=False),
    "a header of no known form": lambda: headers(set_at(257, b"other")),
    "two archives in one": lambda: (SDIST, gzip.compress(PLAIN + tarred((info("demo-1.0/b.py"), b"")))),
    "two compressed streams": lambda: (SDIST, gzip.compress(PLAIN) + gzip.compress(PLAIN)),
    "something behind the compressed data": lambda: (SDIST, gzip.compress(PLAIN) + b"rest"),
    "something behind other compressed data": lambda: ("demo-1.0.tar.bz2", bz2.compress(PLAIN) + b"rest"),
    "two members of one name in a tar": lambda: (
        SDIST,
        gzip.compress(tarred((info("demo-1.0/a.py"), b"1"), (info("demo-1.0/a.py"), b"2"))),
    ),
    "a device": lambda: (SDIST, gzip.compress(tarred((info("demo-1.0/a", type=tarfile.CHRTYPE), b"")))),
    "a link that leads out": lambda: (
        SDIST,
        gzip.compress(tarred((info("demo-1.0/a", type=tarfile.SYMTYPE, linkname="../../b"), b""))),
    ),
    "compressed data that break off": lambda: (SDIST, gzip.compress(PLAIN)[:-12]),
    "a member that breaks off": lambda: (SDIST, gzip.compress(tarred((info("demo-1.0/a.bin"), b"x" * 2_000))[:1_024])),
    "a kind of archive that is not read": lambda: ("demo-1.0.tar.zst", b"\x28\xb5\x2f\xfd"),
}


READ_FROM = {
    "f-strings of 3.12": (3, 12),
    "type parameters of 3.12": (3, 12),
    "a type statement of 3.12": (3, 12),
    "old code in a text of a newer string": (3, 12),
    "type defaults of 3.13": (3, 13),
    "several exceptions without parentheses, of 3.14": (3, 14),
    "t-strings of 3.14": (3, 14),
    "unpacking in comprehensions, of 3.15": (3, 15),
    "lazy imports of 3.15": (3, 15),
}
"""Newer syntax, by the Python that reads it: one that does has nothing to wait for."""


@pytest.mark.parametrize("way", [way for way in WAYS if sys.version_info < READ_FROM.get(way, (4,))])
def test_what_cannot_be_read_in_one_way_waits(way: str) -> None:
    decision = judged(*WAYS[way]())
    assert decision.verdict is Verdict.HOLD
    assert {reason.condition for reason in decision.reasons if reason.verdict is Verdict.HOLD} <= {
        "malware",
        "unknowns",
    }


@pytest.mark.parametrize("way", READ_FROM)
def test_newer_syntax_is_read_by_a_python_that_can_and_waits_at_any_other(way: str) -> None:
    wanted = Verdict.ALLOW if sys.version_info >= READ_FROM[way] else Verdict.HOLD
    assert judged(*WAYS[way]()).verdict is wanted


BENIGN: dict[str, Callable[[], tuple[str, bytes]]] = {
    "two members": lambda: (WHEEL, TWO),
    "a stream of a packer that could not seek": lambda: streamed(zipfile.ZIP_DEFLATED),
    "a comment": lambda: (WHEEL, TWO[:-2] + struct.pack("<H", 5) + b"hello"),
    "a plain tar": lambda: (SDIST, gzip.compress(PLAIN)),
    "a text that is there twice in a tar": lambda: (SDIST, gzip.compress(tarred(DATA, DATA))),
    "padding behind the compressed data": lambda: (SDIST, gzip.compress(PLAIN) + bytes(512)),
    "a longer name": lambda: (SDIST, gzip.compress(tarred((info("demo-1.0/" + "a" * 200 + ".py"), b"a = 1\n")))),
    "a longer name of GNU": lambda: (
        SDIST,
        gzip.compress(tarred((info("demo-1.0/" + "a" * 200 + ".py"), b"a = 1\n"), form=tarfile.GNU_FORMAT)),
    ),
    "a folder": lambda: (SDIST, gzip.compress(tarred((info("demo-1.0", type=tarfile.DIRTYPE), b""), DATA))),
    "old code that no Python 3 runs, in a test": lambda: source(NAMES, "demo-1.0/tests/old.py"),
    "old exceptions, told by their print statement": lambda: source(
        b"try: pass\nexcept A, e: print e\n" + NAMES, "demo-1.0/tests/old.py"
    ),
    "a template": lambda: source(
        b"{% if a %}\nimport base64\nbase64.b64decode(TEXT)\neval(OTHER)\n{% endif %}\n", "demo-1.0/template/a.py"
    ),
    "a script that names nothing a rule looks for, in newer syntax": lambda: module(b"x = t'{a}'\n"),
    "an unknown encoding in a test": lambda: source(b"# coding: lala\n", "demo-1.0/tests/bad.py"),
    "two names in two forms of one Unicode text": lambda: (WHEEL, zipped(("n\u0303.txt", b"1"), ("\xf1.txt", b"2"))),
    "nothing but native code": lambda: (WHEEL, zipped(("a.so", b"\x7fELF"))),
    "a link from one script to another": lambda: (
        SDIST,
        gzip.compress(
            tarred(
                (info("demo-1.0/a.py"), b"a = 1\n"),
                (info("demo-1.0/b.py", type=tarfile.SYMTYPE, linkname="a.py"), b""),
            )
        ),
    ),
}


@pytest.mark.parametrize("way", BENIGN)
def test_what_real_packages_do_is_read(way: str) -> None:
    assert judged(*BENIGN[way]()).verdict is Verdict.ALLOW


def test_old_code_is_looked_at_though_no_python_3_runs_it() -> None:
    found = scanned(*source("print 'x'", "demo-1.0/demo/old.py"))
    assert isinstance(found, Scan)
    assert {finding.rule for finding in found.findings} == {"decoded-code-run"}
    assert (dict(found.coverage.read), found.coverage.other, found.coverage.unread_count) == ({}, 1, 0)


def test_files_that_no_rule_looks_at_are_not_said_to_be_read() -> None:
    found = scanned(WHEEL, zipped(("a.so", b"\x7fELF"), ("b.txt", b""), ("c.py", b"")))
    assert isinstance(found, Scan)
    assert (dict(found.coverage.read), found.coverage.other) == ({"python": 1}, 2)
