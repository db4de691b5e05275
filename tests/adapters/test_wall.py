"""The wall: a child, and all it starts, reaches one port; this process goes on reaching every one."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from pratique.adapters.clients.child import Child

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the wall is Landlock")

TRY = """
import socket, subprocess, sys
def reach(port, family=socket.AF_INET, host="127.0.0.1"):
    with socket.socket(family) as s:
        s.settimeout(5)
        try:
            s.connect((host, port))
            return "in"
        except PermissionError:
            return "walled"
ports = [int(port) for port in sys.argv[1:3]]
print(*[reach(port) for port in ports], reach(ports[1], socket.AF_INET6, "::1"), flush=True)
"""


@pytest.fixture
def ports() -> Iterator[list[int]]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        yield [one.getsockname()[1], other.getsockname()[1]]


async def said(command: list[str], port: int) -> tuple[bool, int, str]:
    child = Child()
    output = await child.start(command, dict(os.environ), port, stdout=subprocess.PIPE)  # noqa: TID251 - a child needs the environment
    assert output is not None
    with output:
        text = (await asyncio.to_thread(output.read)).decode()
    return child.walled, await child.wait(), text


async def test_a_child_and_its_own_children_reach_the_one_port_only(ports: list[int]) -> None:
    outer = f"{TRY}subprocess.run([sys.executable, '-c', {TRY!r}, *sys.argv[1:]])"
    walled, code, text = await said([sys.executable, "-c", outer, *map(str, ports)], ports[0])
    if not walled:
        pytest.skip("this kernel has no Landlock rules for the network")
    assert (code, text.split()) == (0, ["in", "walled", "walled"] * 2)
    for port in ports:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()


async def test_a_command_that_is_not_there_is_an_error_of_the_system() -> None:
    with pytest.raises(FileNotFoundError):
        await Child().start(["/nonexistent/client"], {}, 1)


async def test_a_child_ends_when_it_is_asked_to() -> None:
    child = Child()
    await child.start([sys.executable, "-c", "import time; time.sleep(60)"], dict(os.environ), 1)  # noqa: TID251 - the same
    child.terminate()
    assert await asyncio.wait_for(child.wait(), 20) == -15
