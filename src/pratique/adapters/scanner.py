"""The scanner as the gate sees it: files go in by their bytes, facts come out, nothing a file does comes with them."""

import asyncio
import contextlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Final

import msgspec

from pratique.ecosystems.pypi.wheel import CoreMetadata
from pratique.errors import InvalidInput, Unavailable
from pratique.facts.scan.engine import rules_digest
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.evidence import Scan, Unknown
from pratique.ports import Blobs

_ANSWER: Final = msgspec.json.Decoder(Scan | CoreMetadata | Unknown)
_GRACE_SECONDS: Final = 10.0


class NoScanner:
    """Scans nothing, and says so; metadata it leaves to the other."""

    def __init__(self, confined: "ConfinedScanner") -> None:
        self.rules = confined.rules
        self._confined = confined

    async def scan(self, filename: str, blob: Digest) -> Scan | Unknown:
        """As `ports.Scanner.scan`."""
        del filename, blob
        return Unknown("scanner", "it is switched off in the settings")

    async def metadata(self, filename: str, blob: Digest) -> bytes:
        """As `ports.Scanner.metadata`."""
        return await self._confined.metadata(filename, blob)


class ConfinedScanner:
    """Hands files to `scan_child`, one at a time; starts it when first needed, and anew when it was lost."""

    def __init__(self, blobs: Blobs) -> None:
        self.rules = rules_digest()
        self._blobs = blobs
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None

    async def scan(self, filename: str, blob: Digest) -> Scan | Unknown:
        """As `ports.Scanner.scan`."""
        answer = await self._ask("scan", filename, blob)
        return Unknown("scanner", "its process answered something else") if isinstance(answer, CoreMetadata) else answer

    async def metadata(self, filename: str, blob: Digest) -> bytes:
        """As `ports.Scanner.metadata`."""
        answer = await self._ask("metadata", filename, blob)
        if isinstance(answer, CoreMetadata):
            return answer.content
        if isinstance(answer, Unknown) and answer.source == "wheel":
            raise InvalidInput(answer.why)
        why = answer.why if isinstance(answer, Unknown) else "its process answered something else"
        raise Unavailable(f"the metadata of {filename} could not be read: {why}")

    async def close(self) -> None:
        """End the child. Idempotent."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _ask(self, what: str, filename: str, blob: Digest) -> Scan | CoreMetadata | Unknown:
        with tempfile.NamedTemporaryFile(prefix="pratique-scan-") as file:
            async for chunk in self._blobs.read(blob):
                file.write(chunk)
            file.flush()
            async with self._turn:
                return await self._relay(what, file.name, filename)

    async def _relay(self, what: str, path: str, filename: str) -> Scan | CoreMetadata | Unknown:
        try:
            async with asyncio.timeout(limits.SCAN_SECONDS_MAX + _GRACE_SECONDS):
                process = await self._running()
                if process.stdin is None or process.stdout is None:
                    return Unknown("scanner", "its process has no pipes")
                process.stdin.write(msgspec.json.encode([what, path, filename]) + b"\n")
                await process.stdin.drain()
                answer: Scan | CoreMetadata | Unknown = _ANSWER.decode(await process.stdout.readuntil(b"\n"))
                return answer
        except (TimeoutError, OSError, EOFError, asyncio.LimitOverrunError, msgspec.MsgspecError) as error:
            await self.close()
            return Unknown("scanner", f"its process was lost ({type(error).__name__})")

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                "-m",
                "pratique.adapters.scan_child",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={"PATH": os.defpath, "LANG": "C.UTF-8"},
                cwd=Path(tempfile.gettempdir()),
                limit=limits.SCAN_REPORT_BYTES_MAX * 2,
            )
        return self._process
