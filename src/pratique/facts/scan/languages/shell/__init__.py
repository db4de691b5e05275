"""The shell: scripts for sh, bash, ksh and zsh, and command lines in texts of other languages."""

import re
from typing import Final

from pratique.facts.scan.languages.language import Language
from pratique.facts.scan.languages.shell.view import read

_SUFFIXES: Final = (".sh", ".bash", ".zsh", ".ksh", ".dash", ".ash", ".command", ".envrc")
_FILES: Final = """configure configure.win configure.ucrt cleanup cleanup.win cleanup.ucrt .bashrc .bash_profile
    .bash_login .profile .zshrc .zshenv .zprofile bashrc preinst postinst prerm postrm pkgbuild apkbuild"""
_NAMES: Final = frozenset(_FILES.split())
_FIRST_LINE: Final = re.compile(rb"#![^\n]*[/ ](?:ba|z|k|da|a|mk)?sh\b")


def _claims(path: str, head: bytes) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith(_SUFFIXES) or name in _NAMES or _FIRST_LINE.match(head) is not None


def _worth(found: frozenset[str]) -> bool:
    """A script needs no word of its own to do harm: it can put all of them together."""
    del found
    return True


LANGUAGE: Final = Language("shell", _claims, read, {}, _worth)
