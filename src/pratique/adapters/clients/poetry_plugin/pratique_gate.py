"""Poetry's default index, at the gate's address for this run (Poetry plugin interface, group `poetry.plugin`).

Runs inside Poetry's own process. Besides the repositories of the project, Poetry makes one of its own for the build systems of
source distributions: the class itself is pointed at the gate, so that there is no second path.
"""

import os
from typing import Any

from poetry.plugins.plugin import Plugin
from poetry.repositories.pypi_repository import PyPiRepository


class GatePlugin(Plugin):
    """Points every repository of Poetry's default index at the gate."""

    def activate(self, poetry: Any, io: Any) -> None:  # noqa: ANN401 - Poetry's own types are not known outside its process
        """Called by Poetry once its project is read."""
        del io
        gate = os.environ["PRATIQUE_GATE_URL"]  # noqa: TID251 - the one message this process is given
        PyPiRepository.__init__.__defaults__ = (gate,)
        for repository in poetry.pool.repositories:
            if isinstance(repository, PyPiRepository):
                repository._base_url = gate  # noqa: SLF001 - has no public name
                repository._url = f"{gate}simple/"  # noqa: SLF001 - the same
