"""What a language is to the scanner: which files are of it, which words make one worth reading, and its view."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pratique.facts.scan.content import Content, Reader

View: TypeAlias = Callable[[Content, Reader], None]
"""Reads a content and tells of what it sees. Raises `InvalidInput` for what cannot be read as its language."""


def _by_no_head(path: str) -> bool:
    """Of most languages, a path says whether a file is of it."""
    del path
    return False


def _nowhere(data: bytes) -> tuple[str, ...]:
    del data
    return ()


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    `claims(path, head)` says whether a file is of it, from its path in lower case and its first bytes. A file is read by
    `read` only if it holds a word of one of the groups that `worth` asks for: `words` maps groups to identifiers, `worth` gets
    the groups and the lexicon's labels that were found somewhere in the file. It is not asked of what runs by itself or on import,
    which is read if it holds any word at all, and never of code inside texts.
    Of a large file in a wheel, which nothing but Python's files runs by itself, `worth_in_wheel` is asked instead, if there is one. `leads(data)` gives the files that one loads as soon as it is loaded, as it names them. `perhaps(path)` says of which
    paths only the first bytes tell; `text` is false where files are no text.
    """

    id: str
    claims: Callable[[str, bytes], bool]
    read: View
    words: Mapping[str, Sequence[str]]
    worth: Callable[[frozenset[str]], bool]
    perhaps: Callable[[str], bool] = _by_no_head
    leads: Callable[[bytes], tuple[str, ...]] = _nowhere
    text: bool = True
    worth_in_wheel: Callable[[frozenset[str]], bool] | None = None
