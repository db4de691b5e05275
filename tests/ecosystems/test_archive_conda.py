"""Conda packages are read through to the files that they install, in one meaning or not at all."""

import bz2
import io
import tarfile
import zipfile
import zlib

import pytest

from pratique.ecosystems.archive import open_archive
from pratique.ecosystems.archive.zstd import zstd
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits

NAME = "demo-1.0-py_0.conda"
INFO, PKG = "info-demo-1.0-py_0.tar.zst", "pkg-demo-1.0-py_0.tar.zst"
VERSION = ("metadata.json", b'{"conda_pkg_format_version": 2}')


def tarred(**files: bytes) -> bytes:
    """A tar of files; `__` in a name stands for a slash."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name.replace("__", "/"))
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def read(data: bytes, name: str = NAME) -> dict[str, bytes]:
    return {member.path: member.read() for member in open_archive(name, io.BytesIO(data))}


INDEX = zstd.compress(tarred(info__index=b"{}"))
FILES = zstd.compress(tarred(site__demo=b"a = 1\n", bin__demo=b"#!demo\n"))
INSTALLED = {"info/index": b"{}", "site/demo": b"a = 1\n", "bin/demo": b"#!demo\n"}


def test_the_files_of_both_parts_are_read_as_they_are_installed() -> None:
    assert read(zipped(VERSION, (PKG, FILES), (INFO, INDEX))) == {**INSTALLED, VERSION[0]: VERSION[1]}
    assert read(zipped((INFO, INDEX), (PKG, FILES))) == INSTALLED


def test_a_package_of_the_first_form_is_a_tar() -> None:
    data = bz2.compress(tarred(info__index=b"{}", site__demo=b"a = 1\n", bin__demo=b"#!demo\n"))
    assert read(data, "demo-1.0-py_0.tar.bz2") == INSTALLED


def test_a_package_that_installs_nothing_is_read() -> None:
    assert read(zipped(VERSION, (INFO, INDEX), (PKG, zstd.compress(tarred())))) == {
        "info/index": b"{}",
        VERSION[0]: VERSION[1],
    }


def test_an_archive_within_a_part_is_a_file_like_any() -> None:
    inner = zipped((PKG, FILES), (INFO, INDEX))
    data = zipped((INFO, INDEX), (PKG, zstd.compress(tarred(inner__conda=inner))))
    assert read(data) == {"info/index": b"{}", "inner/conda": inner}


BAD = {
    "no part that says what it is": zipped(VERSION, (PKG, FILES)),
    "nothing": zipped(VERSION),
    "two parts of one kind": zipped(
        (INFO, INDEX), (PKG, FILES), ("pkg-b-1.0-py_0.tar.zst", zstd.compress(tarred(b=b"")))
    ),
    "a part that some readers find by its end": zipped((INFO, INDEX), (PKG, FILES), ("more.tar.zst", FILES)),
    "a part that some readers find by its beginning": zipped((INFO, INDEX), (PKG, FILES), ("pkg-more", FILES)),
    "a part in a folder": zipped((INFO, INDEX), ("a/" + PKG, FILES)),
    "a part whose name leads on": zipped((INFO, INDEX), ("pkg-a/b.tar.zst", FILES)),
    "a part in capitals": zipped((INFO, INDEX), ("PKG-demo.tar.zst", FILES)),
    "a part compressed in another way": zipped((INFO, INDEX), ("pkg-demo-1.0-py_0.tar.bz2", FILES)),
    "one file in both parts": zipped((INFO, INDEX), (PKG, zstd.compress(tarred(info__index=b"{ }")))),
    "one file twice in a part": zipped((INFO, INDEX), (PKG, zstd.compress(tarred(a=b"1")[:1024] + tarred(a=b"2")))),
    "parts compressed twice": zipped((INFO, INDEX), (PKG, FILES), method=zipfile.ZIP_DEFLATED),
    "a part of two frames": zipped((INFO, INDEX), (PKG, FILES + FILES)),
    "half a part": zipped((INFO, INDEX), (PKG, FILES[:-3])),
    "something behind a part": zipped((INFO, INDEX), (PKG, FILES + b"x")),
    "no part but bytes": zipped((INFO, INDEX), (PKG, b"")),
    "something in front": b"#!demo\n" + zipped((INFO, INDEX), (PKG, FILES)),
    "a wheel": zipped(("demo/__init__.py", b"")),
}


@pytest.mark.parametrize("name", BAD)
def test_what_some_reader_of_conda_packages_reads_otherwise_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        read(BAD[name])


def test_parts_are_not_compressed_twice() -> None:
    with pytest.raises(InvalidInput, match="compressed twice"):
        read(BAD["parts compressed twice"])


def test_a_part_whose_checksum_is_wrong_is_refused() -> None:
    data = bytearray(zipped((INFO, INDEX), (PKG, FILES)))
    crc = zlib.crc32(INDEX).to_bytes(4, "little")
    for place in (data.index(crc), data.rindex(crc)):
        data[place] ^= 1
    with pytest.raises(InvalidInput, match="not what its directory says"):
        read(bytes(data))


def test_a_link_from_one_part_does_not_lead_the_other_elsewhere() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        link = tarfile.TarInfo("site")
        link.type, link.linkname = tarfile.SYMTYPE, "lib"
        archive.addfile(link)
    linked = zstd.compress(buffer.getvalue())
    for parts in (((INFO, linked), (PKG, FILES)), ((PKG, FILES), (INFO, linked))):
        members = open_archive(NAME, io.BytesIO(zipped(*parts)))
        with pytest.raises(InvalidInput, match="over a link"):
            list(members)


def test_a_part_is_never_held_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    part = zstd.compress(tarred(a=b"1" * 1000, b=b"2" * 1000))
    data = zipped((INFO, INDEX), (PKG, part))
    monkeypatch.setattr(limits, "ARCHIVE_MEMBER_BYTES_MAX", 1000)
    monkeypatch.setattr(limits, "ARCHIVE_RATIO_MAX", 1000)
    assert [member.path for member in open_archive(NAME, io.BytesIO(data))] == ["info/index", "a", "b"]
    monkeypatch.setattr(limits, "ARCHIVE_MEMBER_BYTES_MAX", 999)
    with pytest.raises(LimitExceeded):
        read(data)


def test_the_members_of_both_parts_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped((INFO, INDEX), (PKG, FILES))
    monkeypatch.setattr(limits, "ARCHIVE_MEMBERS_MAX", 3)
    assert read(data) == INSTALLED
    monkeypatch.setattr(limits, "ARCHIVE_MEMBERS_MAX", 2)
    with pytest.raises(LimitExceeded):
        read(data)
