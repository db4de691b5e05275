"""Archives are read in one meaning or not at all, within limits."""

import bz2
import contextlib
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.ecosystems.archive import open_archive
from pratique.ecosystems.pypi.wheel import core_metadata
from pratique.errors import InvalidInput, LimitExceeded
from pratique.simulators.wheels import sdist, wheel

WHEEL = "demo-1.0-py3-none-any.whl"


def zipped(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in members:
            archive.writestr(zipfile.ZipInfo(path), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def tarred(*members: tarfile.TarInfo, data: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for member in members:
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def read(filename: str, data: bytes) -> dict[str, bytes]:
    return {member.path: member.read() for member in open_archive(filename, io.BytesIO(data))}


def test_wheels_and_source_distributions_are_read() -> None:
    name, data = wheel("demo", "1.0")
    assert read(name, data)["demo/__init__.py"] == b'VERSION = "1.0"\n'
    name, data = sdist("demo", "1.0")
    assert read(name, data)["demo-1.0/demo/__init__.py"] == b'VERSION = "1.0"\n'


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress, bytes])
def test_a_tar_is_read_whatever_it_is_compressed_with(compress: object) -> None:
    member = tarfile.TarInfo("demo/a.py")
    member.size = 3
    packed = compress(tarred(member, data=b"a=1"))  # type: ignore[operator]  # four functions of bytes
    assert read("demo-1.0.tar.gz", packed) == {"demo/a.py": b"a=1"}


@pytest.mark.parametrize("path", ["/etc/passwd", "../up", "a/../../up", "a\\b", "C:/x", "a//b", "a/./b"])
def test_paths_that_lead_out_are_refused(path: str) -> None:
    with pytest.raises(InvalidInput):
        read(WHEEL, zipped((path, b"x")))
    member = tarfile.TarInfo(path)
    with pytest.raises(InvalidInput):
        read("demo-1.0.tar.gz", tarred(member))


def test_two_members_under_one_name_are_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = zipped(("a.py", b"1"), ("a.py", b"2"))
    with pytest.raises(InvalidInput, match="two members"):
        read(WHEEL, twice)


@pytest.mark.parametrize("target", ["/etc/passwd", "../../etc/passwd"])
def test_links_that_lead_out_are_refused(target: str) -> None:
    link = tarfile.TarInfo("demo/link")
    link.type, link.linkname = tarfile.SYMTYPE, target
    with pytest.raises(InvalidInput):
        read("demo-1.0.tar.gz", tarred(link))


def test_links_that_stay_inside_say_where_they_lead_and_have_no_content() -> None:
    link = tarfile.TarInfo("demo/link")
    link.type, link.linkname = tarfile.SYMTYPE, "../README"
    (member,) = open_archive("demo-1.0.tar.gz", io.BytesIO(tarred(link)))
    assert (member.path, member.link) == ("demo/link", "README")
    with pytest.raises(InvalidInput):
        member.read()


def test_devices_are_refused() -> None:
    device = tarfile.TarInfo("demo/null")
    device.type = tarfile.CHRTYPE
    with pytest.raises(InvalidInput):
        read("demo-1.0.tar.gz", tarred(device))


def test_a_member_that_is_too_large_is_not_read() -> None:
    with pytest.raises(LimitExceeded):
        read(WHEEL, zipped(("a.py", b"0" * (33 * 1024 * 1024))))


def test_a_member_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(zipped(("a.py", b"0" * 1000)))
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = (10).to_bytes(4, "little")
    with pytest.raises(InvalidInput):
        read(WHEEL, bytes(data))


@given(st.binary(max_size=300), st.sampled_from([WHEEL, "demo-1.0.tar.gz", "demo-1.0.zip", "demo.txt"]))
def test_any_bytes_give_members_or_a_clear_error(data: bytes, filename: str) -> None:
    with contextlib.suppress(InvalidInput):
        read(filename, data)


@given(st.data())
def test_a_damaged_wheel_gives_members_or_a_clear_error(data: st.DataObject) -> None:
    name, good = wheel("demo", "1.0")
    bad = bytearray(good)
    for place in data.draw(st.lists(st.integers(0, len(bad) - 1), min_size=1, max_size=4)):
        bad[place] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(InvalidInput):
        read(name, bytes(bad))


def test_the_metadata_of_a_wheel_is_found_and_only_one() -> None:
    name, data = wheel("demo", "1.0", requires=["other"])
    assert b"Requires-Dist: other" in core_metadata(name, io.BytesIO(data)).content
    twice = zipped(("demo-1.0.dist-info/METADATA", b"1"), ("evil-1.0.dist-info/METADATA", b"2"))
    with pytest.raises(InvalidInput, match="2 METADATA"):
        core_metadata(WHEEL, io.BytesIO(twice))
