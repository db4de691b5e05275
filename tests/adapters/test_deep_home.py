"""A home so far down that its path is longer than the name of a socket may be."""

import asyncio
import os
import sys
from pathlib import Path

from pratique.adapters.clients.foreign import waiting
from pratique.adapters.clients.meeting import Meeting


async def test_a_waiting_command_is_met_there(tmp_path: Path) -> None:
    folder = tmp_path / ("far-" * 25) / ("down" * 25)
    folder.mkdir(parents=True)
    place = folder / "met"
    environment = {"PATH": os.defpath, "ASKED": "here"}
    async with Meeting(place) as meeting:
        waits = await asyncio.create_subprocess_exec(sys.executable, "-c", waiting(place), env=environment)
        told = await asyncio.wait_for(meeting.environment(), 30)
        assert waits.returncode is None
    assert await asyncio.wait_for(waits.wait(), 30) == 0
    assert told["ASKED"] == "here"
