"""Poetry's indexes, at the gate's address for this run (Poetry plugin interface, group `poetry.plugin`).

Runs inside Poetry's own process. Besides the repositories of the project, Poetry makes one of its own for the build systems of
source distributions: the class itself is pointed at the gate, so that there is no second path.
"""

import json
import os
from typing import Any

from poetry.plugins.plugin import Plugin
from poetry.repositories.http_repository import HTTPRepository
from poetry.repositories.pypi_repository import PyPiRepository


class GatePlugin(Plugin):
    """Points every repository of Poetry at the gate: its default index, and the sources that the gate has an index for."""

    def activate(self, poetry: Any, io: Any) -> None:  # noqa: ANN401 - Poetry's own types are not known outside its process
        """Called by Poetry once its project is read."""
        del io
        gate = os.environ["PRATIQUE_GATE_URL"]  # noqa: TID251 - one of the two messages this process is given
        sources = json.loads(os.environ["PRATIQUE_GATE_SOURCES"])  # noqa: TID251 - the other
        PyPiRepository.__init__.__defaults__ = (gate,)
        for repository in poetry.pool.all_repositories:
            if isinstance(repository, PyPiRepository):
                repository._base_url = gate  # noqa: SLF001 - has no public name
                repository._url = f"{gate}simple/"  # noqa: SLF001 - the same
            elif isinstance(repository, HTTPRepository):
                known = {url.rstrip("/"): ours.rstrip("/") for url, ours in sources.items()}
                repository._url = known.get(repository.url.rstrip("/"), repository.url)  # noqa: SLF001 - the same
