"""PowerShell: scripts and modules, and code in texts of other languages."""

from typing import Final

from pratique.facts.scan.languages.language import Language
from pratique.facts.scan.languages.powershell.view import read

_SUFFIXES: Final = (".ps1", ".psm1", ".psd1")
_WORDS: Final = {"shape": ("function", "param")}


def _claims(path: str, head: bytes) -> bool:
    if path.endswith(_SUFFIXES):
        return True
    line = head.split(b"\n", 1)[0]
    return line.startswith(b"#!") and (b"pwsh" in line or b"powershell" in line)


def _worth(found: frozenset[str]) -> bool:
    """Every script is: a command may be spelled in so many ways that no word tells which one is harmless."""
    del found
    return True


LANGUAGE: Final = Language("powershell", _claims, read, _WORDS, _worth)
