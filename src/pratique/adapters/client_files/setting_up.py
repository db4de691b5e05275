"""Point clients at a gate through their own files, and take that back: `pratique setup`.

What was written is remembered beside the ledger before it is written, with the whole file as it was. So a file that nobody has
changed since comes back byte for byte, and of one that somebody has changed only our own lines are taken.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from pratique.adapters.client_files.edits import (
    Edit,
    Edited,
    pip_options,
    read_toml,
    set_pdm_index,
    set_pip_index,
    set_uv_index,
    taken_back,
)
from pratique.adapters.client_files.places import Machine, pdm_own, pip_own, uv_own
from pratique.adapters.durable import sync_folder, write_aside
from pratique.errors import InvalidInput, Unavailable
from pratique.model import limits

_MEMORY: Final = "setup.json"


@dataclass(frozen=True, slots=True)
class _Kind:
    """One client's own file: where it lies, how it is read, how it is told an index."""

    path: Callable[[Machine], Path]
    read: Callable[[str], object]
    tell: Callable[[str, str], Edited]


_KINDS: Final[Mapping[str, _Kind]] = {
    "pip": _Kind(pip_own, pip_options, set_pip_index),
    "uv": _Kind(uv_own, read_toml, set_uv_index),
    "pdm": _Kind(pdm_own, read_toml, set_pdm_index),
}
FILES_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "pip": ("pip",),
    "uv": ("uv",),
    "pipx": ("pip", "uv"),
    "pdm": ("pdm",),
}
"""Whose files a client reads: pipx runs pip, or uv."""

_PROGRAMS: Final[Mapping[str, tuple[str, ...]]] = {"pip": ("pip", "pip3", "python3", "python")}
"""By which programs a client is known to be there, where its own name is not enough."""


def installed_clients(machine: Machine, names: Iterable[str]) -> list[str]:
    """Those of some clients that are on the PATH."""
    path = machine.environment.get("PATH", os.defpath)
    return [name for name in names if any(shutil.which(each, path=path) for each in _PROGRAMS.get(name, (name,)))]


class Written(msgspec.Struct, frozen=True):
    """A file of a client that we have written. `before` is None where there was none."""

    client: str
    path: str
    url: str
    before: bytes | None
    after: bytes
    mode: int
    edits: tuple[Edit, ...]
    replaced: tuple[str, ...]
    folders: tuple[str, ...]
    """The folders that were made for it, the innermost first."""


class _Memory(msgspec.Struct, frozen=True):
    version: int = 1
    index: str = ""
    files: tuple[Written, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What is done to a file: its text before and after, None for a file that is not there."""

    client: str
    path: Path
    before: str | None
    after: str | None
    replaced: tuple[str, ...] = ()
    """The index it was told before."""
    stuck: bool = False
    """Whether our lines can no longer be told apart from somebody's own, so that nothing is done."""


class ClientSetup:
    """What setup has written on this machine, and the two ways to change that. `home` is the folder of the ledger."""

    def __init__(self, machine: Machine, home: Path) -> None:
        self._machine = machine
        self._memory = home / _MEMORY

    @property
    def index_before(self) -> str:
        """The index that this machine's clients asked before they were pointed at a gate; empty while they are not."""
        return self._remembered().index

    def written(self) -> tuple[Written, ...]:
        """What was written and not taken back. Raises `InvalidInput` for a memory that cannot be read."""
        return self._remembered().files

    def _remembered(self) -> _Memory:
        try:
            return msgspec.json.decode(self._memory.read_bytes(), type=_Memory)
        except FileNotFoundError:
            return _Memory()
        except (OSError, msgspec.MsgspecError) as error:
            raise InvalidInput(
                f"{self._memory}, where setup remembers what it wrote, cannot be read: {error}",
                advice="restore it, or take the lines back by hand: each stands below a comment that names setup",
            ) from error

    def set_up(self, clients: Iterable[str], url: str, index: str, *, dry: bool) -> list[Step]:
        """Tell clients their index. Setting up what is set up changes nothing. `index` is the one they asked until now.

        Raises `InvalidInput` naming the file that cannot be changed, before any is written, and `OSError`.
        """
        known = {each.path: each for each in self.written()}
        planned: list[tuple[Step, Written | None]] = []
        for client in dict.fromkeys(kind for each in clients for kind in FILES_OF[each]):
            path = Path(os.path.realpath(_KINDS[client].path(self._machine)))
            planned.append(self._plan(client, path, url, known.get(str(path))))
        if not dry:
            for step, written in planned:
                if written is not None:
                    self._remember(written, index)
                    _write(step.path, written.after, written.mode & (~0o077 if "@" in url else ~0))
        return [step for step, _ in planned]

    def undo(self, *, dry: bool) -> list[Step]:
        """Take back all that was written and is still there. Raises `OSError`."""
        steps: list[Step] = []
        for written in self.written():
            step = self._back(written)
            steps.append(step)
            if dry or step.stuck:
                continue
            if step.after is None:
                step.path.unlink(missing_ok=True)
                for folder in map(Path, written.folders):
                    if folder.is_dir() and not any(folder.iterdir()):
                        folder.rmdir()
            elif step.after != step.before:
                _write(step.path, step.after.encode(), written.mode)
            self._forget(written)
        return steps

    def _plan(self, client: str, path: Path, url: str, known: Written | None) -> tuple[Step, Written | None]:
        now = _read(path)
        base, folders = now, _missing(path.parent)
        if known is not None:
            back = self._back(known)
            if back.stuck:
                raise InvalidInput(
                    f"{path}: somebody has changed what setup wrote there", advice="pratique setup --undo, then again"
                )
            base, folders = back.after, [Path(each) for each in known.folders]
        read = _KINDS[client].read
        try:
            edited = _KINDS[client].tell(base or "", url)
        except InvalidInput as error:
            raise InvalidInput(f"{path}: {error}", advice=error.advice) from error
        replaced = tuple(each for each in edited.replaced if each != url)
        if edited.text == now or (now is not None and read(now) == read(edited.text)):
            return Step(client, path, now, now), None
        mode = known.mode if known is not None else stat.S_IMODE(path.stat().st_mode) if now is not None else 0o600
        written = Written(
            client,
            str(path),
            url,
            None if base is None else base.encode(),
            edited.text.encode(),
            mode,
            edited.edits,
            replaced,
            tuple(map(str, folders)),
        )
        return Step(client, path, now, edited.text, replaced), written

    def _back(self, written: Written) -> Step:
        """What a file is without us."""
        path = Path(written.path)
        now = _read(path)
        if now is None:
            return Step(written.client, path, None, None)
        before = None if written.before is None else written.before.decode()
        if now.encode() == written.after:
            return Step(written.client, path, now, before, written.replaced)
        after = taken_back(now, written.edits, written.replaced, _KINDS[written.client].read, written.url)
        if after is None:
            return Step(written.client, path, now, now, stuck=True)
        empty = before is None and not after.strip()
        return Step(written.client, path, now, None if empty else after)

    def _remember(self, written: Written, index: str) -> None:
        memory = self._remembered()
        others = [each for each in memory.files if each.path != written.path]
        self._keep(_Memory(index=memory.index or index, files=(*others, written)))

    def _forget(self, written: Written) -> None:
        memory = self._remembered()
        left = tuple(each for each in memory.files if each.path != written.path)
        if left:
            self._keep(_Memory(index=memory.index, files=left))
        else:
            self._memory.unlink(missing_ok=True)

    def _keep(self, memory: _Memory) -> None:
        _write(self._memory, msgspec.json.encode(memory), 0o600)


def _read(path: Path) -> str | None:
    """A client's file as it is written. Raises `InvalidInput` for one that cannot be read."""
    try:
        with path.open("rb") as file:
            content = file.read(limits.CLIENT_FILE_BYTES_MAX + 1)
        if len(content) > limits.CLIENT_FILE_BYTES_MAX:
            raise InvalidInput(f"{path} is larger than {limits.CLIENT_FILE_BYTES_MAX} bytes", advice="what is in it?")
        return content.decode()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read: {error}", advice="may this account read it?") from error


def _write(path: Path, content: bytes, mode: int) -> None:
    """Replace a file, whole or not at all. Raises `Unavailable` where that is not possible."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = write_aside(path.parent, content)
        try:
            aside.chmod(mode)
            aside.replace(path)
        except OSError:
            aside.unlink()
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise Unavailable(
            f"{path} cannot be written: {error.strerror}", advice="may this account write there?"
        ) from error


def _missing(folder: Path) -> list[Path]:
    """The folders that have to be made for a folder, itself first."""
    missing: list[Path] = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    return missing
