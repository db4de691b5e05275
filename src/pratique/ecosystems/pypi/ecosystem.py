"""The world of Python packages, as a value."""

from typing import Final

from pratique.ecosystems.pypi.filenames import Kind, parse_filename, possible_projects
from pratique.ecosystems.pypi.metadata import check_metadata
from pratique.ecosystems.pypi.names import normal_pattern, normalise
from pratique.ecosystems.pypi.own_page import written_page
from pratique.ecosystems.pypi.simple import ACCEPT, parse_page
from pratique.ecosystems.pypi.steering import python_of
from pratique.ecosystems.pypi.versions import runs_on, specifiers, version
from pratique.model.artifact import Ecosystem as ArtifactKind
from pratique.model.ecosystem import Ecosystem

ECOSYSTEM: Final = Ecosystem(
    kind=ArtifactKind.PYPI,
    namespaces=False,
    packed=Kind.WHEEL,
    sources=Kind.SDIST,
    name=normalise,
    name_pattern=normal_pattern,
    version=version,
    range=specifiers,
    file=parse_filename,
    projects=possible_projects,
    check_metadata=check_metadata,
    runs_on=runs_on,
    runtime=python_of,
    accept=ACCEPT,
    read=parse_page,
    write=written_page,
)
