"""Parameters that say by their names what a function is handed."""

import re
from functools import lru_cache
from typing import Final

_KEY_NAME: Final = re.compile(
    r"private_?key|mnemonic|seed_?phrase|secret_?key|priv_?key|key_?pair|wallet_?seed", re.IGNORECASE
)
_KEY: Final = frozenset({"read.key_argument"})
_NOTHING: Final[frozenset[str]] = frozenset()


@lru_cache(maxsize=4_096)
def handed(name: str) -> frozenset[str]:
    """The labels of what a parameter of this name is handed; none for most."""
    return _KEY if _KEY_NAME.search(name) is not None else _NOTHING
