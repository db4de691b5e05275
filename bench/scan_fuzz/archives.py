"""Artifacts of every kind, of mutated files; some are damaged themselves."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from random import Random  # noqa: TID251 - whoever calls gives it its seed
from typing import Final

from bench.scan_fuzz.seeds import File
from pratique.ecosystems.archive.forms import form_of
from pratique.ecosystems.archive.zstd import zstd
from pratique.simulators.wheels import metadata, wheel

_DAMAGED_SHARE: Final = 0.2
_ALONE_SHARE: Final = 0.3
_PACKINGS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def packed(files: Sequence[File], chance: Random) -> tuple[str, bytes]:
    """A file name and bytes: the files in an archive, or the first of them alone."""
    first = files[0].path.rpartition("/")[2]
    if chance.random() < _ALONE_SHARE and form_of(first) is not None:
        name, data = first, files[0].data
    else:
        name, pack = chance.choice(_KINDS)
        data = pack(files, chance)
    return name, _damaged(data, chance) if chance.random() < _DAMAGED_SHARE else data


def _damaged(data: bytes, chance: Random) -> bytes:
    """An archive with some bytes changed, moved or gone; headers, which are at both ends, more often than what is between."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        near = int(chance.expovariate(1 / 60))
        at = chance.choice((near, len(changed) - near, chance.randint(0, len(changed))))
        at = max(0, min(at, len(changed)))
        size = chance.randint(1, 8)
        match chance.randrange(4):
            case 0:
                changed[at : at + size] = chance.randbytes(size)
            case 1:
                del changed[at : at + size]
            case 2:
                changed[at : at + size] = chance.choice((b"\xff", b"\0", b"\x7f")) * size
            case _:
                changed[at:at] = changed[max(0, at - size * 40) : at]
    return bytes(changed)


def _zip(files: Sequence[File], chance: Random) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in _by_path(files).items():
            info = zipfile.ZipInfo(path)
            info.create_system = 3
            info.external_attr = (0o120777 if chance.random() < 0.05 else 0o100644) << 16  # noqa: PLR2004 - seldom a link
            archive.writestr(info, data, chance.choice(_PACKINGS))
    return buffer.getvalue()


def _wheel(files: Sequence[File], chance: Random) -> bytes:
    del chance
    return wheel("demo", "1.0", dict(_by_path(files)))[1]


def _tar(files: Sequence[File], chance: Random) -> bytes:
    buffer = io.BytesIO()
    form = chance.choice((tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT))
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for path, data in _by_path(files).items():
            info = tarfile.TarInfo(path)
            if chance.random() < 0.05:  # noqa: PLR2004 - seldom a link
                info.type, info.linkname = chance.choice((tarfile.SYMTYPE, tarfile.LNKTYPE)), chance.choice(files).path
                archive.addfile(info)
                continue
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def _conda(files: Sequence[File], chance: Random) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("metadata.json"), b'{"conda_pkg_format_version": 2}')
        archive.writestr(zipfile.ZipInfo("pkg-demo-1.0-0.tar.zst"), zstd.compress(_tar(files, chance)))
        info = [File("info/index.json", b'{"name": "demo"}')]
        archive.writestr(zipfile.ZipInfo("info-demo-1.0-0.tar.zst"), zstd.compress(_tar(info, chance)))
    return buffer.getvalue()


def _by_path(files: Sequence[File]) -> dict[str, bytes]:
    """Of two files at one path the last: twice the same path is refused."""
    return {each.path: each.data for each in files}


def _within(pack: Callable[[bytes], bytes]) -> Callable[[Sequence[File], Random], bytes]:
    return lambda files, chance: pack(_tar([*files, _INFO], chance))


_INFO: Final = File("demo-1.0/PKG-INFO", metadata("demo", "1.0"))
_KINDS: Final[tuple[tuple[str, Callable[[Sequence[File], Random], bytes]], ...]] = (
    ("demo-1.0-py3-none-any.whl", _wheel),
    ("demo-1.0-py3-none-any.whl", _zip),
    ("demo-1.0.zip", _zip),
    ("demo-1.0-py3.11.egg", _zip),
    ("demo-1.0.tar", _tar),
    ("demo-1.0.tar.gz", _within(lambda data: gzip.compress(data, 1, mtime=0))),
    ("demo-1.0.tgz", _within(lambda data: gzip.compress(data, 1, mtime=0))),
    ("demo_1.0.tar.bz2", _within(bz2.compress)),
    ("demo-1.0.tar.xz", _within(lambda data: lzma.compress(data, preset=0))),
    ("demo-1.0.tar.zst", _within(zstd.compress)),
    ("demo-1.0-0.conda", _conda),
)
