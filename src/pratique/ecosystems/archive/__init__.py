"""The only unpacker: packages and single files, from a stream, bounded, writing and executing nothing.

Two readers may see two archives in one file: a name twice, a directory that disagrees with what it points at, a header that a
newer form overrides, a path that climbs out or over a link, something behind the end. Such an archive is refused as ambiguous
rather than read in one of its meanings. What installers read with (`zipfile`, `tarfile`, streaming readers that go by local
headers, and the readers of other languages) then all read the same.
"""

from pratique.ecosystems.archive.artifact import open_artifact
from pratique.ecosystems.archive.forms import Form, form_of
from pratique.ecosystems.archive.member import Member
from pratique.ecosystems.archive.opening import open_archive
from pratique.ecosystems.archive.source import unpacked

__all__ = ["Form", "Member", "form_of", "open_archive", "open_artifact", "unpacked"]
