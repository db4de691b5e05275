"""`uv pip install` of what a web service may pin, from the real index of this machine, direct and through a gate.

What stands between is the network, which differs from place to place, so these figures have no targets.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from bench.figure import Figure, figure
from bench.peers import Served, installs, programs
from pratique.adapters.clients import default_index

_WANTED: Final = """
aiohttp alembic black boto3 celery django fastapi flask httpx ipython jupyter-client pandas pydantic pytest requests rich sphinx
sqlalchemy typer uvicorn
"""


def measure() -> list[Figure]:
    """Seconds of each way, and the ratios."""
    uv = shutil.which("uv", path=programs())
    if uv is None:
        return [figure("uv is missing here", 0.0, "s")]
    page = default_index().rstrip("/")
    with tempfile.TemporaryDirectory(prefix="pratique-real-") as name:
        folder = Path(name)
        pinned = folder / "pinned.txt"
        command = [uv, "pip", "compile", "--quiet", "--no-annotate", "--no-header", "-", "-o", str(pinned)]
        lines = "\n".join(_WANTED.split())
        done = subprocess.run(command, input=lines, text=True, check=False)  # noqa: S603 - the client
        if done.returncode:
            return [figure("the real index cannot be asked here", 0.0, "s")]
        return installs(folder, Served(page, "", 0), pinned, cold=None, warm=None)
