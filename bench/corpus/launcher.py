"""Runs commands for a larger process and tells what each used. Runs alone: `python -I -S launcher.py`.

The kernel counts what a process had before it became another program as that program's memory, so a command is measured from
a process that is small. Each line of the input is a JSON object with `command`, `printed` (a path for its output) and `folder`
(for its temporary files); each line of the output has `status`, `cpu_seconds` and `rss_bytes`.
"""

import json
import os
import resource
import signal
import sys
from typing import Final

CPU_SECONDS_MAX: Final = 120
SECONDS_MAX: Final = 300


def run(command: list[str], printed: str, folder: str) -> dict[str, float]:
    """One command, ended after `SECONDS_MAX`; status 127 where there is none of that name."""
    child = os.fork()
    if child == 0:
        try:
            os.dup2(os.open(os.devnull, os.O_RDWR), 0)
            os.dup2(os.open(printed, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
            os.dup2(os.open(os.devnull, os.O_RDWR), 2)
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX + 1))
            signal.alarm(SECONDS_MAX)
            os.execvp("env", ["env", f"TMPDIR={folder}", *command])  # noqa: S606, S607 - that is what this is for
        finally:
            os._exit(127)
    _, status, usage = os.wait4(child, 0)
    return {
        "status": os.waitstatus_to_exitcode(status),
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "rss_bytes": usage.ru_maxrss * 1024,
    }


def main() -> None:
    """Answer each line until the input ends."""
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(run(asked["command"], asked["printed"], asked["folder"])), flush=True)


if __name__ == "__main__":
    main()
