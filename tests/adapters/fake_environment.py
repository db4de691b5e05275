"""A small environment on the disk: wheels unpacked as an installer does it, with a RECORD and cached byte code."""

import base64
import hashlib
import io
import marshal
import os
import platform
import py_compile
import struct
import sys
import zipfile
from collections.abc import Mapping
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path

from pratique.simulators.wheels import wheel


class FakeEnvironment:
    """An environment made of folders; nothing in it can be run."""

    def __init__(self, prefix: Path) -> None:
        self.prefix = prefix
        self.site = prefix / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
        self.commands = prefix / "bin"
        for folder in (self.site, self.commands):
            folder.mkdir(parents=True)
        (prefix / "pyvenv.cfg").write_text(f"home = nowhere\nversion = {platform.python_version()}\n")
        (self.commands / "python").symlink_to(sys.executable)
        (self.commands / "activate").write_text("# This file must be used with source\nexport VIRTUAL_ENV\n")

    def install(
        self,
        name: str,
        version: str = "1.0",
        files: Mapping[str, str] | None = None,
        *,
        commands: Mapping[str, str] | None = None,
    ) -> None:
        """Unpack a wheel of these files, compile its modules, write its commands and then its RECORD."""
        _, data = wheel(name, version, files)
        info = f"{name}-{version}.dist-info"
        placed: list[Path] = []
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                placed.append(self.site / member)
                placed[-1].parent.mkdir(parents=True, exist_ok=True)
                placed[-1].write_bytes(archive.read(member))
        placed += [Path(str(py_compile.compile(str(path), doraise=True))) for path in placed if path.suffix == ".py"]
        if commands:
            points = "".join(f"{command} = {target}\n" for command, target in commands.items())
            placed.append(self.site / info / "entry_points.txt")
            placed[-1].write_text(f"[console_scripts]\n{points}")
        for command, target in (commands or {}).items():
            module, _, function = target.partition(":")
            placed.append(self.commands / command)
            placed[-1].write_text(f"#!python\nimport sys\nfrom {module} import {function}\nsys.exit({function}())\n")
        record = self.site / info / "RECORD"
        lines = [_line(path, self.site) for path in placed if path != record]
        record.write_text("".join(lines) + f"{info}/RECORD,,\n")

    def poison(self, module: str, code: str, *, flags: int = 0) -> Path:
        """As `poison`, of a module of this environment."""
        return poison(self.site / module, code, flags=flags)

    def record_again(self, name: str, version: str = "1.0") -> None:
        """Write a RECORD anew as it is, so that it is the last thing that was changed."""
        record = self.site / f"{name}-{version}.dist-info" / "RECORD"
        record.write_bytes(record.read_bytes())


def poison(source: Path, code: str, *, flags: int = 0) -> Path:
    """Put other code into the cached file of a module, under the time and the size of its source; where that is."""
    told = source.stat()
    cached = Path(cache_from_source(str(source)))
    cached.parent.mkdir(exist_ok=True)
    header = struct.pack("<4sIII", MAGIC_NUMBER, flags, int(told.st_mtime), told.st_size)
    cached.write_bytes(header + marshal.dumps(compile(code, source.name, "exec")))
    return cached


def _line(path: Path, site: Path) -> str:
    written = os.path.relpath(path, site)
    if path.suffix == ".pyc":
        return f"{written},,\n"
    data = path.read_bytes()
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{written},sha256={digest},{len(data)}\n"
