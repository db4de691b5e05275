"""The programs of Windows that something is known of, and how their words are cut.

A line that only asks for help does nothing of it.
"""

import re
from collections.abc import Iterator
from typing import Final

from pratique.facts.scan.languages.windows import listed, program_of, words_of
from pratique.facts.scan.languages.windows_admin import ADMIN
from pratique.facts.scan.languages.windows_deeds import Deed, Program
from pratique.facts.scan.languages.windows_tools import TOOLS

_FILE: Final = re.compile(r"[\\/]|\.(?:exe|com|bat|cmd|msi|ps1|vbs|js|hta|scr|dll|py|jar|cpl)[\"']?$", re.IGNORECASE)
_HELP: Final = frozenset({"/?", "-?", "-h", "--help", "/help"})
_OTHERS: Final = listed(
    """powershell pwsh cmd python python3 pythonw py node bash sh wsl java ruby perl php nc ncat netcat socat scp sftp ftp
    tftp telnet psexec taskkill takeown icacls cacls diskpart dism sfc bootrec wsreset tar expand makecab extrac32
    esentutl git npm npx pip pip3 uv docker kubectl net1 runas explorer start conhost installutil regasm regsvcs
    msbuild csc cmstp control hh ieexec infdefaultupdate mavinject presentationhost syncappvpublishingserver xmrig vbc
    wusa print replace findstr where clip wt reagentc auditpol logman tasklist route nbtstat nltest dsquery ssh-keygen
    gpg openssl"""
)
BUILT_IN: Final = frozenset({"copy", "move", "del", "erase", "rd", "rmdir"})
"""Commands of the batch language among them, which are no programs."""
_PROGRAMS: Final[dict[str, Program]] = {**ADMIN, **TOOLS}


def deeds(words: list[str]) -> Iterator[Deed]:
    """What a program with its words does, as far as it is one that is known."""
    if not words or any(word.lower() in _HELP for word in words[1:3]):
        return
    program = _PROGRAMS.get(program_of(words[0]))
    if program is not None:
        yield from program(words[1:], [word.lower() for word in words[1:]])


def is_program(word: str) -> bool:
    """Whether a word in front of a command is a program's, and no name that a script or a module of it defines."""
    name = program_of(word)
    return name in _PROGRAMS or name in _OTHERS or bool(_FILE.search(word))


def inner_words(line: str) -> list[str]:
    """The words of a command line inside another one, whose quotes may be doubled or behind backslashes."""
    return words_of(line.replace('\\"', '"').replace('""', '"'))
