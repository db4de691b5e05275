"""The process that looks into files: it forks one confined child for each file and relays what the child reports.

Run as `python -I -m pratique.adapters.scan_child`, with a socket as its standard input. As many children run at once as jobs
come in. A child may use so much memory and time and no more, cannot write or open files, connect, or start a process, and is
killed with its whole session when its time is over: a hostile file hurts its own child only. On systems without `fork`
nothing is looked into.
"""

import encodings
import gc
import hashlib
import importlib
import os
import pkgutil
import selectors
import signal
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import IO, Final, assert_never

import msgspec

from pratique.adapters.confine import confine
from pratique.adapters.scan_bundle import members
from pratique.adapters.scan_installed import with_byte_code
from pratique.adapters.scan_protocol import Answer, Asked, Cancel, Load, Observed, Seen, answer, encoded, requests
from pratique.ecosystems.archive import Member, open_artifact
from pratique.ecosystems.pypi.wheel import CoreMetadata, core_metadata
from pratique.errors import InvalidInput, OutOfTime
from pratique.facts.scan.engine import lexicon, look, scan
from pratique.facts.scan.indicators import Packs, shipped, with_own
from pratique.facts.scan.sources import rules_digest
from pratique.model import limits
from pratique.model.evidence import Unknown

_READ_BYTES: Final = 65_536
_DESCRIPTORS_MAX: Final = 16
_AGAIN_SECONDS: Final = 0.25
_FIRST: Final = b"import os\nos.system('true')\n"
"""A module that is worth reading, and has nothing in it that worries."""


def look_into(asked: Asked, stream: IO[bytes], packs: Packs | None = None, record: bytes = b"") -> Seen | Unknown:
    """Look into a distribution, a single file, or a bundle. What cannot be unpacked safely is `Unknown`, which is not clean."""
    try:
        within = open_artifact(asked.filename, stream) if asked.what == "scan" else members(stream)
        seen = look(asked.filename, within, timer=_timer, packs=packs or shipped(), record=record)
        scan = seen.report()
        if asked.what == "installed":
            scan = with_byte_code(scan, stream, same_python=asked.same_python)
        return Seen(scan, seen.before.record())
    except InvalidInput as error:
        return Unknown("scanner", str(error))


def observe(asked: Asked, stream: IO[bytes], packs: Packs | None = None) -> Observed | Unknown:
    """What was seen around the line that is asked about."""
    try:
        within = members(stream) if asked.bundled else open_artifact(asked.filename, stream)
        seen = look(asked.filename, within, timer=_timer, packs=packs or shipped()).files.get(asked.about)
    except InvalidInput as error:
        return Unknown("scanner", str(error))
    near = sorted(() if seen is None else seen.observations, key=lambda each: abs(each.line - asked.line))
    return Observed(tuple(near[: limits.SCAN_OBSERVATIONS_TOLD_MAX]))


def read_metadata(filename: str, stream: IO[bytes]) -> CoreMetadata | Unknown:
    """The metadata of a wheel; `Unknown` from the source `wheel` for one that has none, or cannot be read."""
    try:
        return core_metadata(filename, stream)
    except InvalidInput as error:
        return Unknown("wheel", str(error))


def report(asked: Asked, descriptor: int, packs: Packs | None = None, record: bytes = b"") -> Answer:
    """What the child says of a file. Boundary: whatever goes wrong within becomes `Unknown`."""
    held = confine()
    gc.disable()  # trees hold no cycles, and the child ends with its work
    try:
        with os.fdopen(descriptor, "rb") as stream:
            stream.seek(0)
            if not asked.bundled:
                if hashlib.file_digest(stream, "sha256").hexdigest() != asked.digest.removeprefix("sha256:"):
                    return Unknown("scanner", "the file that is held no longer has its digest")
                stream.seek(0)
            found = _answer(asked, stream, packs or shipped(), record)
            if not isinstance(found, Seen):
                return found
            scan = msgspec.structs.replace(found.scan, confinement=held, cpu_ms=round(time.process_time() * 1000))
            return Seen(scan, found.record)
    except Exception as error:  # noqa: BLE001 - a hostile file may raise anything; the parent hears what kind it was
        return Unknown("scanner", f"the file made the scanner fail ({type(error).__name__})")


def _answer(asked: Asked, stream: IO[bytes], packs: Packs, record: bytes) -> Answer:
    match asked.what:
        case "scan" | "files" | "installed":
            return look_into(asked, stream, packs, record)
        case "observations":
            return observe(asked, stream, packs)
        case "metadata":
            return read_metadata(asked.filename, stream)
        case _:
            assert_never(asked.what)


@contextmanager
def _timer(seconds: float) -> Iterator[None]:
    """As `engine.Timer`, in processor time, so that a busy machine leaves nothing unread. It also ends what does not ask.

    What goes on all the same, because it was in a place where errors get lost, is told again.
    """
    told = False
    why = f"it took longer than {seconds} seconds"

    def over(*_: object) -> None:
        nonlocal told
        told = True
        raise OutOfTime(why)

    before = signal.signal(signal.SIGPROF, over)
    signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN_SECONDS)
    try:
        yield
    except SystemError as error:  # CPython's parser makes one of whatever ends it while it builds the tree
        if told:
            raise OutOfTime(why) from error
        raise
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@dataclass(slots=True)
class Child:
    """A child at work: its process, the pipe it reports through, what came out of it, and when its time is over."""

    pid: int
    pipe: int
    ends: float
    said: bytearray = field(default_factory=bytearray)


def start(work: Callable[[], Answer], keep: int) -> Child:
    """Start a child that does `work`, with no open file but `keep` and its pipe, and reports what came of it."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.setsid()
            null = os.open(os.devnull, os.O_RDWR)
            for standard in (0, 1, 2):
                os.dup2(null, standard)
            _close_all_but(keep, writing)
            said = encoded(work())
            while said:
                said = said[os.write(writing, said) :]
        finally:
            os._exit(0)
    os.close(writing)
    return Child(pid, reading, time.monotonic() + limits.SCAN_SECONDS_MAX)


def _close_all_but(*kept: int) -> None:
    last = 2
    for descriptor in sorted({*kept, os.sysconf("SC_OPEN_MAX")}):
        if descriptor > last:
            os.closerange(last + 1, descriptor)
            last = descriptor


def finish(child: Child, why: str) -> bytes:
    """End a child and what it may have started; what it said, or `Unknown` with `why`."""
    os.close(child.pipe)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(child.pid, signal.SIGKILL)
    _, status = os.waitpid(child.pid, 0)
    if not child.said and not why:
        ended = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else "it ended"
        why = f"the file made the scanner stop ({ended})"
    return encoded(Unknown("scanner", why)) if why else bytes(child.said)


def collect(child: Child) -> str | None:
    """Take what a child has said; None while there is more to come, else why that was all, empty when it came to its end."""
    chunk = os.read(child.pipe, _READ_BYTES)
    child.said += chunk
    if len(child.said) > limits.SCAN_REPORT_BYTES_MAX:
        return "there was more to report than fits"
    return None if chunk else ""


class Zygote:
    """Answers requests until nobody is left to ask."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ, None)
        self._children: dict[int, Child] = {}
        self._received = bytearray()
        self._files: deque[int] = deque()
        self._packs = shipped()

    def serve(self) -> None:
        """Until the socket ends."""
        while True:
            ends = min((child.ends for child in self._children.values()), default=None)
            for key, _ in self._selector.select(None if ends is None else max(ends - time.monotonic(), 0)):
                if key.data is None:
                    if not self._listen():
                        for job in list(self._children):
                            self._end(job, "nobody waits for it", tell=False)
                        return
                elif key.data in self._children:
                    why = collect(self._children[key.data])
                    if why is not None:
                        self._end(key.data, why)
            for job, child in list(self._children.items()):
                if child.ends <= time.monotonic():
                    self._end(job, f"looking into the file took longer than {limits.SCAN_SECONDS_MAX:.0f} seconds")

    def _listen(self) -> bool:
        data, files, _, _ = socket.recv_fds(self._control, _READ_BYTES, _DESCRIPTORS_MAX)
        self._files.extend(files)
        self._received += data
        for message in requests(self._received):
            if isinstance(message, Cancel):
                if message.id in self._children:
                    self._end(message.id, "nobody waits for it", tell=False)
                continue
            if isinstance(message, Load):
                self._packs = with_own(message.packs)
                lexicon(self._packs)  # children have it compiled
                continue
            descriptor = self._files.popleft()
            child = start(
                partial(report, message.asked, descriptor, self._packs, message.record),
                descriptor,
            )
            os.close(descriptor)
            self._children[message.id] = child
            self._selector.register(child.pipe, selectors.EVENT_READ, message.id)
        return bool(data)

    def _end(self, job: int, why: str, *, tell: bool = True) -> None:
        child = self._children.pop(job)
        self._selector.unregister(child.pipe)
        said = finish(child, why)
        if tell:
            self._control.sendall(answer(job, said))


def prepare() -> None:
    """Load what a child might want when it can no longer open files, and look once: whatever a look sets up, it has then."""
    for module in pkgutil.iter_modules(encodings.__path__):
        with suppress(ImportError):
            importlib.import_module(f"encodings.{module.name}")  # noqa: TID251 - the names are those of the standard library
    rules_digest()
    scan("first-1.0.tar.gz", [Member("first-1.0/setup.py", len(_FIRST), lambda: _FIRST)])
    gc.collect()
    gc.freeze()


def main() -> None:
    """Answer until the input ends."""
    prepare()
    with socket.socket(fileno=os.dup(0)) as control, suppress(ConnectionError):
        Zygote(control).serve()


if __name__ == "__main__":
    main()
