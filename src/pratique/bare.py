"""A client as it is: for what fetches nothing no gate is opened, nothing is recorded, and little is imported.

Beside `app` the only module that chooses adapters; `app` itself takes longer to import than such a command takes to run.
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from pratique.adapters.clients.quiet import fetches_nothing
from pratique.adapters.wall import shut


def run_bare(client: str, arguments: Sequence[str]) -> None:
    """Become the client, if what it is asked to do fetches nothing; no port is open to it then. Returns where it may fetch.

    Raises `InvalidInput` when it is not installed.
    """
    if not fetches_nothing(client, arguments):
        return
    environment = dict(os.environ)  # noqa: TID251 - the client's own environment is passed on
    if client == "pip":
        from pratique.adapters.clients.interpreter import interpreter

        command = [interpreter(environment), "-m", "pip", *arguments]
        environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"  # it would ask an index
    else:
        command = [shutil.which(client, path=environment.get("PATH")) or client, *arguments]
    if not Path(command[0]).is_file():
        return
    shut()
    os.execve(command[0], command, environment)  # noqa: S606 - the client the user runs anyway
