"""Tar files that can be read in one way only, compressed or not, read once and forwards.

A tar file may say a member's name and size several times, each overriding the other in some readers and not in all. What is
accepted here says the size once, or twice alike, the name in forms that all readers know, and ends where its data end.
"""

from collections.abc import Iterator

from pratique.ecosystems.archive.member import Member, check_size
from pratique.ecosystems.archive.paths import check_path
from pratique.ecosystems.archive.source import READ, Readable, Source
from pratique.ecosystems.archive.tar_header import (
    BLOCK,
    Told,
    check_size_told,
    check_text,
    header,
    name_of,
    target_of,
    tell,
)
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits


def read_tar(stream: Readable) -> Iterator[Member]:
    """The files and links of a tar file, in its order. Each is read before the next. Raises `InvalidInput`, `LimitExceeded`."""
    source = Source(stream)
    for block, kind, size, told in _headers(source):
        check_size_told(told, size)
        path = name_of(block, told)
        if kind == b"5" or path.endswith("/"):
            if size:
                raise InvalidInput("a folder in it has content")
            if path != "/":
                check_path(path.removesuffix("/"), colons=True)
        elif kind in b"12":
            yield _link(path, kind, size, target_of(block, told))
        else:
            yield from _file(source, path, size)
    while rest := source.read(READ):
        if rest.strip(b"\0"):
            raise InvalidInput("there is something behind its end")


def _headers(source: Source) -> Iterator[tuple[bytes, bytes, int, Told]]:
    """The header of each member, its type, the size of what follows it, and what the headers in front of it say.

    The content of a member is to be passed over before the next is asked for.
    """
    told = Told()
    count = texts = records = 0
    while (block := source.read(BLOCK)).strip(b"\0"):
        count += 1
        if count > limits.ARCHIVE_HEADERS_MAX:
            raise LimitExceeded(f"it has more than {limits.ARCHIVE_HEADERS_MAX} headers")
        kind, size = header(block)
        if kind in b"xgLK":
            texts += size
            check_text(size, texts)
            records += tell(told, kind, _text(source, size))
            if records > limits.ARCHIVE_HEADER_RECORDS_MAX:
                raise LimitExceeded(f"its headers have more than {limits.ARCHIVE_HEADER_RECORDS_MAX} records")
        else:
            yield block, kind, size, told
            told = Told()
    if not (block or count):
        raise InvalidInput("it is empty")
    if told != Told():
        raise InvalidInput("it ends behind the name of a member")


def _text(source: Source, size: int) -> bytes:
    text = source.read(size)
    source.skip(-size % BLOCK)
    if len(text) != size:
        raise InvalidInput("it ends in the middle of a header")
    return text


def _link(path: str, kind: bytes, size: int, target: str) -> Member:
    if size:
        raise InvalidInput("a link in it has content")
    if kind == b"2" and not target.startswith("/"):
        target = _followed(path, target)
    return Member(path, 0, _refuse, target.removeprefix("./") or "root")


def _followed(path: str, target: str) -> str:
    """Where a symbolic link leads, as a path from the archive's root; one that leads out keeps its `..`."""
    parts: list[str] = path.split("/")[:-1]
    for part in target.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) or "root"


def _refuse() -> bytes:
    raise InvalidInput("a link has no content of its own")


def _file(source: Source, path: str, size: int) -> Iterator[Member]:
    left = size

    def read() -> bytes:
        nonlocal left
        check_size(size)
        if left != size or gone:
            raise InvalidInput("a member of a tar file is read once, before the next")
        data = source.read(size)
        if len(data) != size:
            raise InvalidInput("it ends in the middle of a member")
        left = 0
        return data

    gone = False
    yield Member(path, size, read)
    gone = True
    source.skip(left + -size % BLOCK)
