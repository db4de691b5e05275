"""A client does not outlive its wrapper, and is asked to end where its wrapper is."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pratique.cli.wrap import _passed_on

WRAPPER = """
import asyncio, os, sys
from pratique.adapters.clients.child import Child
async def main():
    child = Child()
    client = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    await child.start([sys.executable, "-c", client], dict(os.environ), 1)
    await child.wait()
asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_a_client_is_killed_with_its_wrapper() -> None:
    with subprocess.Popen([sys.executable, "-c", WRAPPER], stdout=subprocess.PIPE) as wrapper:
        assert wrapper.stdout is not None
        client = os.pidfd_open(int(wrapper.stdout.readline()))  # can be read as soon as its process has ended
        wrapper.kill()
    try:
        assert wrapper.returncode == -signal.SIGKILL
        assert select.select([client], [], [], 10)[0] == [client]
    finally:
        os.close(client)


@contextmanager
def hangup(disposition: signal.Handlers) -> Iterator[None]:
    before = signal.signal(signal.SIGHUP, disposition)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(
    ("disposition", "told"),
    [(signal.SIG_DFL, [signal.SIGTERM, signal.SIGHUP]), (signal.SIG_IGN, [signal.SIGTERM])],
)
async def test_what_ends_a_wrapper_ends_its_client_unless_it_is_to_be_ignored(
    disposition: signal.Handlers, told: list[signal.Signals]
) -> None:
    heard = []
    with hangup(disposition):
        for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            with _passed_on(lambda each=each: heard.append(each)):  # type: ignore[misc]  # mypy cannot infer a lambda with a default
                os.kill(os.getpid(), each)
                await asyncio.sleep(0.01)
    assert heard == told
