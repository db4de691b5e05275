"""The gate's end of the process that looks into files: requests go out with an id, and each answer finds who asked for it."""

import asyncio
import contextlib
import os
import socket
import sys
import tempfile
from itertools import count
from pathlib import Path
from typing import IO, Final

from pratique.adapters.scan_protocol import Answer, Asked, Cancel, Job, Load, answers, request
from pratique.model.evidence import Unknown

_READ_BYTES: Final = 256 * 1024
_LOST: Final = Unknown("scanner", "its process was lost")


class Zygote:
    """One such process. Once lost it stays lost: every request is then answered with `Unknown`."""

    def __init__(self, process: asyncio.subprocess.Process, control: socket.socket) -> None:
        self.process = process
        self.lost = False
        self._control = control
        self._ids = count(1)
        self._asked: dict[int, asyncio.Future[Answer]] = {}
        self._received = bytearray()
        self._sending = asyncio.Lock()
        asyncio.get_running_loop().add_reader(control, self._read)

    @classmethod
    async def start(cls, packs: tuple[bytes, ...] = ()) -> "Zygote":
        """Start the process; it looks for what packs of indicators hold. Raises `OSError` when that fails."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                "-m",
                "pratique.adapters.scan_child",
                stdin=theirs.fileno(),
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                env={"PATH": os.defpath, "LANG": "C.UTF-8"},
                cwd=Path(tempfile.gettempdir()),
            )
        started = cls(process, ours)
        if packs:
            await asyncio.get_running_loop().sock_sendall(ours, request(Load(packs)))
        return started

    async def ask(self, asked: Asked, file: IO[bytes], record: bytes = b"") -> Answer:
        """What a confined child says of an open file, knowing the record of an earlier look.

        Whoever stops waiting takes no answer from anybody else.
        """
        job = next(self._ids)
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asked[job] = answered
        try:
            await self._send(request(Job(job, asked, record)), file)
            return await answered
        except OSError:
            self._lose()
            return _LOST
        finally:
            if self._asked.pop(job, None) is not None and not answered.done():
                self._forget(job)

    async def close(self) -> None:
        """End the process and what it started. Idempotent."""
        self._lose()
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()

    async def _send(self, frame: bytes, file: IO[bytes]) -> None:
        loop = asyncio.get_running_loop()
        async with self._sending:
            if self.lost:
                raise ConnectionError("its process was lost")
            sent = 0
            while not sent:
                try:
                    sent = socket.send_fds(self._control, [frame], [file.fileno()])
                except BlockingIOError:
                    await self._writable()
            if sent < len(frame):
                await loop.sock_sendall(self._control, frame[sent:])

    async def _writable(self) -> None:
        loop = asyncio.get_running_loop()
        free = asyncio.Event()
        loop.add_writer(self._control, free.set)
        try:
            await free.wait()
        finally:
            loop.remove_writer(self._control)

    def _forget(self, job: int) -> None:
        """Tell the process that nobody waits. Where that does not get through, the child ends by itself in time."""
        if not self.lost and not self._sending.locked():
            with contextlib.suppress(OSError):
                self._control.send(request(Cancel(job)))

    def _read(self) -> None:
        try:
            chunk = self._control.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            self._lose()
            return
        self._received += chunk
        for job, said in answers(self._received):
            waiting = self._asked.get(job)
            if waiting is not None and not waiting.done():
                waiting.set_result(said)

    def _lose(self) -> None:
        if self.lost:
            return
        self.lost = True
        asyncio.get_running_loop().remove_reader(self._control)
        self._control.close()
        for waiting in self._asked.values():
            if not waiting.done():
                waiting.set_result(_LOST)
