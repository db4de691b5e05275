"""Pickles, and models and arrays that are made of them."""

import re
from typing import Final

from pratique.facts.scan.languages.language import Language
from pratique.facts.scan.languages.pickle.containers import GGUF, HDF, NPY, ZIP
from pratique.facts.scan.languages.pickle.opcodes import plausible
from pratique.facts.scan.languages.pickle.view import CERTAIN, read

_PERHAPS: Final = re.compile(
    r"\.(?:pth|bin|model|dat|data|weights|params|sav|cache|h5|hdf5|keras|npy|npz|gguf|mdl|clf|checkpoint)$"
)
"""Paths of files that may be anything, so that only their first bytes tell."""
_STARTS: Final = (ZIP, HDF, NPY, GGUF)
_FIRST: Final = (b"\x80", b"(", b"c", b"]", b"}", b"N", b"0", b"I", b"K", b"X", b"\x8c")
"""Opcodes with which pickles begin, those of good intent and others."""


def _perhaps(path: str) -> bool:
    return _PERHAPS.search(path) is not None


def _claims(path: str, head: bytes) -> bool:
    """`.pth` is the suffix of models and of start-up files of Python, `.npy` and `.bin` of what may be very large."""
    if _PERHAPS.search(path):
        return head.startswith(_STARTS) or (
            head.startswith(_FIRST) and not head.startswith(b"import") and plausible(head)
        )
    return CERTAIN.search(path) is not None


def _worth(found: frozenset[str]) -> bool:
    del found
    return True


LANGUAGE: Final = Language("pickle", _claims, read, {}, _worth, _perhaps, text=False)
