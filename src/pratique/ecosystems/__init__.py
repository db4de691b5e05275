"""How each world speaks: bytes in, values out, and back. Written by `python -m tools.generate`."""

from collections.abc import Mapping
from typing import Final

from pratique.ecosystems.pypi.ecosystem import ECOSYSTEM as PYPI
from pratique.model.artifact import Ecosystem as ArtifactKind
from pratique.model.ecosystem import Ecosystem

ECOSYSTEMS: Final[Mapping[ArtifactKind, Ecosystem]] = {each.kind: each for each in (PYPI,)}
