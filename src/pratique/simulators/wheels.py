"""Distributions made on the fly, byte for byte the same every time: nothing of them is ever on disk as a package."""

import base64
import gzip
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from typing import Final

_MADE: Final = (2020, 1, 1, 0, 0, 0)
_MTIME: Final = 1_577_836_800
"""The same moment in seconds: zip files cannot say anything before 1980."""


def metadata(name: str, version: str, *, requires: Sequence[str] = (), extras: Sequence[str] = ()) -> bytes:
    """Core metadata (PEP 566, version 2.1). A requirement of an extra carries its own marker."""
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", "Summary: stand-in"]
    lines += [f"Provides-Extra: {extra}" for extra in extras]
    lines += [f"Requires-Dist: {requirement}" for requirement in requires]
    return ("\n".join(lines) + "\n\n").encode()


def wheel(
    name: str,
    version: str,
    files: Mapping[str, str | bytes] | None = None,
    *,
    requires: Sequence[str] = (),
    extras: Sequence[str] = (),
    build: str = "",
) -> tuple[str, bytes]:
    """A pure wheel: its file name and its bytes. Of two of one version, installers take that with the greater `build`."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    members = _encoded(files or {f"{module}/__init__.py": f'VERSION = "{version}"\n'})
    members[f"{info}/METADATA"] = metadata(name, version, requires=requires, extras=extras)
    members[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: pratique\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = "".join(f"{path},sha256={_record_hash(data)},{len(data)}\n" for path, data in members.items())
    members[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in members.items():
            archive.writestr(zipfile.ZipInfo(path, _MADE), data, zipfile.ZIP_DEFLATED)
    stem = f"{module}-{version}-{build}" if build else f"{module}-{version}"
    return f"{stem}-py3-none-any.whl", buffer.getvalue()


def sdist(
    name: str, version: str, files: Mapping[str, str | bytes] | None = None, *, requires: Sequence[str] = ()
) -> tuple[str, bytes]:
    """A source distribution of these files, and of its metadata.

    Without files it has a module, and builds with a backend inside itself (PEP 517, in-tree), so that building needs no index.
    """
    module = name.replace("-", "_")
    stem = f"{module}-{version}"
    if files is not None:
        return tarball(f"{stem}.tar.gz", stem, {"PKG-INFO": metadata(name, version, requires=requires), **files})
    members = {
        "PKG-INFO": metadata(name, version, requires=requires).decode(),
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
        "backend.py": _BACKEND.format(name=name, module=module, version=version, requires=list(requires)),
        f"{module}/__init__.py": f'VERSION = "{version}"\n',
    }
    return tarball(f"{stem}.tar.gz", stem, members)


def npm_tarball(name: str, version: str, files: Mapping[str, str | bytes]) -> tuple[str, bytes]:
    """A package as npm packs it: everything below `package/`. `name` may have a scope, which its file name leaves out."""
    return tarball(f"{name.rpartition('/')[2]}-{version}.tgz", "package", files, level=6)


def tarball(filename: str, folder: str, files: Mapping[str, str | bytes], *, level: int = 9) -> tuple[str, bytes]:
    """A tar file of these files below one folder, packed with gzip."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, data in _encoded(files).items():
            member = tarfile.TarInfo(f"{folder}/{path}")
            member.size = len(data)
            member.mtime = _MTIME
            archive.addfile(member, io.BytesIO(data))
    return filename, gzip.compress(buffer.getvalue(), compresslevel=level, mtime=0)


def _encoded(files: Mapping[str, str | bytes]) -> dict[str, bytes]:
    return {path: data.encode() if isinstance(data, str) else data for path, data in files.items()}


def _record_hash(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


_BACKEND: Final = '''"""A build backend that zips one module."""
import os
import zipfile

INFO = "{module}-{version}.dist-info"
METADATA = "Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n" + "".join(
    "Requires-Dist: %s\\n" % requirement for requirement in {requires}
)
WHEEL = "Wheel-Version: 1.0\\nGenerator: stand-in\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    folder = os.path.join(metadata_directory, INFO)
    os.mkdir(folder)
    for name, text in (("METADATA", METADATA), ("WHEEL", WHEEL)):
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)
    return INFO


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = "{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as archive:
        archive.write("{module}/__init__.py")
        archive.writestr(INFO + "/METADATA", METADATA)
        archive.writestr(INFO + "/WHEEL", WHEEL)
        archive.writestr(INFO + "/RECORD", "")
    return name
'''
