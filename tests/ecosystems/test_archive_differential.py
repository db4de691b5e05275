"""What is read here is what `zipfile` and `tarfile` read, and damaged archives end in errors of ours."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.ecosystems.archive import open_archive, open_artifact
from pratique.ecosystems.archive.zstd import zstd
from pratique.errors import InvalidInput

COMPRESSED: Final[dict[str, Callable[[bytes], bytes]]] = {
    "demo.tar": bytes,
    "demo.tar.gz": gzip.compress,
    "demo.tar.bz2": bz2.compress,
    "demo.tar.xz": lzma.compress,
    "demo.tar.zst": zstd.compress,
}
PARTS = st.text(
    st.characters(categories=["L", "N", "P", "S"], exclude_characters='\\/:"', codec="utf-8"), min_size=1, max_size=60
).filter(lambda part: part.isprintable() and not part.endswith("."))
PATHS = st.lists(PARTS, min_size=1, max_size=6).map("/".join)
FILES = st.dictionaries(PATHS, st.binary(max_size=1_500), max_size=6)


def sensible(files: dict[str, bytes]) -> dict[str, bytes]:
    """Without files that lie where others have a folder."""
    return {path: data for path, data in files.items() if not any(each.startswith(path + "/") for each in files)}


def zipped(files: dict[str, bytes], method: int, *, seekable: bool = True) -> bytes:
    buffer = io.BytesIO() if seekable else Unseekable()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data, method)
    return buffer.getvalue()


class Unseekable(io.BytesIO):
    """Where a zip is written to whose sizes follow its members."""

    def tell(self) -> int:
        raise OSError


def tarred(files: dict[str, bytes], form: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for path, data in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def read(filename: str, data: bytes) -> dict[str, bytes]:
    return {member.path: member.read() for member in open_archive(filename, io.BytesIO(data))}


@given(FILES.map(sensible), st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_zips_are_read_as_zipfile_reads_them(files: dict[str, bytes], method: int) -> None:
    data = zipped(files, method)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert read("demo.zip", data) == {info.filename: archive.read(info) for info in archive.infolist()} == files


@given(FILES.map(sensible))
def test_zips_with_sizes_behind_are_read_as_zipfile_reads_them(files: dict[str, bytes]) -> None:
    assert read("demo.zip", zipped(files, zipfile.ZIP_DEFLATED, seekable=False)) == files
    stored = zipped(files, zipfile.ZIP_STORED, seekable=False)
    assert {each.path: each.read() for each in open_artifact("demo.pt", io.BytesIO(stored))} == files


@given(FILES.map(sensible), st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]), st.sampled_from([*COMPRESSED]))
def test_tars_are_read_as_tarfile_reads_them(files: dict[str, bytes], form: int, filename: str) -> None:
    data = tarred(files, form)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        told = {info.name: archive.extractfile(info).read() for info in archive}  # type: ignore[union-attr]  # all are files
    assert read(filename, COMPRESSED[filename](data)) == told == files


VALID: Final = {
    "demo.zip": zipped({"a/b.py": b"a = 1\n" * 50, "c": b""}, zipfile.ZIP_DEFLATED),
    "demo.whl": zipped({"a/b.py": b"a = 1\n" * 50, "c": b""}, zipfile.ZIP_DEFLATED, seekable=False),
    "demo.conda": zipped(
        {
            "info-demo.tar.zst": zstd.compress(tarred({"info/index.json": b"{}"}, tarfile.PAX_FORMAT)),
            "pkg-demo.tar.zst": zstd.compress(tarred({"a/b.py": b"a = 1\n" * 50}, tarfile.GNU_FORMAT)),
        },
        zipfile.ZIP_STORED,
    ),
    "demo.rds": gzip.compress(b"X\n" + b"demo" * 50),
    "demo.py": b"print(1)\n" * 20,
    **{name: compress(tarred({"é" * 60: b"x" * 600}, tarfile.PAX_FORMAT)) for name, compress in COMPRESSED.items()},
}


def opened(filename: str, data: bytes) -> str:
    """What comes of a file: all members with their content, or an error of ours."""
    try:
        return str({each.path: each.link or each.read() for each in open_artifact(filename, io.BytesIO(data))})
    except InvalidInput:
        return ""


@given(st.sampled_from([*VALID]), st.data())
def test_a_damaged_file_gives_members_or_an_error_of_ours(filename: str, draw: st.DataObject) -> None:
    bad = bytearray(VALID[filename])
    for _ in range(draw.draw(st.integers(1, 4))):
        place = draw.draw(st.integers(0, len(bad)))
        match draw.draw(st.sampled_from(["change", "insert", "remove", "repeat", "cut"])):
            case "change":
                bad[place : place + 1] = draw.draw(st.binary(min_size=1, max_size=1))
            case "insert":
                bad[place:place] = draw.draw(st.binary(max_size=30))
            case "remove":
                del bad[place : place + draw.draw(st.integers(1, 30))]
            case "repeat":
                bad[place:place] = bad[place : place + draw.draw(st.integers(1, 600))]
            case _:
                del bad[place:]
    opened(filename, bytes(bad))


@given(st.sampled_from([*VALID]), st.binary(max_size=400))
def test_any_bytes_under_any_name_give_members_or_an_error_of_ours(filename: str, data: bytes) -> None:
    opened(filename, data)
    opened(filename, VALID[filename][:10] + data)


@pytest.mark.parametrize("filename", [name for name in VALID if name != "demo.py"])
def test_a_file_that_is_cut_off_anywhere_gives_nothing_that_is_whole(filename: str) -> None:
    whole = VALID[filename]
    assert opened(filename, whole)
    # A tar that is not compressed may be read without its end: behind it are only zeros. The first byte of gzip is no sign of it.
    last = len(whole.rstrip(b"\0")) // 512 * 512 + 512 if filename == "demo.tar" else len(whole)
    for size in {*range(min(last, 700)), *range(0, last, 97), last - 1}:
        assert not opened(filename, whole[:size]) or (filename == "demo.rds" and size < 2), size
