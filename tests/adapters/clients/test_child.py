"""A client runs as it was asked to, behind the wall; it does not outlive its wrapper, and is asked to end where that one is."""

import asyncio
import errno
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pratique.adapters.clients.child import Child
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


PROMISED = """
import ctypes, sys
told = ctypes.c_int()
ctypes.CDLL(None).prctl(2, ctypes.byref(told), 0, 0, 0)
print(told.value, flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
async def test_a_client_asks_the_system_to_be_killed_with_its_wrapper_before_it_begins() -> None:
    child = Child()
    output = await child.start([sys.executable, "-c", PROMISED], {}, 1, stdout=subprocess.PIPE)
    assert output is not None
    with output:
        assert int(output.readline()) == signal.SIGKILL
    assert await child.wait() == 0


async def test_a_client_has_the_environment_it_was_given_and_says_how_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_THE_WRAPPER", "1")
    child = Child()
    code = "import os, sys; print(os.environ.get('OF_THE_WRAPPER'), os.environ['GIVEN']); sys.exit(7)"
    output = await child.start([sys.executable, "-c", code], {"GIVEN": "2"}, 1, stdout=subprocess.PIPE)
    assert output is not None
    with output:
        assert output.read().split() == [b"None", b"2"]
    assert await child.wait() == 7


async def test_what_a_client_says_goes_where_the_wrapper_writes_unless_it_is_to_be_read(
    capfd: pytest.CaptureFixture[str],
) -> None:
    child = Child()
    assert await child.start([sys.executable, "-c", "print('said')"], {}, 1) is None
    assert await child.wait() == 0
    assert capfd.readouterr().out == "said\n"


async def test_only_the_client_is_behind_the_wall_and_it_is_told_whether_it_is() -> None:
    """The wrapper goes on reaching every port: it is the gate, and has indexes to ask."""
    code = "import socket, sys; print(socket.socket().connect_ex(('127.0.0.1', int(sys.argv[1]))))"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        child = Child()
        assert child.walled is False, "nobody is yet"
        output = await child.start([sys.executable, "-c", code, str(port)], {}, 1, stdout=subprocess.PIPE)
        assert output is not None
        with output:
            failed = int(output.read())
        assert await child.wait() == 0
        assert child.walled is (failed == errno.EACCES)
        assert failed in (0, errno.EACCES)
        connection = await asyncio.to_thread(socket.create_connection, ("127.0.0.1", port), 5)
        connection.close()


def test_a_client_that_has_not_begun_need_not_be_asked_to_end() -> None:
    Child().terminate()
