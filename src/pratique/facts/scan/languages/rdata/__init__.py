"""Data files of R: what `saveRDS` and `save` write."""

from typing import Final

from pratique.facts.scan.languages.language import Language
from pratique.facts.scan.languages.rdata.stream import begins_so
from pratique.facts.scan.languages.rdata.view import read

_SUFFIXES: Final = (".rds", ".rda", ".rdata")


def _claims(path: str, head: bytes) -> bool:
    """A file of one of R's suffixes that does not begin as R's data do is some other program's."""
    return path.endswith(_SUFFIXES) and (not head or begins_so(head))


def _worth(found: frozenset[str]) -> bool:
    """Packed data show no words."""
    del found
    return True


LANGUAGE: Final = Language("rdata", _claims, read, {}, _worth, text=False)
