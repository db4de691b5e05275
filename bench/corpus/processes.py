"""Processes that are asked and measured, none of them with network."""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
SECONDS_MAX: Final = 600
OUTPUT_BYTES_MAX: Final = 64 * 1024 * 1024


@dataclass(slots=True)
class Lines:
    """A process that answers each line with a line, both JSON objects. It has no network."""

    command: tuple[str, ...]
    _process: subprocess.Popen[bytes] | None = None

    def ask(self, asked: Mapping[str, object]) -> dict[str, Any]:
        """The answer. Raises `ChildProcessError` where the process ends, or takes longer than `SECONDS_MAX`."""
        if self._process is None:
            confined = ["unshare", "--net", "--", *self.command]
            self._process = subprocess.Popen(confined, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(asked).encode() + b"\n")
        stdin.flush()
        timer = threading.Timer(SECONDS_MAX, self._process.kill)
        timer.start()
        try:
            for line in stdout:
                if line.startswith(b"{"):  # a tool may print while it is loaded
                    told: dict[str, Any] = json.loads(line)
                    return told
        finally:
            timer.cancel()
        self.close()
        raise ChildProcessError(f"{self.command[0]} ended")

    def close(self) -> None:
        """End it."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait()
            self._process = None


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ended: the lines of JSON that it printed, all that it printed, and what it used."""

    stdout: bytes
    status: int
    cpu_seconds: float
    rss_bytes: int

    def objects(self) -> list[dict[str, Any]]:
        """The JSON objects among its lines."""
        found = []
        for line in self.stdout.splitlines():
            try:
                told = json.loads(line)
            except ValueError:
                continue
            if isinstance(told, dict):
                found.append(told)
        return found


@dataclass(slots=True)
class Commands:
    """Runs commands from a small process."""

    _lines: Lines = field(default_factory=lambda: Lines((sys.executable, "-I", "-S", str(HERE / "launcher.py"))))

    def run(self, command: tuple[str, ...], folder: Path) -> Ran:
        """A command without network, with its output and temporary files in `folder`."""
        printed = folder / "printed"
        told = self._lines.ask({"command": command, "printed": str(printed), "folder": str(folder)})
        with printed.open("rb") as file:
            stdout = file.read(OUTPUT_BYTES_MAX)
        printed.unlink()
        return Ran(stdout, told["status"], told["cpu_seconds"], told["rss_bytes"])

    def close(self) -> None:
        """End the process."""
        self._lines.close()
