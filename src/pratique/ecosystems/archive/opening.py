"""Archives and single files, opened by what their names say they are."""

from collections.abc import Iterator
from typing import IO

from pratique.ecosystems.archive.bounds import bounded, once
from pratique.ecosystems.archive.conda import read_conda
from pratique.ecosystems.archive.forms import Form, form_of
from pratique.ecosystems.archive.member import Member
from pratique.ecosystems.archive.second_meaning import check_no_zip_within
from pratique.ecosystems.archive.tar import read_tar
from pratique.ecosystems.archive.zip import read_zip
from pratique.errors import InvalidInput


def open_archive(filename: str, stream: IO[bytes]) -> Iterator[Member]:
    """The files of an archive. `stream` can seek. Read each before asking for the next. A tar may hold a name twice.

    Raises `InvalidInput` for an archive that is broken or ambiguous, or of a kind that is not read, and `LimitExceeded` for
    one that is too large, has too many members, or grows too much. Both may come from any `read`, and in place of any member,
    also behind the last: what came before is as it was read, and may be kept, but an archive that ends so is never clean.
    """
    match form_of(filename):
        case Form.ZIP:
            return once(filename, bounded(filename, read_zip(stream)))
        case Form.TAR:
            return bounded(filename, _tar(stream), colons=True)
        case Form.CONDA:
            return bounded(filename, read_conda(filename, stream), colons=True)
        case _:
            raise InvalidInput(f"{filename} is of no kind of archive that is read here")


def _tar(stream: IO[bytes]) -> Iterator[Member]:
    check_no_zip_within(stream)
    yield from read_tar(stream)
