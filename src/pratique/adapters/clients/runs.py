"""One wrapped run and the files it touches: in the gate's words while it lasts, and as a direct run would have left them after.

- Before: files that name indexes are put into the gate's words; what they were is kept in the run's folder.
- After: whatever was written while the run lasted is found by comparing, not by a list of commands, and every address at the gate
  in it is turned back.
- A run holds a lock on its folder. A folder without one was left by a run that was killed: `left_behind` finds it, and it is put
  right like any other.
"""

import contextlib
import fcntl
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Final

import msgspec

from pratique.adapters.clients import HOST, Urls
from pratique.adapters.clients.sources import packages_in, parsed
from pratique.errors import InvalidInput
from pratique.model import limits

_URL: Final = re.compile(rb"https?://[^\s\"'<>()\[\]{},;#`\\]+")
_NAMED: Final = HOST.encode()
_SKIPPED: Final = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__"})
_FOLDER: Final = "runs"
_MARGIN_NANOSECONDS: Final = 2_000_000_000
"""By how much a file system may date a file too early."""


class _Spoken(msgspec.Struct, frozen=True):
    """A file that was put into the gate's words; what it was is `original` in the run's folder."""

    path: str
    original: str
    modified: int


class _Journal(msgspec.Struct):
    """What is needed to put a run right: since when it lasts, by which URLs its client knows indexes, where it may write."""

    pid: int
    since: int
    indexes: dict[str, str]
    writes: list[str]
    spoken: list[_Spoken] = []
    beside: list[str] = []


class Run:
    """One run. `folder` goes when it has ended."""

    def __init__(self, folder: Path, lock: IO[bytes], journal: _Journal) -> None:
        self.folder = folder
        self._lock = lock
        self._journal = journal

    @classmethod
    def begin(cls, home: Path, now: int, indexes: Mapping[str, str], writes: Sequence[Path]) -> "Run":
        """A new run below the home of Pratique. `now` is in nanoseconds since the epoch."""
        folder = home / _FOLDER / secrets.token_hex(8)
        folder.mkdir(mode=0o700, parents=True)
        lock = _locked(folder)
        assert lock is not None  # noqa: S101 - nobody else knows of it yet
        run = cls(
            folder,
            lock,
            _Journal(os.getpid(), now - _MARGIN_NANOSECONDS, dict(indexes), [str(each) for each in writes]),
        )
        run._write()
        return run

    @property
    def since(self) -> int:
        """What was written at this moment or later, in nanoseconds since the epoch, may be the run's."""
        return self._journal.since

    @property
    def indexes(self) -> Mapping[str, str]:
        """The URLs by which the client knows indexes, by their names."""
        return self._journal.indexes

    def speak(self, paths: Sequence[Path], urls: Urls) -> None:
        """Put files into the gate's words. Raises `InvalidInput` for one that cannot be written."""
        for path in paths:
            content = path.read_bytes()
            said = in_gates_words(path, content, urls)
            if said == content:
                continue
            name = f"original-{len(self._journal.spoken)}"
            (self.folder / name).write_bytes(content)
            self._journal.spoken.append(_Spoken(str(path.resolve()), name, path.stat().st_mtime_ns))
            self._write()
            try:
                self._replace(path.resolve(), said)
            except OSError as error:
                raise InvalidInput(
                    f"{path} names an index, and cannot be written for the time of this run: {error.strerror}",
                    advice="may this account write there?",
                ) from error

    def remove_after(self, paths: Sequence[Path]) -> None:
        """Remember files of our own among the user's, to be removed."""
        self._journal.beside += [str(each) for each in paths]
        self._write()

    async def put_right(self, urls: Urls) -> list[Path]:
        """Turn back every address at the gate; the files that were changed by that."""
        righted: list[Path] = []
        _remove(self._journal.beside)
        _remove(self._aside(Path(each.path)) for each in self._journal.spoken)
        spoken = {Path(each.path): each for each in self._journal.spoken}
        for path, each in spoken.items():
            original = (self.folder / each.original).read_bytes()
            said = in_gates_words(path, original, urls)
            content = _content(path)
            if content == said:
                self._replace(path, original)
                os.utime(path, ns=(each.modified, each.modified))
                righted.append(path)
            elif content is not None and _NAMED in content:
                self._replace(path, _with_users_words(content, original, urls))
        for path in self._written():
            content = _content(path)
            if content is not None and _NAMED in content:
                await urls.learn(content)
                turned = urls.turned_back(content)
                if turned != content:
                    self._replace(path, turned)
                    righted.append(path)
        return righted

    def first_without_wall(self) -> bool:
        """Whether no run before this one went without a wall: it is said once."""
        try:
            (self.folder.parent / ".without-wall").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def end(self) -> None:
        """Remove the run's folder and its journal."""
        journal = _journal_of(self.folder)
        _remove((journal, self._aside(journal)))
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.close()

    def _written(self) -> Iterator[Path]:
        """The files in the run's reach that were written since it began; what we left half written among them is removed."""
        seen: set[str] = set()
        left = [limits.RUN_FILES_MAX]
        for each in (*self._journal.writes, *(spoken.path for spoken in self._journal.spoken)):
            for path in _files_below(each, left):
                if path.endswith(self._mark):
                    _remove([path])
                    continue
                with contextlib.suppress(OSError):
                    state = os.stat(path)  # noqa: PTH116 - thousands
                    written = state.st_ctime_ns >= self._journal.since and state.st_size <= limits.RUN_FILE_BYTES_MAX
                    if written and stat.S_ISREG(state.st_mode) and path not in seen:
                        seen.add(path)
                        yield Path(path)

    def _write(self) -> None:
        self._replace(_journal_of(self.folder), msgspec.json.encode(self._journal))

    @property
    def _mark(self) -> str:
        """How the name of a file ends that is written aside."""
        return f".{self.folder.name}"

    def _aside(self, path: Path) -> Path:
        return path.with_name(f".{path.name}{self._mark}")

    def _replace(self, path: Path, content: bytes) -> None:
        """Write a file aside, then put it into place, with the mode it had."""
        aside = self._aside(path)
        aside.unlink(missing_ok=True)
        try:
            with open(aside, "xb", opener=_private) as file:  # never through a link that somebody put there
                file.write(content)
            if path.exists():
                shutil.copymode(path, aside)
            aside.replace(path)
        except OSError:
            aside.unlink(missing_ok=True)
            raise


def left_behind(home: Path) -> list[Run]:
    """The runs below a home that ended without putting things right. Each is locked, and is to be ended."""
    found: list[Run] = []
    for folder in sorted((home / _FOLDER).glob("*/")):
        lock = _locked(folder)
        if lock is None:
            continue
        try:
            journal = msgspec.json.decode(_journal_of(folder).read_bytes(), type=_Journal)
        except (OSError, msgspec.MsgspecError):
            shutil.rmtree(folder, ignore_errors=True)  # it was killed before it changed anything
            lock.close()
            continue
        found.append(Run(folder, lock, journal))
    return found


def in_gates_words(path: Path, content: bytes, urls: Urls) -> bytes:
    """A file with every index behind the gate, and in a lock every file of one, as the gate's.

    Raises `InvalidInput` for a lock that writes a URL in escapes.
    """
    files: dict[bytes, bytes] = {}
    if path.suffix in (".lock", ".toml"):
        document = parsed(path, content.decode("utf-8-sig", "replace"))
        for index, package in packages_in(document):
            source = package.get("source")
            elsewhere = any(key in package for key in ("vcs", "directory", "archive")) or (source and not index)
            name = urls.name_of(index) if index else ("" if elsewhere else "public")
            if name:
                files |= {url.encode(): urls.file(name, url).encode() for url in _files_of(package)}
        if not files.keys() <= set(_words(content)):
            raise InvalidInput(f"{path} writes URLs in escapes", advice="let its client write it anew")

    def ours(match: re.Match[bytes]) -> bytes:
        return files.get(match[0]) or urls.to_gate(match[0].decode(errors="replace")).encode()

    return _URL.sub(ours, content)


def _with_users_words(content: bytes, original: bytes, urls: Urls) -> bytes:
    """A file with the indexes that were in it before written as they were, with user and password where they had any."""
    words = {urls.to_gate(url.decode(errors="replace")).encode(): url for url in _words(original)}
    return _URL.sub(lambda match: words.get(match[0], match[0]), content)


def _files_of(package: Mapping[str, object]) -> Iterator[str]:
    """The URLs of a package's files, without a digest behind them: as far as `_URL` reads."""
    for key in ("sdist", "wheels", "files"):
        found = package.get(key)
        for each in found if isinstance(found, list) else [found]:
            if isinstance(each, dict) and isinstance(each.get("url"), str):
                yield each["url"].partition("#")[0]


def _words(content: bytes) -> list[bytes]:
    return [match[0] for match in _URL.finditer(content)]


def _files_below(root: str, left: list[int]) -> Iterator[str]:
    """Files below a folder, so many of them; not those of repositories, environments and caches."""
    if Path(root).is_file():
        yield root
        return
    for folder, folders, names in os.walk(root):
        environment = "pyvenv.cfg" in names  # which uv marks as a cache, and puts the receipt of a tool into
        cache = "CACHEDIR.TAG" in names and not environment
        if cache or environment:
            folders.clear()
        folders[:] = [each for each in folders if each not in _SKIPPED]
        for name in () if cache else names:
            left[0] -= 1
            if left[0] < 0:
                return
            yield f"{folder}/{name}"


def _remove(paths: Iterable[str | Path]) -> None:
    for path in paths:
        Path(path).unlink(missing_ok=True)


def _journal_of(folder: Path) -> Path:
    """The journal of a run, beside its folder: `adapters/runs.py` finds it too."""
    return folder.with_name(f"{folder.name}.json")


def _locked(folder: Path) -> IO[bytes] | None:
    """The lock of a run's folder, None where its run holds it."""
    try:
        lock = (folder / "lock").open("ab")
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return None
    return lock


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
