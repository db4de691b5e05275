"""The Python of a packed archive, read in memory and bounded, and its tokens with what tells two copies apart taken out."""

import io
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

MEMBERS_MAX: Final = 5_000
TEXT_BYTES_MAX: Final = 2 * 1024 * 1024

_TOKEN: Final = re.compile(
    r"""(?P<comment>\#[^\n]*)
    |(?P<string>(?i:[rbuf]{0,3})(?:'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"))
    |(?P<word>\w+)
    |(?P<mark>[^\s\w])""",
    re.VERBOSE | re.DOTALL,
)
_BROKEN: Final = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    RuntimeError,
)
"""What the standard library's readers raise at an archive that does not open."""


class DoesNotOpen(Exception):
    """An archive that the standard library's readers cannot open."""


def python_of(filename: str, data: bytes) -> list[tuple[str, str]]:
    """Path and text of the Python files and `.pth` files of a packed archive, read in memory and bounded.

    Raises `DoesNotOpen`.
    """
    found, left = [], TEXT_BYTES_MAX
    try:
        for path, text in _members(filename, data):
            found.append((path, text[:left].decode("utf-8", "replace")))
            left -= len(text[:left])
            if left <= 0:
                break
    except _BROKEN as error:
        raise DoesNotOpen(f"{type(error).__name__}: {error}") from error
    return sorted(found)


def _members(filename: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    if filename.endswith((".whl", ".zip", ".egg")):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist()[:MEMBERS_MAX]:
                if _is_wanted(entry.filename):
                    with archive.open(entry) as member:
                        yield entry.filename, member.read(TEXT_BYTES_MAX)
        return
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for count, info in enumerate(tar):
            if count >= MEMBERS_MAX:
                return
            file = tar.extractfile(info) if info.isfile() and _is_wanted(info.name) else None
            if file is not None:
                yield info.name, file.read(TEXT_BYTES_MAX)


def _is_wanted(path: str) -> bool:
    return path.endswith((".py", ".pyw", ".pth"))


def tokens(text: str, name: str, version: str) -> Iterator[str]:
    """The tokens of Python text, of any text: no comments, literals blanked, own name and version replaced."""
    own = re.sub(r"[-_.]+", "_", name).lower()
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "comment":
            continue
        if match.lastgroup == "string":
            yield '""'
        elif match.lastgroup == "word" and match[0].lower() == own:
            yield "NAME"
        else:
            yield "VERSION" if match[0] == version else match[0]
